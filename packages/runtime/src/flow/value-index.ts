import type { Type } from "@writ/ir";
import { Command, Decimal, Money, Sql, type Value } from "@writ/ir/values";
import { atLevel, atMost, integrityOf, join, withIntegrity, type LabelSet, type Lattice } from "./labels.js";
import { keyWord, standsIn } from "./boundaries.js";
import { LabelTable } from "./label-table.js";
import { sourceOf, type Source, type SourceRef } from "./source.js";
import { moneyKey, typedKey, typedTokens } from "./tokens.js";
import { hashOfWord, hashesOfWords, WordPostings } from "./word-postings.js";

/** All of them alike, so that each takes no more room than it has to. */
interface Entry extends Source {
  readonly call: string | undefined;
  readonly path: string | undefined;
  readonly text: string;
}

/** Numbers of the entries in which something stands: nearly all that stands somewhere stands in one alone. */
type Postings = Map<string, number | number[]>;

const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Texts that were said, and parts of results. */
const MAX_SAID = 50_000;
const MAX_RESULTS = 8192;
const MAX_KEYS = 400_000;
const MAX_VALUE = 4096;
const MAX_COMPARED = 8;
/** A number that short stands in too many places to say anything. */
const MIN_DIGITS = 5;

/** What became of something that was to be added: it is there, it was there before, or only its labels are kept. */
export type Added = "kept" | "known" | "forgotten";

/**
 * What the user said, what the system said and every result, field by field, by the words they hold. Only what is
 * whole is found. Bounded: of what was read the oldest is forgotten first, and of what does not fit or was forgotten the
 * join of the labels is kept, which every value that stands somewhere then carries too, so that forgetting never makes a
 * value looser.
 */
export class ValueIndex {
  readonly #lattice: Lattice;
  /** By number, ascending. */
  readonly #entries = new Map<number, Entry>();
  #next = 0;
  #said = 0;
  readonly #labels = new LabelTable();
  readonly #byWord = new WordPostings();
  readonly #byKey: Postings = new Map();
  readonly #byText: Postings = new Map();
  #characters = 0;
  #keys = 0;
  #forgotten = 0;
  #lost: LabelSet;
  #complete = true;
  #saidWhole = true;

  constructor(lattice: Lattice) {
    this.#lattice = lattice;
    this.#lost = lattice.lowest;
  }

  /** How many sources there are; those below a number seen earlier are what was there then. */
  get size(): number {
    return this.#next;
  }

  /** How often what was read was forgotten: as long as it is the same, what stood once stands. */
  get forgettings(): number {
    return this.#forgotten;
  }

  /** Whether nothing was forgotten: what is not found was never there. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The same of what was said alone. */
  get saidWhole(): boolean {
    return this.#saidWhole;
  }

  /** Adds a text: its words, and the addresses, paths, instants and amounts in it. */
  addText(text: string, source: Source): Added {
    const normal = text.normalize("NFC");
    // A tool that says the same again adds nothing that is not known.
    if (this.#has(this.#byText.get(normal), source)) return "known";
    if (!this.#room(source, normal.length)) return this.#lose(source);
    const at = this.#push(source, normal);
    post(this.#byText, normal, at);
    let kept = true;
    const hashes = hashesOfWords(normal);
    for (let i = 0; kept && i < hashes.length; i += 1) kept = this.#putWord(hashes[i] ?? 0, at);
    const { keys, complete } = typedTokens(normal);
    if (keys.size > 0) for (const key of keys) kept &&= this.#put(this.#byKey, key, at);
    if (!kept || !complete) this.#lose(source);
    return "kept";
  }

  /** Adds a typed value of a result: an amount, a number, an instant, or a reference of a kind. */
  addKey(key: string, source: Source): Added {
    const standing = this.#byKey.get(key);
    // Of the latest few only, so that adding costs the same however often it stood.
    const latest = typeof standing === "object" ? standing.slice(-MAX_COMPARED) : standing;
    if (this.#has(latest, source, "")) return "known";
    if (!this.#room(source, 0)) return this.#lose(source);
    if (!this.#put(this.#byKey, key, this.#push(source, ""))) return this.#lose(source);
    return "kept";
  }

  /** Something with these labels stands somewhere that is not kept: from now on every value that stands carries them too. */
  forget(labels: LabelSet): Added {
    return this.#lose(sourceOf(NOBODY, labels, true));
  }

  #lose(source: Source): Added {
    this.#lost = join(this.#lost, withIntegrity(this.#lattice, source.labels, 0));
    this.#complete = false;
    if (isSaid(source)) this.#saidWhole = false;
    return "forgotten";
  }

  /** The sources, of the first `upto`, in which a scalar of this type stands whole. */
  find(value: Value, type: Type | undefined, upto: number): readonly Source[] {
    const { key, text } = lookUp(value, type);
    const keyed = key === undefined ? undefined : this.#byKey.get(key);
    const word = text === undefined ? undefined : keyWord(text);
    const worded = word === undefined ? NOWHERE : this.#byWord.get(hashOfWord(word));
    if (keyed === undefined && worded.length === 0) return NO_SOURCES;
    const found = new Set<Entry>();
    for (const at of listOf(keyed)) if (at < upto) this.#collect(found, at);
    if (text !== undefined)
      for (const at of worded) {
        const entry = this.#entries.get(at);
        if (at < upto && entry !== undefined && !found.has(entry) && standsIn(entry.text, text)) found.add(entry);
      }
    return found.size === 0 ? NO_SOURCES : [...found];
  }

  /** Labels of a value that stands in these sources: integrity of the best, everything else of all. Undefined where it stands nowhere. */
  labelsOf(sources: readonly Source[]): LabelSet | undefined {
    let all: LabelSet | undefined;
    let best = 0;
    for (const { labels } of sources) {
      const integrity = integrityOf(this.#lattice, labels);
      best = all === undefined ? integrity : Math.min(best, integrity);
      all = join(all ?? this.#lost, labels);
    }
    return all === undefined ? undefined : atLevel(this.#lattice, all, best);
  }

  #collect(found: Set<Entry>, at: number): void {
    const entry = this.#entries.get(at);
    if (entry !== undefined) found.add(entry);
  }

  /** Whether one of the entries of these numbers is of the same source, and of this text where one is given. */
  #has(standing: number | readonly number[] | undefined, source: Source, text?: string): boolean {
    for (const at of listOf(standing)) {
      const entry = this.#entries.get(at);
      if (entry !== undefined && (text === undefined || entry.text === text) && isSameSource(entry, source))
        return true;
    }
    return false;
  }

  #push({ from, call, path, own, labels }: Source, text: string): number {
    const at = this.#next;
    this.#next += 1;
    this.#characters += text.length;
    if (call === undefined) this.#said += 1;
    this.#entries.set(at, { from, call, path, own, labels: this.#labels.one(labels), text });
    return at;
  }

  /** Makes room where there is none. A text that would not fit into an empty index pushes nothing out. */
  #room(source: Source, characters: number): boolean {
    if (characters > MAX_CHARACTERS) return false;
    while (!this.#fits(source, characters)) if (!this.#forgetOldest()) return false;
    return true;
  }

  #fits(source: Source, characters: number): boolean {
    const count = isSaid(source) ? this.#said < MAX_SAID : this.#entries.size - this.#said < MAX_RESULTS;
    return count && this.#characters + characters <= MAX_CHARACTERS && this.#keys < MAX_KEYS;
  }

  /**
   * Forgets the older quarter of what was read, at once, so that a source costs the same however many there were. What was
   * said is never forgotten for it. False where nothing was read.
   */
  #forgetOldest(): boolean {
    let rest = Math.ceil((this.#entries.size - this.#said) / 4);
    if (rest === 0) return false;
    this.#forgotten += 1;
    for (const [at, entry] of this.#entries) {
      if (rest === 0) break;
      if (isSaid(entry)) continue;
      rest -= 1;
      this.#entries.delete(at);
      this.#characters -= entry.text.length;
      this.#lose(entry);
    }
    this.#prune(this.#byText);
    this.#keys = this.#byWord.prune((at) => this.#entries.has(at)) + this.#prune(this.#byKey);
    return true;
  }

  /** Drops the numbers of what is forgotten; gives how many are left. */
  #prune(index: Postings): number {
    let left = 0;
    for (const [key, standing] of index) {
      if (typeof standing === "number") {
        if (this.#entries.has(standing)) left += 1;
        else index.delete(key);
        continue;
      }
      const still = standing.filter((at) => this.#entries.has(at));
      left += still.length;
      const [first] = still;
      if (first === undefined) index.delete(key);
      else index.set(key, still.length === 1 ? first : still);
    }
    return left;
  }

  #putWord(hash: number, at: number): boolean {
    if (this.#keys >= MAX_KEYS) return false;
    if (this.#byWord.add(hash, at)) this.#keys += 1;
    return true;
  }

  #put(index: Postings, key: string, at: number): boolean {
    if (this.#keys >= MAX_KEYS) return false;
    if (post(index, key, at)) this.#keys += 1;
    return true;
  }
}

/** Results are of calls; what was said is of none. */
function isSaid({ call }: Source): boolean {
  return call === undefined;
}

const NOBODY: SourceRef = { from: "" };
const NOWHERE: readonly number[] = [];
const NO_SOURCES: readonly Source[] = [];

function listOf(standing: number | readonly number[] | undefined): readonly number[] {
  return standing === undefined ? NOWHERE : typeof standing === "number" ? [standing] : standing;
}

/** Adds a number that is no smaller than those before it; false where it is the last one already. */
function post(index: Postings, key: string, at: number): boolean {
  const found = index.get(key);
  if (found === undefined) index.set(key, at);
  else if (typeof found === "number") {
    if (found === at) return false;
    index.set(key, [found, at]);
  } else {
    if (found.at(-1) === at) return false;
    found.push(at);
  }
  return true;
}

/** Equal labels from the same kind of place: a repetition by another call of the same tool says nothing new. */
function isSameSource(a: Source, b: Source): boolean {
  return a.own === b.own && a.from === b.from && atMost(a.labels, b.labels) && atMost(b.labels, a.labels);
}

/** What a value is looked for as: by a typed key, by its text, or not at all. */
interface LookUp {
  readonly key?: string;
  readonly text?: string;
}

const NOT_LOOKED_FOR: LookUp = {};

function lookUp(value: Value, type: Type | undefined): LookUp {
  if (value instanceof Command || value instanceof Sql) return lookUp(value.text, undefined);
  if (value instanceof Money) return { key: moneyKey(value) };
  if (typeof value === "number" || value instanceof Decimal) return number(value, type);
  if (typeof value !== "string" || value.length > MAX_VALUE || value !== value.normalize("NFC")) return NOT_LOOKED_FOR;
  // A reference stands in fields of its kind alone, so that also one of a single character says where it came from.
  if (type?.kind === "Ref") return { key: typedKey(`Ref ${type.of}`, value) };
  if (value.length < 2) return NOT_LOOKED_FOR;
  switch (type?.kind) {
    case "Bool":
    case "Enum":
      return NOT_LOOKED_FOR;
    case "Email":
    case "Url":
    case "Path":
    case "Host":
    case "Ip":
      return { key: typedKey(type.kind, value), text: value };
    default:
      return isShortNumber(value) ? NOT_LOOKED_FOR : { text: value };
  }
}

function number(value: number | Decimal, type: Type | undefined): LookUp {
  if (type?.kind === "Duration") return NOT_LOOKED_FOR;
  const text = String(value);
  if (type?.kind === "Time") return { key: typedKey("Time", text) };
  return isShortNumber(text) ? NOT_LOOKED_FOR : { key: typedKey("Number", text), text };
}

/** `12`, `1,024` and `4-2`, also where they are written as a text. */
function isShortNumber(text: string): boolean {
  return !/[\p{L}\p{M}]/u.test(text) && (text.match(/\p{N}/gu)?.length ?? 0) < MIN_DIGITS;
}
