import type { Found } from "./rule-index.js";

const SLASH = "/";
/** Where what ends in a character outside of ASCII stands among `#ends`. */
const OTHERS = 0x80;
/** An entry is two integers: the hash of a folder, and its place among the folders. */
const ENTRY = 2;
const EMPTY = -1;
/** Of FNV-1a; a table begins with a number of its own in place of the offset basis. */
const FNV_PRIME = 0x0100_0193;

/**
 * Rules by folders: which of these a path is, or lies below (`isUnder`), in one pass over the path. Where no folder of a rule
 * has that length and that last character nothing is looked up; elsewhere the part up to there is hashed, and not cut out for it.
 */
export class PathTable {
  /** Those of the root folder, which everything lies below. */
  readonly #everywhere: number[] = [];
  readonly #folders: string[] = [];
  readonly #rules: (number | number[])[] = [];
  readonly #places = new Map<string, number>();
  /** The most segments that a folder has. */
  #deepest = 0;
  /** By the last character of folders: as bits, their lengths, of which the last five bits count. */
  readonly #ends = new Int32Array(OTHERS + 1);
  /** Made by `settle`, or when a path is looked up first. */
  #entries: Int32Array | undefined;
  /** Of this table alone. Texts that meet in one place are told apart by what they are, and folders come from policies only. */
  readonly #seed = Math.trunc(Math.random() * 2 ** 32) | 0;

  add(folder: string, rule: number): void {
    this.#entries = undefined;
    if (folder === SLASH) {
      this.#everywhere.push(rule);
      return;
    }
    const known = this.#places.get(folder);
    if (known !== undefined) {
      this.#rules[known] = joined(this.#rules[known] ?? [], rule);
      return;
    }
    this.#places.set(folder, this.#folders.push(folder) - 1);
    this.#rules.push(rule);
    this.#deepest = Math.max(this.#deepest, depthOf(folder));
    const last = Math.min(folder.charCodeAt(folder.length - 1), OTHERS);
    this.#ends[last] = (this.#ends[last] ?? 0) | (1 << folder.length);
  }

  /** Finds the rules of every folder that this path is or lies below. */
  find(path: string, found: Found): void {
    if (this.#everywhere.length > 0) found.take(this.#everywhere);
    const ends = this.#ends;
    const { length } = path;
    let at = 0;
    for (let left = this.#deepest; left > 0; left -= 1) {
      const slash = path.indexOf(SLASH, at + 1);
      at = slash < 0 ? length : slash;
      const last = path.charCodeAt(at - 1);
      if (((ends[last < OTHERS ? last : OTHERS] ?? 0) >>> at) & 1) this.#look(path, at, found);
      if (slash < 0) return;
    }
  }

  /** Takes the rules of the folder that the first so many characters of a path are. */
  #look(path: string, length: number, found: Found): void {
    const entries = (this.#entries ??= this.#filled());
    const hash = this.#hash(path, length);
    for (let at = placeOf(hash, entries.length); ; at = (at + ENTRY) & (entries.length - 1)) {
      const place = entries[at + 1] ?? EMPTY;
      if (place === EMPTY) return;
      if (entries[at] !== hash) continue;
      const folder = this.#folders[place];
      if (folder?.length !== length || !path.startsWith(folder)) continue;
      const rules = this.#rules[place];
      if (rules !== undefined) found.take(rules);
      return;
    }
  }

  /** Makes ready what is looked into. */
  settle(): void {
    this.#entries ??= this.#filled();
  }

  #hash(path: string, length: number): number {
    let hash = this.#seed;
    for (let i = 1; i < length; i += 1) hash = Math.imul(hash ^ path.charCodeAt(i), FNV_PRIME);
    return hash;
  }

  #filled(): Int32Array {
    let size = 4 * ENTRY;
    // At most half full: what is not there is found out at once.
    while (size < this.#folders.length * 2 * ENTRY) size *= 2;
    const entries = new Int32Array(size).fill(EMPTY);
    for (const [place, folder] of this.#folders.entries()) {
      const hash = this.#hash(folder, folder.length);
      let at = placeOf(hash, size);
      while (entries[at + 1] !== EMPTY) at = (at + ENTRY) & (size - 1);
      entries[at] = hash;
      entries[at + 1] = place;
    }
    return entries;
  }
}

/** Where a hash is looked for first; its upper bits depend on more of the text than its lower ones. */
function placeOf(hash: number, size: number): number {
  return ((hash ^ (hash >>> 15)) * ENTRY) & (size - 1);
}

function depthOf(folder: string): number {
  let depth = 1;
  for (let at = folder.indexOf(SLASH, 1); at >= 0; at = folder.indexOf(SLASH, at + 1)) depth += 1;
  return depth;
}

/** Most keys lead to one rule, which needs no list. */
export function append<K>(rules: Map<K, number | number[]>, key: K, rule: number): void {
  const known = rules.get(key);
  rules.set(key, known === undefined ? rule : joined(known, rule));
}

function joined(known: number | number[], rule: number): number | number[] {
  // A list may name the same thing twice.
  if (typeof known === "number") return known === rule ? known : [known, rule];
  if (known.at(-1) !== rule) known.push(rule);
  return known;
}
