import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob, globMatches, type Glob } from "@writ/ir/values";
import { runs } from "./runs.js";

/** By its definition, in as much time as that takes. */
function byDefinition(glob: Glob, text: string): boolean {
  const [token, ...rest] = glob;
  if (token === undefined) return text === "";
  const next = (length: number): boolean => byDefinition(rest, text.slice(length));
  switch (token.kind) {
    case "char":
      return text.startsWith(token.char) && next(1);
    case "one":
      return text !== "" && !text.startsWith("/") && next(1);
    case "some":
      return Array.from({ length: text.length + 1 }, (_, n) => n).some(
        (n) => !text.slice(0, n).includes("/") && next(n),
      );
    case "any":
      return Array.from({ length: text.length + 1 }, (_, n) => n).some((n) => next(n));
    case "folders":
      return Array.from({ length: text.length + 1 }, (_, n) => n).some(
        (n) => (n === 0 || text.charAt(n - 1) === "/") && next(n),
      );
  }
}

describe("a glob", () => {
  it("fits what its definition fits", () => {
    const globs = fc.array(fc.constantFrom("a", "b", "/", "?", "*", "**", "**/"), { maxLength: 6 });
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });
    fc.assert(
      fc.property(globs, texts, (parts, text) => {
        const compiled = compileGlob(parts.join(""));
        if (!compiled.ok) return;
        expect(globMatches(compiled.glob, text)).toBe(byDefinition(compiled.glob, text));
      }),
      { numRuns: runs(5000) },
    );
  });
});
