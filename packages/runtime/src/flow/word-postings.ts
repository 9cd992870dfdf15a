import { IN_WORD, MAX_WORD, wordsOf } from "./boundaries.js";

/**
 * Numbers of the entries in which words stand, by a hash of each word: a session reads thousands of words a second, and
 * none of them is kept as a text. Two words may have one hash, so what is found may hold the word; who asks looks into the
 * text. No hash is ever missed.
 */
export class WordPostings {
  /** The newest posting of each chain; the others follow from it, so that of one chain the entries descend. */
  #heads = new Int32Array(FIRST).fill(NONE);
  #hashes = new Int32Array(FIRST);
  #entries = new Uint32Array(FIRST);
  #next = new Int32Array(FIRST);
  #count = 0;

  /** Adds an entry that is no smaller than those before it; false where it has the word already. */
  add(hash: number, entry: number): boolean {
    const chain = hash & (this.#heads.length - 1);
    let at = this.#heads[chain] ?? NONE;
    // What one entry brought stands together. However many words of it have one chain, so many are looked at.
    for (let looked = 0; at !== NONE && looked < MAX_LOOKED && this.#entries[at] === entry; looked += 1) {
      if (this.#hashes[at] === hash) return false;
      at = this.#next[at] ?? NONE;
    }
    if (this.#count === this.#hashes.length) this.#grow();
    this.#append(hash, entry);
    return true;
  }

  /** The entries that may have a word of this hash, ascending. */
  get(hash: number): readonly number[] {
    let found: number[] | undefined;
    for (let at = this.#heads[hash & (this.#heads.length - 1)] ?? NONE; at !== NONE; at = this.#next[at] ?? NONE)
      if (this.#hashes[at] === hash) (found ??= []).push(this.#entries[at] ?? 0);
    return found?.toReversed() ?? NOWHERE;
  }

  /** Drops the entries that are not there any more; gives how many postings are left. */
  prune(has: (entry: number) => boolean): number {
    const count = this.#count;
    this.#heads.fill(NONE);
    this.#count = 0;
    let last = -1;
    let kept = false;
    for (let at = 0; at < count; at += 1) {
      const entry = this.#entries[at] ?? 0;
      if (entry !== last) kept = has(entry);
      last = entry;
      if (kept) this.#append(this.#hashes[at] ?? 0, entry);
    }
    return this.#count;
  }

  #append(hash: number, entry: number): void {
    const chain = hash & (this.#heads.length - 1);
    const at = this.#count;
    this.#count += 1;
    this.#hashes[at] = hash;
    this.#entries[at] = entry;
    this.#next[at] = this.#heads[chain] ?? NONE;
    this.#heads[chain] = at;
  }

  #grow(): void {
    const size = this.#hashes.length * 2;
    const [hashes, entries, count] = [this.#hashes, this.#entries, this.#count];
    this.#hashes = new Int32Array(size);
    this.#entries = new Uint32Array(size);
    this.#next = new Int32Array(size);
    this.#heads = new Int32Array(size).fill(NONE);
    this.#count = 0;
    for (let at = 0; at < count; at += 1) this.#append(hashes[at] ?? 0, entries[at] ?? 0);
  }
}

const NOWHERE: readonly number[] = [];
const FIRST = 256;
const NONE = -1;
const MAX_LOOKED = 64;

/**
 * Of this process alone, so that which words meet in one hash is not to be looked up from outside. Words that meet under every
 * seed can be made; as many entries are looked into for them as for one word that stands in all of these.
 */
const [SEED = 0] = crypto.getRandomValues(new Int32Array(1));

/** The hash of a word that `wordsOf` gave. */
export function hashOfWord(word: string): number {
  let hash = SEED;
  for (let at = 0; at < word.length; at += 1) hash = stirred(hash, word.charCodeAt(at));
  return mixed(hash);
}

/** The hashes of the words of a text, one of each time that a word stands there. */
export function hashesOfWords(text: string): readonly number[] {
  return plainHashes(text) ?? wordsOf(text).map(hashOfWord);
}

/** The same of a text of ASCII alone, in one pass and without a text for each word; undefined for any other. */
function plainHashes(text: string): readonly number[] | undefined {
  const hashes: number[] = [];
  let hash = SEED;
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return undefined;
    if (IN_WORD[code] === 1) {
      if (length < MAX_WORD) hash = stirred(hash, code);
      length += 1;
    } else if (length > 0) {
      hashes.push(mixed(hash));
      hash = SEED;
      length = 0;
    }
  }
  if (length > 0) hashes.push(mixed(hash));
  return hashes;
}

/** One step of MurmurHash3 (x86, 32 bits) with a character as the block. */
function stirred(hash: number, code: number): number {
  let block = Math.imul(code, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const next = hash ^ block;
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

/** Its last step, after which every bit depends on every other. */
function mixed(hash: number): number {
  let out = hash ^ (hash >>> 16);
  out = Math.imul(out, 0x85ebca6b);
  out ^= out >>> 13;
  out = Math.imul(out, 0xc2b2ae35);
  return out ^ (out >>> 16);
}
