import { atMost, joinKnown, type LabelSet } from "./labels.js";
import { refOf, type Contribution, type SourceRef } from "./source.js";

/** Readers narrow one by one; what comes after so many steps is not told apart any more. */
const MAX_CONTRIBUTIONS = 512;

/** The labels of all that the model has read, with what raised them: only that is kept, so it stays small. */
export class ContextLabels {
  #labels: LabelSet | undefined;
  readonly #contributions: Contribution[] = [];

  constructor(labels: LabelSet | undefined) {
    this.#labels = labels;
  }

  /** Undefined where it is not known what was read. */
  get labels(): LabelSet | undefined {
    return this.#labels;
  }

  /** How many contributions there are; those below a number seen earlier are what was there then. */
  get size(): number {
    return this.#contributions.length;
  }

  /** What raised the labels, of the first `upto`, oldest first. */
  contributions(upto: number): readonly Contribution[] {
    return this.#contributions.slice(0, upto);
  }

  /** Joins labels; false where they were there already. */
  joins(labels: LabelSet | undefined, source: SourceRef): boolean {
    const before = this.#labels;
    if (before === undefined || (labels !== undefined && atMost(labels, before))) return false;
    this.#labels = joinKnown(before, labels);
    if (labels !== undefined && this.#contributions.length < MAX_CONTRIBUTIONS)
      this.#contributions.push({ ...refOf(source), labels });
    return true;
  }
}
