import type { Type } from "@writ/ir";
import { Command, Decimal, Money, Sql, type Value } from "@writ/ir/values";
import { atMost, join, withIntegrity, type LabelSet, type Lattice } from "./labels.js";
import { keyWord, standsIn, wordsOf } from "./boundaries.js";
import type { Source } from "./source.js";
import { moneyKey, typedKey, typedTokens } from "./tokens.js";

interface Entry extends Source {
  readonly text: string;
}

const MAX_CHARACTERS = 4 * 1024 * 1024;
const MAX_ENTRIES = 50_000;
const MAX_KEYS = 400_000;
const MAX_VALUE = 4096;
const MAX_COMPARED = 8;
/** A number that short stands in too many places to say anything. */
const MIN_DIGITS = 5;

/** What became of something that was to be added: it is there, it was there before, or only its labels are kept. */
export type Added = "kept" | "known" | "forgotten";

/**
 * What the user said, what the system said and every result, field by field, by the words they hold. Only what is
 * whole is found. Bounded: what does not fit is kept as the join of its labels, which every value that stands
 * somewhere then carries too, so that forgetting never makes a value looser.
 */
export class ValueIndex {
  readonly #lattice: Lattice;
  readonly #entries: Entry[] = [];
  readonly #byWord = new Map<string, number[]>();
  readonly #byKey = new Map<string, number[]>();
  readonly #byText = new Map<string, Entry[]>();
  #characters = 0;
  #keys = 0;
  #lost: LabelSet;

  constructor(lattice: Lattice) {
    this.#lattice = lattice;
    this.#lost = lattice.lowest;
  }

  /** How many sources there are; those below a number seen earlier are what was there then. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds a text: its words, and the addresses, paths, instants and amounts in it. */
  addText(text: string, source: Source): Added {
    const normal = text.normalize("NFC");
    const known = this.#byText.get(normal) ?? [];
    // A tool that says the same again adds nothing that is not known.
    if (known.some((entry) => isSameSource(entry, source))) return "known";
    if (!this.#room(normal.length)) return this.forget(source.labels);
    const at = this.#push(source, normal);
    const entry = this.#entries[at];
    if (entry !== undefined) this.#byText.set(normal, [...known, entry]);
    let kept = true;
    for (const word of new Set(wordsOf(normal))) kept &&= this.#put(this.#byWord, word, at);
    const { keys, complete } = typedTokens(normal);
    for (const key of keys) kept &&= this.#put(this.#byKey, key, at);
    if (!kept || !complete) this.forget(source.labels);
    return "kept";
  }

  /** Adds a typed value of a result: an amount, a number, an instant, or a reference of a kind. */
  addKey(key: string, source: Source): Added {
    const standing = this.#byKey.get(key) ?? [];
    // Of the latest few only, so that adding costs the same however often it stood.
    for (const at of standing.slice(-MAX_COMPARED)) {
      const entry = this.#entries[at];
      if (entry !== undefined && entry.text === "" && isSameSource(entry, source)) return "known";
    }
    if (!this.#room(0)) return this.forget(source.labels);
    if (!this.#put(this.#byKey, key, this.#push(source, ""))) return this.forget(source.labels);
    return "kept";
  }

  /** Something with these labels stands somewhere that is not kept: from now on every value that stands carries them too. */
  forget(labels: LabelSet): Added {
    this.#lost = join(this.#lost, withIntegrity(this.#lattice, labels, 0));
    return "forgotten";
  }

  /** The sources, of the first `upto`, in which a scalar of this type stands whole. */
  find(value: Value, type: Type | undefined, upto: number): readonly Source[] {
    const look = lookUp(value, type);
    const found = new Set<Entry>();
    for (const key of look.keys) for (const at of this.#byKey.get(key) ?? []) if (at < upto) this.#collect(found, at);
    const word = look.text === undefined ? undefined : keyWord(look.text);
    if (look.text !== undefined && word !== undefined) {
      for (const at of this.#byWord.get(word) ?? []) {
        const entry = this.#entries[at];
        if (at < upto && entry !== undefined && !found.has(entry) && standsIn(entry.text, look.text)) found.add(entry);
      }
    }
    return [...found];
  }

  /** The first `upto` sources. */
  sources(upto: number): readonly Source[] {
    return this.#entries.slice(0, upto);
  }

  /** Labels of a value that stands in these sources: integrity of the best, everything else of all. Undefined where it stands nowhere. */
  labelsOf(sources: readonly Source[]): LabelSet | undefined {
    const [first, ...rest] = sources;
    if (first === undefined) return undefined;
    const { integrity } = this.#lattice;
    const best = Math.min(...sources.map(({ labels }) => labels.levels[integrity] ?? 0));
    const all = rest.reduce((sum, { labels }) => join(sum, labels), join(first.labels, this.#lost));
    return withIntegrity(this.#lattice, all, best);
  }

  #collect(found: Set<Entry>, at: number): void {
    const entry = this.#entries[at];
    if (entry !== undefined) found.add(entry);
  }

  #push(source: Source, text: string): number {
    this.#characters += text.length;
    return this.#entries.push({ ...source, text }) - 1;
  }

  #room(characters: number): boolean {
    return (
      this.#entries.length < MAX_ENTRIES && this.#characters + characters <= MAX_CHARACTERS && this.#keys < MAX_KEYS
    );
  }

  #put(index: Map<string, number[]>, key: string, at: number): boolean {
    if (this.#keys >= MAX_KEYS) return false;
    this.#keys += 1;
    const found = index.get(key);
    if (found === undefined) index.set(key, [at]);
    else found.push(at);
    return true;
  }
}

/** Equal labels from the same kind of place: a repetition by another call of the same tool says nothing new. */
function isSameSource(a: Source, b: Source): boolean {
  return a.own === b.own && a.from === b.from && atMost(a.labels, b.labels) && atMost(b.labels, a.labels);
}

/** What a value is looked for as: by a typed key, by its text, or not at all. */
function lookUp(value: Value, type: Type | undefined): { readonly keys: readonly string[]; readonly text?: string } {
  if (value instanceof Command || value instanceof Sql) return lookUp(value.text, undefined);
  if (value instanceof Money) return { keys: [moneyKey(value)] };
  if (typeof value === "number" || value instanceof Decimal) return number(value, type);
  if (typeof value !== "string" || value.length > MAX_VALUE || value !== value.normalize("NFC")) return { keys: [] };
  // A reference stands in fields of its kind alone, so that also one of a single character says where it came from.
  if (type?.kind === "Ref") return { keys: [typedKey(`Ref ${type.of}`, value)] };
  if (value.length < 2) return { keys: [] };
  switch (type?.kind) {
    case "Bool":
    case "Enum":
      return { keys: [] };
    case "Email":
    case "Url":
    case "Path":
    case "Host":
    case "Ip":
      return { keys: [typedKey(type.kind, value)], text: value };
    default:
      return isShortNumber(value) ? { keys: [] } : { keys: [], text: value };
  }
}

function number(
  value: number | Decimal,
  type: Type | undefined,
): { readonly keys: readonly string[]; readonly text?: string } {
  if (type?.kind === "Duration") return { keys: [] };
  const text = String(value);
  if (type?.kind === "Time") return { keys: [typedKey("Time", text)] };
  return isShortNumber(text) ? { keys: [] } : { keys: [typedKey("Number", text)], text };
}

/** `12`, `1,024` and `4-2`, also where they are written as a text. */
function isShortNumber(text: string): boolean {
  return !/[\p{L}\p{M}]/u.test(text) && (text.match(/\p{N}/gu)?.length ?? 0) < MIN_DIGITS;
}
