import { MerkleFrontier, nodeHash } from "./merkle.js";

/** The leaves from `first` up to and without `end`. */
export interface LeafRange {
  readonly first: number;
  readonly end: number;
}

/** The largest power of two below a number above 1. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The subtrees whose roots are the inclusion path of a leaf, from its sibling up (RFC 9162 section 2.1.3.1). */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let [first, end] = [0, size];
  while (end - first > 1) {
    const middle = first + split(end - first);
    if (index < middle) {
      ranges.push({ first: middle, end });
      end = middle;
    } else {
      ranges.push({ first, end: middle });
      first = middle;
    }
  }
  return ranges.toReversed();
}

/** The subtrees whose roots are the proof that a tree grew from its first `older` leaves (RFC 9162 section 2.1.4.1). */
export function consistencyRanges(older: number, size: number): readonly LeafRange[] {
  if (older === 0 || older === size) return [];
  const ranges: LeafRange[] = [];
  let [first, end] = [0, size];
  while (end !== older) {
    const middle = first + split(end - first);
    if (older <= middle) {
      ranges.push({ first: middle, end });
      end = middle;
    } else {
      ranges.push({ first, end: middle });
      first = middle;
    }
  }
  // The older tree itself, which whoever verifies has as a root, is left out.
  if (first > 0) ranges.push({ first, end });
  return ranges.toReversed();
}

/** Computes the roots of disjoint subtrees while the leaves go by, one after the other. */
export class RangeRoots {
  readonly #ranges: readonly LeafRange[];
  /** The ranges by their place among the leaves. */
  readonly #order: readonly LeafRange[];
  readonly #roots = new Map<LeafRange, string>();
  #tree = new MerkleFrontier();
  #next = 0;

  constructor(ranges: readonly LeafRange[]) {
    this.#ranges = ranges;
    this.#order = ranges.toSorted((a, b) => a.first - b.first);
  }

  leaf(index: number, hash: string): void {
    const range = this.#order[this.#next];
    if (range === undefined || index < range.first) return;
    this.#tree.append(hash);
    if (index + 1 < range.end) return;
    this.#roots.set(range, this.#tree.root());
    this.#tree = new MerkleFrontier();
    this.#next += 1;
  }

  /** The roots in the order of the proof; undefined while leaves are missing. */
  result(): readonly string[] | undefined {
    const roots = this.#ranges.flatMap((range) => this.#roots.get(range) ?? []);
    return roots.length === this.#ranges.length ? roots : undefined;
  }
}

const HALF = (n: number): number => Math.floor(n / 2);
const IS_ODD = (n: number): boolean => n % 2 === 1;

/** The root that a leaf and its path lead to, undefined when the path has another length (RFC 9162 section 2.1.3.2). */
export function rootFromInclusion(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
): string | undefined {
  if (index < 0 || index >= size) return undefined;
  let [place, last] = [index, size - 1];
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (IS_ODD(place) || place === last) {
      hash = nodeHash(sibling, hash);
      while (!IS_ODD(place) && place !== 0) [place, last] = [HALF(place), HALF(last)];
    } else hash = nodeHash(hash, sibling);
    [place, last] = [HALF(place), HALF(last)];
  }
  return last === 0 ? hash : undefined;
}

/** Whether a path proves that the tree `newer` has the tree `older` as its beginning (RFC 9162 section 2.1.4.2). */
export function isConsistent(
  older: { readonly size: number; readonly root: string },
  newer: { readonly size: number; readonly root: string },
  path: readonly string[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.root === newer.root;
  // The empty tree is the beginning of every tree; it has only one root.
  if (older.size === 0) return path.length === 0 && older.root === new MerkleFrontier().root();
  const rest = [...path];
  let [place, last] = [older.size - 1, newer.size - 1];
  while (IS_ODD(place)) [place, last] = [HALF(place), HALF(last)];
  const begin = place === 0 ? older.root : rest.shift();
  if (begin === undefined) return false;
  let [old, young] = [begin, begin];
  for (const hash of rest) {
    if (last === 0) return false;
    if (IS_ODD(place) || place === last) {
      old = nodeHash(hash, old);
      young = nodeHash(hash, young);
      while (!IS_ODD(place) && place !== 0) [place, last] = [HALF(place), HALF(last)];
    } else young = nodeHash(young, hash);
    [place, last] = [HALF(place), HALF(last)];
  }
  return last === 0 && old === older.root && young === newer.root;
}
