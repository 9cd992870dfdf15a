import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  atLevel,
  atMost,
  integrityOf,
  join,
  labelNames,
  latticeOf,
  raise,
  reaches,
  withIntegrity,
  type LabelSet,
} from "../../src/flow/labels.js";
import { bundle } from "../bundle.js";
import { STD_LABELS } from "./labelled.js";

const lattice = latticeOf(bundle([], [], { labels: STD_LABELS }));
const names = [
  "public",
  "internal",
  "confidential",
  "secret",
  "trusted",
  "claimed",
  "named",
  "untrusted",
  "pii",
  "pci",
  "credentials",
];
const set: fc.Arbitrary<LabelSet> = fc
  .tuple(fc.subarray(names), fc.option(fc.subarray(["a", "b", "c"]), { nil: undefined }))
  .map(([given, readers]) => {
    const { levels, categories } = raise(lattice, lattice.lowest, given);
    return { levels, categories, readers: readers === undefined ? undefined : new Set(readers) };
  });
const shown = (labels: LabelSet) => ({
  labels: labelNames(lattice, labels),
  readers: labels.readers === undefined ? undefined : [...labels.readers].toSorted(),
});

describe("the lattice of labels", () => {
  it("joins like a lattice: the same both ways round, twice, and in any order", () => {
    fc.assert(
      fc.property(set, set, set, (a, b, c) => {
        expect(shown(join(a, b))).toEqual(shown(join(b, a)));
        expect(shown(join(a, a))).toEqual(shown(a));
        expect(shown(join(join(a, b), c))).toEqual(shown(join(a, join(b, c))));
        expect(shown(join(a, lattice.lowest))).toEqual(shown(a));
      }),
    );
  });

  it("never lowers: a join is at least both, and reaches what either reaches", () => {
    fc.assert(
      fc.property(set, set, fc.constantFrom(...names), (a, b, name) => {
        const joined = join(a, b);
        expect(atMost(a, joined) && atMost(b, joined)).toBe(true);
        if (reaches(lattice, a, name)) expect(reaches(lattice, joined, name)).toBe(true);
      }),
    );
  });

  it("orders levels, takes categories as sets and readers by intersection", () => {
    const secret = raise(lattice, lattice.lowest, ["secret", "pii"]);
    expect(["public", "confidential", "secret", "pii"].map((name) => reaches(lattice, secret, name))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["pci", "claimed"].map((name) => reaches(lattice, secret, name))).toEqual([false, false]);
    expect(
      shown(join({ ...secret, readers: new Set(["a", "b"]) }, { ...secret, readers: new Set(["b", "c"]) })).readers,
    ).toEqual(["b"]);
    expect(integrityOf(lattice, withIntegrity(lattice, secret, 3))).toBe(3);
  });

  it("a set at another level is what it is without being remembered, under each lattice", () => {
    const integrity = STD_LABELS.filter(({ name }) => name === "integrity");
    const others = STD_LABELS.filter(({ name }) => name !== "integrity");
    const turned = latticeOf(bundle([], [], { labels: [...integrity, ...others] }));
    const none = latticeOf(bundle([], [], { labels: others }));
    const given: LabelSet = { levels: [1, 2], categories: 1n, readers: undefined };
    for (const level of [0, 3, 1, 3, 0])
      for (const one of [lattice, turned, none, lattice]) {
        expect(shown(atLevel(one, given, level))).toEqual(shown(withIntegrity(one, given, level)));
        expect(atLevel(one, given, level)).toBe(atLevel(one, given, level));
      }
  });

  it("a label that no policy declares is taken for the worst", () => {
    expect(reaches(lattice, lattice.lowest, "__proto__")).toBe(true);
  });

  it("a label with two meanings is refused", () => {
    expect(() =>
      latticeOf(
        bundle([], [], {
          labels: [...STD_LABELS, { name: "more", ordered: false, values: ["pii"], at: [0, 0, 0, 1, 1] }],
        }),
      ),
    ).toThrow("twice");
  });
});
