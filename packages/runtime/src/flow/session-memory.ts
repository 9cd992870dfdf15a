import { digest, type Json, type Type } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { EventOutcome, History } from "../history/history.js";
import { holdsPhrase } from "./boundaries.js";
import type { CallFlow } from "./call-flow.js";
import { ContextLabels } from "./context-labels.js";
import { atMost, type LabelSet, type Lattice } from "./labels.js";
import type { MemoryEvent, Speaker } from "./memory-event.js";
import { originPlaces } from "./origins.js";
import { Recent } from "./recent.js";
import { isSamePlace, refOf, sourceOf, type Contribution, type Source, type SourceRef } from "./source.js";
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

/** A text that stood in a result, and how often the index had forgotten something by then. */
interface Stood {
  from: string;
  value: string;
  type: Type | undefined;
  labels: LabelSet;
  forgettings: number;
}

const SPEAKERS: Readonly<Record<Speaker, string>> = {
  user: "the user",
  system: "the system prompt",
  unknown: "unheard text of the prompt",
};

/** Calls whose moment is kept; one that is older is seen anew. */
const MAX_MOMENTS = 4096;
const MAX_NOTES = 16_384;
const MAX_HANDLES = 4096;
const MAX_DERIVED = 8;
const MAX_WORDS = 1024 * 1024;
const ELSEWHERE: SourceRef = { from: "what was read before" };

/**
 * What is known of one session: labels of what was read, where values stand, what was said, which calls were made. Every
 * change is an event, told to `tell`; taking up the same events gives the same memory. `whole` is false where something
 * was read or done that is not known here: then nothing it does not find is known to be absent, and its context is unknown.
 */
export class SessionMemory {
  readonly lattice: Lattice;
  readonly index: ValueIndex | undefined;
  readonly history: History;
  /** What stood last at each path of a result. */
  readonly stood = new WeakMap<readonly string[], Stood>();
  /** Told of every event that changed something; for a memory that is to outlive its process. */
  tell: ((event: MemoryEvent) => void) | undefined;
  readonly #words: string[] = [];
  readonly #heard = new Set<string>();
  #wordCount = 0;
  #wordsWhole = true;
  #whole = true;
  readonly #context: ContextLabels;
  readonly #derived = new Recent<readonly SourceRef[]>(MAX_MOMENTS);
  #derivedLast: readonly SourceRef[] = [];
  readonly #moments = new Recent<Moment>(MAX_MOMENTS);
  readonly #notes = new Recent<true>(MAX_NOTES);
  readonly #handles = new Map<string, Handle | undefined>();
  readonly #written: WrittenPaths;

  constructor(
    lattice: Lattice,
    options: { readonly whole: boolean; readonly index: boolean; readonly history: History },
  ) {
    this.lattice = lattice;
    this.#context = new ContextLabels(lattice.lowest);
    this.index = options.index ? new ValueIndex(lattice) : undefined;
    this.history = options.history;
    this.#written = new WrittenPaths(lattice.lowest);
    if (!options.whole) this.take({ kind: "lost" });
  }

  get whole(): boolean {
    return this.#whole;
  }

  /** Takes up an event; false where it says nothing that was not known. */
  take(event: MemoryEvent): boolean {
    switch (event.kind) {
      case "heard":
        return this.#hears(event);
      case "joined":
        return this.#context.joins(event.labels, event.source);
      case "stood": {
        const { key, text, source } = event;
        const keyed = key !== undefined && this.index?.addKey(key, source) === "kept";
        return (text !== undefined && this.index?.addText(text, source) === "kept") || keyed;
      }
      case "forgot":
        this.index?.forget(event.labels);
        return this.index !== undefined;
      case "derived":
        return this.#derived.add(event.call, event.from);
      case "wrote":
        return this.#written.wrote(event.path, event.labels);
      case "seen":
        return this.#moments.add(event.key, this.#now());
      case "noted":
        return this.#notes.add(event.key, true);
      case "handed": {
        const { name, value, labels, source } = event;
        // Given out twice, by two processes at once: nobody can say which is meant.
        const known = value !== undefined && !this.#handles.has(name);
        this.#handles.set(name, known ? { value, labels, ...(source === undefined ? {} : { source }) } : undefined);
        return true;
      }
      case "begun":
        this.history.begin(event.id, event.tool, event.args);
        return true;
      case "ended":
        this.history.end(event.id, event.outcome, event.at, event.result);
        return true;
      case "denied":
        this.history.denied(event.id, event.tool, event.args, event.at);
        return true;
      case "never":
        this.history.never(event.id);
        return true;
      case "lost": {
        const news = this.#whole;
        this.#whole = false;
        this.#context.joins(undefined, ELSEWHERE);
        this.history.lose();
        return news;
      }
    }
  }

  /** Now, or what it was when this call was first seen. */
  momentOf(key: string | undefined): Moment {
    if (key === undefined) return this.#now();
    const kept = this.#moments.get(key);
    if (kept !== undefined) return kept;
    this.#happens({ kind: "seen", key });
    return this.#moments.get(key) ?? this.#now();
  }

  /** Takes note of a name of the host's; false where it was noted before. Of many the oldest are forgotten. */
  note(name: string): boolean {
    const key = digest(name);
    if (this.#notes.has(key)) return false;
    this.#happens({ kind: "noted", key });
    return true;
  }

  isNoted(name: string): boolean {
    return this.#notes.has(digest(name));
  }

  /** The host put a text before the model. `own`: it is the user's own words. */
  heard(from: Speaker, text: string, labels: LabelSet, own: boolean): void {
    this.#happens({ kind: "heard", from, text, labels, own });
  }

  /** Something with these labels is before the model from now on. */
  joins(labels: LabelSet | undefined, source: SourceRef = ELSEWHERE): void {
    this.#happens({ kind: "joined", labels, source });
  }

  /** A value stands whole in a source, as a text or under a typed key; false where of some of it only the labels are kept. */
  stands(source: Source, at: { readonly key?: string; readonly text?: string }): boolean {
    const { index } = this;
    if (index === undefined) return false;
    const keyed = at.key === undefined ? "known" : index.addKey(at.key, source);
    const standing = at.text === undefined ? "known" : index.addText(at.text, source);
    if (keyed === "kept" || standing === "kept") this.tell?.({ kind: "stood", source, ...at });
    const forgotten = keyed === "forgotten" || standing === "forgotten";
    if (forgotten) this.tell?.({ kind: "forgot", labels: source.labels });
    return !forgotten;
  }

  /** Something was read, said or done that nobody here knows of. */
  lose(): void {
    this.#happens({ kind: "lost" });
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
    originPlaces(flow, (place) => {
      if (from.length < MAX_DERIVED && !from.some((other) => isSamePlace(other, place))) from.push(refOf(place));
    });
    if (from.length === 0) return;
    // Call after call comes from the same places.
    const before = this.#derivedLast;
    if (from.length !== before.length || from.some((ref, i) => ref !== before[i])) this.#derivedLast = from;
    this.#happens({ kind: "derived", call, from: this.#derivedLast });
  }

  /** Where the arguments of a call came from; empty where they carried nothing, or it is too long ago. */
  derivedFrom(call: string): readonly SourceRef[] {
    return this.#derived.get(call) ?? [];
  }

  /** Whether one of the phrases stands in the user's own words; undefined where not all of them are kept. */
  asked(phrases: readonly string[], moment: Moment): boolean | undefined {
    for (const text of this.#words.slice(0, moment.words))
      if (phrases.some((phrase) => holdsPhrase(text, phrase))) return true;
    return this.#whole && this.#wordsWhole ? false : undefined;
  }

  /** Gives a value a name (`$1`). One that does not fit any more has none, and does not parse. */
  hand(name: string, { value, labels, source }: Handle): boolean {
    if (this.#handles.size >= MAX_HANDLES) return false;
    this.#happens({ kind: "handed", name, value, labels, source });
    return true;
  }

  /** What a name stands for; undefined for one that was never given, or whose value was too large to be kept. */
  handle(name: string): Handle | undefined {
    return this.#handles.get(name);
  }

  get handles(): number {
    return this.#handles.size;
  }

  /** Labels that were written under a path; later reads of it carry them. */
  wrote(path: string, labels: LabelSet | undefined): void {
    this.#happens({ kind: "wrote", path, labels });
  }

  /** What was written at a path, above it or below it. */
  readOf(path: string): LabelSet | undefined {
    return this.#written.readOf(path);
  }

  /** Whether calls of a tool are remembered. */
  watches(tool: string): boolean {
    return this.history.watches(tool);
  }

  /** A call begins: from here on it may have happened. */
  begins(id: string, tool: string, args: ReadonlyMap<string, Value>): void {
    if (this.history.watches(tool)) this.#happens({ kind: "begun", id, tool, args });
  }

  /** A call that was begun ended. */
  ends(id: string, tool: string, outcome: EventOutcome, at: number, result: Value | undefined): void {
    if (this.history.watches(tool)) this.#happens({ kind: "ended", id, tool, outcome, at, result });
  }

  /** A call was refused; it never began. */
  denies(id: string, tool: string, args: ReadonlyMap<string, Value>, at: number): void {
    if (this.history.watches(tool)) this.#happens({ kind: "denied", id, tool, args, at });
  }

  /** A call that was about to begin did not. */
  never(id: string): void {
    if (this.history.isBegun(id)) this.#happens({ kind: "never", id });
  }

  #happens(event: MemoryEvent): void {
    if (this.take(event)) this.tell?.(event);
  }

  #now(): Moment {
    return {
      context: this.#context.labels,
      raised: this.#context.size,
      sources: this.index?.size ?? 0,
      words: this.#words.length,
    };
  }

  #hears({ from, text, labels, own }: Extract<MemoryEvent, { kind: "heard" }>): boolean {
    const source = { from: SPEAKERS[from] };
    const joined = this.#context.joins(labels, source);
    // Of a text that was not kept only the labels are known.
    const standing =
      text === undefined ? this.index?.forget(labels) : this.index?.addText(text, sourceOf(source, labels, own));
    const spoken = own && this.#speaks(text);
    return joined || spoken || (standing !== undefined && standing !== "known");
  }

  /** Keeps the user's words; false where they are known. */
  #speaks(text: string | undefined): boolean {
    if (text !== undefined && this.#heard.has(text)) return false;
    if (text === undefined || this.#wordCount + text.length > MAX_WORDS) {
      const news = this.#wordsWhole;
      this.#wordsWhole = false;
      return news;
    }
    this.#wordCount += text.length;
    this.#words.push(text);
    this.#heard.add(text);
    return true;
  }
}
