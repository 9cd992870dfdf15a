import { isUnder } from "@writ/ir/values";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PathTable } from "../../src/evaluate/engine/path-table.js";
import { Found } from "../../src/evaluate/engine/rule-index.js";
import { runs } from "../runs.js";

const segment = fc.constantFrom("a", "b", "ab", ".a", "é", "𝒳", "constructor", "a-b");
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`);

function foundIn(table: PathTable, text: string): readonly number[] {
  const found = new Found();
  found.begin();
  table.find(text, found);
  found.end();
  return found.rules.slice(0, found.length).map((one) => one >>> 1);
}

describe("the table of folders", () => {
  it("finds the rules of the folders that a path is or lies below, and no other", () => {
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 40 }),
        fc.array(path, { minLength: 1, maxLength: 10 }),
        (folders, paths) => {
          const table = new PathTable();
          for (const [rule, folder] of folders.entries()) table.add(folder, rule);
          for (const text of [...paths, "", "a/b", "/a/", "//a"]) {
            const expected = folders.flatMap((folder, rule) => (isUnder(text, folder) ? [rule] : []));
            expect(foundIn(table, text)).toEqual(expected);
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it("tells thousands of folders apart, however long and however many begin alike", () => {
    const table = new PathTable();
    const folders = Array.from({ length: 5000 }, (_, i) => `/work/${"x".repeat(i % 97)}/p${i}/s${i}`);
    for (const [rule, folder] of folders.entries()) table.add(folder, rule);
    for (const [rule, folder] of folders.entries()) {
      expect(foundIn(table, `${folder}/file`)).toEqual([rule]);
      expect(foundIn(table, `${folder}x`)).toEqual([]);
    }
  });

  it("is told of a folder after one was looked for", () => {
    const table = new PathTable();
    table.add("/a", 0);
    expect(foundIn(table, "/b/c")).toEqual([]);
    table.add("/b", 1);
    table.add("/a", 2);
    expect(foundIn(table, "/b/c")).toEqual([1]);
    expect(foundIn(table, "/a")).toEqual([0, 2]);
  });
});
