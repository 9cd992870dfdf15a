import { isUnder } from "@writ/ir/values";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinKnown, latticeOf, raise, type LabelSet } from "../../src/flow/labels.js";
import { WrittenPaths } from "../../src/flow/written-paths.js";
import { labelledBundle, tool } from "./labelled.js";

const lattice = latticeOf(labelledBundle([tool("t")], []));
const set = (...names: string[]): LabelSet => raise(lattice, lattice.lowest, names);
const path = fc
  .array(fc.constantFrom("a", "b", "aa", "__proto__"), { maxLength: 4 })
  .map((steps) => `/${steps.join("/")}`);
const labels = fc.constantFrom(set("pii"), set("untrusted"), set("secret"), lattice.lowest, undefined);

describe("labels of written paths", () => {
  it("are those written at a path, above it and below it, and no others", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(path, labels), { maxLength: 12 }), path, (written, asked) => {
        const paths = new WrittenPaths(lattice.lowest);
        let plainly: LabelSet | undefined = lattice.lowest;
        for (const [at, what] of written) {
          paths.wrote(at, what);
          if (isUnder(at, asked) || isUnder(asked, at)) plainly = joinKnown(plainly, what);
        }
        expect(paths.readOf(asked)).toEqual(plainly);
      }),
    );
  });

  it("count for every path where there are too many, or one is too deep: never for none", () => {
    const many = new WrittenPaths(lattice.lowest);
    for (let i = 0; i < 20_000; i += 1) many.wrote(`/many/${i}`, lattice.lowest);
    expect(many.readOf("/other")).toEqual(lattice.lowest);
    many.wrote("/one/more", set("pii"));
    expect(many.readOf("/other")).toEqual(set("pii"));
    const deep = new WrittenPaths(lattice.lowest);
    deep.wrote("/a".repeat(1000), set("pii"));
    expect(deep.readOf("/b")).toEqual(set("pii"));
  });
});
