import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leafHash } from "../../src/audit/encode-record.js";
import { MerkleFrontier, nodeHash } from "../../src/audit/merkle.js";
import {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  RangeRoots,
  rootFromInclusion,
  type LeafRange,
} from "../../src/audit/tree-proof.js";

const leaves = Array.from({ length: 130 }, (_, i) => leafHash(`leaf ${i}`));

function rootOf(size: number): string {
  const tree = new MerkleFrontier();
  for (const leaf of leaves.slice(0, size)) tree.append(leaf);
  return tree.root();
}

function compute(ranges: readonly LeafRange[], size: number): readonly string[] {
  const roots = new RangeRoots(ranges);
  for (const [i, leaf] of leaves.slice(0, size).entries()) roots.leaf(i, leaf);
  return roots.result() ?? ["incomplete"];
}

// The definitions of RFC 9162 as they stand there, to compare with.
function k(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
function mth(d: readonly string[]): string {
  const [one = ""] = d;
  return d.length === 1 ? one : nodeHash(mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))));
}
function path(m: number, d: readonly string[]): string[] {
  if (d.length <= 1) return [];
  const at = k(d.length);
  return m < at ? [...path(m, d.slice(0, at)), mth(d.slice(at))] : [...path(m - at, d.slice(at)), mth(d.slice(0, at))];
}
function subproof(m: number, d: readonly string[], b: boolean): string[] {
  if (m === d.length) return b ? [] : [mth(d)];
  const at = k(d.length);
  return m <= at
    ? [...subproof(m, d.slice(0, at), b), mth(d.slice(at))]
    : [...subproof(m - at, d.slice(at), false), mth(d.slice(0, at))];
}

const sizes = fc.integer({ min: 1, max: leaves.length });

describe("inclusion paths", () => {
  it("are those of RFC 9162, and lead to the root, for every leaf of every small tree", () => {
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const found = compute(inclusionRanges(index, size), size);
        expect(found).toEqual(path(index, leaves.slice(0, size)));
        expect(rootFromInclusion(leaves[index] ?? "", index, size, found)).toBe(rootOf(size));
      }
    }
  });

  it("lead nowhere else: not from another leaf, place, size or path", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, a, b, c) => {
        const index = a % size;
        const found = compute(inclusionRanges(index, size), size);
        const root = rootOf(size);
        const leaf = leaves[index] ?? "";
        const place = b % (size + 3);
        if (place !== index) expect(rootFromInclusion(leaf, place, size, found)).not.toBe(root);
        expect(rootFromInclusion(leafHash("other"), index, size, found)).not.toBe(root);
        expect(rootFromInclusion(leaf, index, size, [...found, leaf])).not.toBe(root);
        if (found.length === 0) return;
        expect(rootFromInclusion(leaf, index, size, found.slice(1))).not.toBe(root);
        expect(rootFromInclusion(leaf, index, size, found.with(c % found.length, leafHash("x")))).not.toBe(root);
      }),
    );
  });

  it("hold for sizes beyond 32 bits", () => {
    const size = 2 ** 40 + 5;
    expect(inclusionRanges(2 ** 39, size)).toHaveLength(41);
    const path41 = Array.from({ length: 41 }, (_, i) => leafHash(String(i)));
    expect(rootFromInclusion(leafHash("l"), 2 ** 39, size, path41)).toMatch(/^[0-9a-f]{64}$/);
    expect(rootFromInclusion(leafHash("l"), 2 ** 39, size, path41.slice(1))).toBeUndefined();
  });
});

describe("consistency paths", () => {
  it("are those of RFC 9162, and prove growth, for every pair of small trees", () => {
    for (let size = 1; size <= 33; size += 1) {
      for (let older = 1; older <= size; older += 1) {
        const found = compute(consistencyRanges(older, size), size);
        expect(found).toEqual(subproof(older, leaves.slice(0, size), true));
        expect(isConsistent({ size: older, root: rootOf(older) }, { size, root: rootOf(size) }, found)).toBe(true);
      }
    }
    expect(isConsistent({ size: 0, root: rootOf(0) }, { size: 5, root: rootOf(5) }, [])).toBe(true);
  });

  it("prove nothing of another tree, size or path", () => {
    const other = leafHash("other");
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, a, b) => {
        const older = 1 + (a % size);
        const found = compute(consistencyRanges(older, size), size);
        const [old, young] = [
          { size: older, root: rootOf(older) },
          { size, root: rootOf(size) },
        ];
        expect(isConsistent({ ...old, root: other }, young, found)).toBe(false);
        expect(isConsistent(old, { ...young, root: other }, found)).toBe(false);
        expect(isConsistent(young, old, found)).toBe(older === size);
        expect(isConsistent(old, young, [...found, other])).toBe(false);
        expect(isConsistent({ size: 0, root: other }, young, [])).toBe(false);
        if (found.length === 0) return;
        expect(isConsistent(old, young, found.slice(1))).toBe(false);
        expect(isConsistent(old, young, found.with(b % found.length, other))).toBe(false);
      }),
    );
  });
});
