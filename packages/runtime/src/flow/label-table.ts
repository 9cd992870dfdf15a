import type { LabelSet } from "./labels.js";

/** Further sets are kept as they come. */
const MAX_SETS = 4096;
const MAX_KEY = 1024;

/**
 * One object for equal sets of labels. What stands in a long session came from few tools, so its thousands of sources have
 * few sets between them.
 */
export class LabelTable {
  readonly #sets = new Map<string, LabelSet>();
  readonly #known = new WeakMap<LabelSet, LabelSet>();

  /** An equal set: the one that was given first. */
  one(labels: LabelSet): LabelSet {
    let one = this.#known.get(labels);
    if (one === undefined) this.#known.set(labels, (one = this.#find(labels)));
    return one;
  }

  #find(labels: LabelSet): LabelSet {
    const key = keyOf(labels);
    if (key === undefined) return labels;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size < MAX_SETS) this.#sets.set(key, labels);
    return labels;
  }
}

/** Equal for equal sets alone; undefined where that would be too long. */
function keyOf({ levels, categories, readers }: LabelSet): string | undefined {
  const key = `${levels.join()} ${categories} ${readers === undefined ? "*" : readersKey(readers)}`;
  return key.length > MAX_KEY ? undefined : key;
}

function readersKey(readers: ReadonlySet<string>): string {
  // As JSON, so that no reader's name reads as two.
  return JSON.stringify(readers.size > 1 ? [...readers].toSorted() : [...readers]);
}
