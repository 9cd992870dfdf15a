import type { Json } from "@writ/ir";
import type { History } from "../history/history.js";
import { holdsPhrase } from "./boundaries.js";
import type { CallFlow } from "./call-flow.js";
import { ContextLabels } from "./context-labels.js";
import { atMost, type LabelSet, type Lattice } from "./labels.js";
import { argumentOrigins } from "./origins.js";
import { isSamePlace, refOf, type Contribution, type SourceRef } from "./source.js";
import { ValueIndex } from "./value-index.js";
import { WrittenPaths } from "./written-paths.js";

/** What a call sees of its session: fixed when the call is first seen, through approval and replay (language.md 5.9). */
export interface Moment {
  /** Labels of everything that was read until then; undefined where that is not known. */
  readonly context: LabelSet | undefined;
  /** What had raised them, and sources and words that were there then. */
  readonly raised: number;
  readonly sources: number;
  readonly words: number;
}

/** A value that the model may name without having read it. */
export interface Handle {
  readonly value: Json;
  readonly labels: LabelSet | undefined;
  readonly source?: SourceRef;
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
const MAX_DERIVED = 8;
const MAX_WORDS = 1024 * 1024;
const ELSEWHERE: SourceRef = { from: "what was read before" };

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
  readonly #context: ContextLabels;
  readonly #derived = new Map<string, readonly SourceRef[]>();
  readonly #moments = new Map<string, Moment>();
  readonly #handles = new Map<string, Handle>();
  readonly #written: WrittenPaths;

  constructor(
    lattice: Lattice,
    options: { readonly whole: boolean; readonly index: boolean; readonly history: History },
  ) {
    this.lattice = lattice;
    this.whole = options.whole;
    this.#context = new ContextLabels(options.whole ? lattice.lowest : undefined);
    this.index = options.index ? new ValueIndex(lattice) : undefined;
    this.history = options.history;
    this.#written = new WrittenPaths(lattice.lowest);
  }

  /** Now, or what it was when this call was first seen. */
  momentOf(key: string | undefined): Moment {
    const kept = key === undefined ? undefined : this.#moments.get(key);
    if (kept !== undefined) return kept;
    const moment = {
      context: this.#context.labels,
      raised: this.#context.size,
      sources: this.index?.size ?? 0,
      words: this.#words.length,
    };
    if (key !== undefined) {
      const oldest = this.#moments.size < MAX_MOMENTS ? undefined : this.#moments.keys().next().value;
      if (oldest !== undefined) this.#moments.delete(oldest);
      this.#moments.set(key, moment);
    }
    return moment;
  }

  /** The host put a text before the model. `own`: it is the user's own words. */
  heard(from: Speaker, text: string, labels: LabelSet, own: boolean): void {
    this.joins(labels, { from: SPEAKERS[from] });
    this.index?.addText(text, { labels, own, from: SPEAKERS[from] });
    if (!own) return;
    if (this.#wordCount + text.length > MAX_WORDS) this.#wordsWhole = false;
    else {
      this.#wordCount += text.length;
      this.#words.push(text);
    }
  }

  /** Something with these labels is before the model from now on. */
  joins(labels: LabelSet | undefined, source: SourceRef = ELSEWHERE): void {
    this.#context.joins(labels, source);
  }

  /** What raised the labels of the context until a moment. */
  contributions(moment: Moment): readonly Contribution[] {
    return this.#context.contributions(moment.raised);
  }

  /** Keeps where the arguments of a call came from, if they had labels at all: a later explanation goes on from there. */
  derives(call: string, flow: CallFlow | undefined): void {
    const inputs = flow?.inputs();
    if (flow === undefined || (inputs !== undefined && atMost(inputs, this.lattice.lowest))) return;
    const from: SourceRef[] = [];
    for (const { sources } of argumentOrigins(flow))
      for (const source of sources)
        if (from.length < MAX_DERIVED && !from.some((other) => isSamePlace(other, source))) from.push(refOf(source));
    if (from.length === 0) return;
    const oldest = this.#derived.size < MAX_MOMENTS ? undefined : this.#derived.keys().next().value;
    if (oldest !== undefined) this.#derived.delete(oldest);
    this.#derived.set(call, from);
  }

  /** Where the arguments of a call came from; empty where they carried nothing, or it is too long ago. */
  derivedFrom(call: string): readonly SourceRef[] {
    return this.#derived.get(call) ?? [];
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
    this.#written.wrote(path, labels);
  }

  /** What was written at a path, above it or below it. */
  readOf(path: string): LabelSet | undefined {
    return this.#written.readOf(path);
  }
}
