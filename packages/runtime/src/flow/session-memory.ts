import type { Json } from "@writ/ir";
import { isUnder } from "@writ/ir/values";
import type { History } from "../history/history.js";
import { holdsPhrase } from "./boundaries.js";
import { joinKnown, type LabelSet, type Lattice } from "./labels.js";
import { ValueIndex } from "./value-index.js";

/** What a call sees of its session: fixed when the call is first seen, through approval and replay (language.md 5.9). */
export interface Moment {
  /** Labels of everything that was read until then; undefined where that is not known. */
  readonly context: LabelSet | undefined;
  /** Sources and words that were there then. */
  readonly sources: number;
  readonly words: number;
}

/** A value that the model may name without having read it. */
export interface Handle {
  readonly value: Json;
  readonly labels: LabelSet | undefined;
}

/** Who put a text before the model, as far as the host knows. */
export type Speaker = "user" | "system" | "unknown";

const SPEAKERS: Readonly<Record<Speaker, string>> = {
  user: "the user",
  system: "the system prompt",
  unknown: "unheard text of the prompt",
};

/** Calls whose moment is kept; one that is older is seen anew. */
const MAX_MOMENTS = 4096;
const MAX_HANDLES = 4096;
const MAX_WRITTEN = 4096;
const MAX_WORDS = 1024 * 1024;
/** Where what no longer fits is kept: every path is below it. */
const ROOT = "/";

/**
 * What is known of one session while its process lives: labels of what was read, where values stand, what was said,
 * which calls were made. `whole` is false for a session that was begun elsewhere: then nothing it does not find is
 * known to be absent, and its context is unknown.
 */
export class SessionMemory {
  readonly lattice: Lattice;
  readonly whole: boolean;
  readonly index: ValueIndex | undefined;
  readonly history: History;
  readonly #words: string[] = [];
  #wordCount = 0;
  #wordsWhole = true;
  #context: LabelSet | undefined;
  readonly #moments = new Map<string, Moment>();
  readonly #handles = new Map<string, Handle>();
  readonly #written = new Map<string, LabelSet | undefined>();

  constructor(
    lattice: Lattice,
    options: { readonly whole: boolean; readonly index: boolean; readonly history: History },
  ) {
    this.lattice = lattice;
    this.whole = options.whole;
    this.#context = options.whole ? lattice.lowest : undefined;
    this.index = options.index ? new ValueIndex(lattice) : undefined;
    this.history = options.history;
  }

  /** Now, or what it was when this call was first seen. */
  momentOf(key: string | undefined): Moment {
    const kept = key === undefined ? undefined : this.#moments.get(key);
    if (kept !== undefined) return kept;
    const moment = { context: this.#context, sources: this.index?.size ?? 0, words: this.#words.length };
    if (key !== undefined) {
      const oldest = this.#moments.size < MAX_MOMENTS ? undefined : this.#moments.keys().next().value;
      if (oldest !== undefined) this.#moments.delete(oldest);
      this.#moments.set(key, moment);
    }
    return moment;
  }

  /** The host put a text before the model. `own`: it is the user's own words. */
  heard(from: Speaker, text: string, labels: LabelSet, own: boolean): void {
    this.joins(labels);
    this.index?.addText(text, { labels, own, from: SPEAKERS[from] });
    if (!own) return;
    if (this.#wordCount + text.length > MAX_WORDS) this.#wordsWhole = false;
    else {
      this.#wordCount += text.length;
      this.#words.push(text);
    }
  }

  /** Something with these labels is before the model from now on. */
  joins(labels: LabelSet | undefined): void {
    this.#context = joinKnown(this.#context, labels);
  }

  /** Whether one of the phrases stands in the user's own words; undefined where not all of them are kept. */
  asked(phrases: readonly string[], moment: Moment): boolean | undefined {
    for (const text of this.#words.slice(0, moment.words))
      if (phrases.some((phrase) => holdsPhrase(text, phrase))) return true;
    return this.whole && this.#wordsWhole ? false : undefined;
  }

  /** Gives a value a name (`$1`). One that does not fit any more has none, and does not parse. */
  hand(name: string, handle: Handle): boolean {
    if (this.#handles.size >= MAX_HANDLES) return false;
    this.#handles.set(name, handle);
    return true;
  }

  handle(name: string): Handle | undefined {
    return this.#handles.get(name);
  }

  get handles(): number {
    return this.#handles.size;
  }

  /** Labels that were written under a path; later reads of it carry them. */
  wrote(path: string, labels: LabelSet | undefined): void {
    const key = this.#written.has(path) || this.#written.size < MAX_WRITTEN ? path : ROOT;
    const before = this.#written.has(key) ? this.#written.get(key) : this.lattice.lowest;
    this.#written.set(key, joinKnown(before, labels));
  }

  /** What was written at a path, above it or below it. */
  readOf(path: string): LabelSet | undefined {
    let all: LabelSet | undefined = this.lattice.lowest;
    for (const [written, labels] of this.#written) {
      if (isUnder(written, path) || isUnder(path, written)) all = joinKnown(all, labels);
    }
    return all;
  }
}
