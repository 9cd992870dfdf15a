import * as fc from "fast-check";
import { decodeBundle } from "@writ/ir/decode";
import { describe, expect, it } from "vitest";
import { escapeText, renderDiagnostics } from "../src/index.js";
import { lex } from "../src/syntax/lexer.js";
import { parse } from "../src/syntax/parse.js";
import { KEYWORDS, SIGNS } from "../src/syntax/tokens.js";
import { compileText } from "./harness.js";
import { runs } from "./runs.js";
import { FILES, SUPPORT } from "./sample.js";

const words = [
  ...KEYWORDS.keys(),
  ...SIGNS.keys(),
  '"text"',
  "12",
  "0.5",
  "50 USD",
  "15s",
  "64KB",
  "2026-01-05T10:00:00Z",
  "$1",
  "x",
  "crm.lookup",
  "user.mfa",
  "\n",
  "# c\n",
  "## d\n",
  '"broken',
  "10min",
  "§",
  "a".repeat(200),
];
const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((tokens) => tokens.join(" "));
const tokens = lex(SUPPORT).tokens;

/** The sample with a few tokens deleted, doubled, exchanged or replaced. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat({ max: tokens.length - 1 }),
      how: fc.constantFrom("delete", "double", "swap", "replace"),
      word: fc.constantFrom(...words),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) => {
    const images = tokens.map((token) => token.image);
    for (const { at, how, word } of edits) {
      const here = images[at] ?? "";
      const next = images[at + 1] ?? "";
      if (how === "delete") images[at] = "";
      else if (how === "double") images[at] = `${here} ${here}`;
      else if (how === "swap") images.splice(at, 2, next, here);
      else images[at] = word;
    }
    return images.join(" ");
  });

const damaged = fc
  .record({
    at: fc.nat({ max: SUPPORT.length }),
    length: fc.nat({ max: 40 }),
    put: fc.string({ maxLength: 10, unit: "binary" }),
  })
  .map(({ at, length, put }) => SUPPORT.slice(0, at) + put + SUPPORT.slice(at + length));

function sound(text: string): void {
  const { problems, file } = parse(text);
  for (const problem of problems) {
    expect(problem.at.start).toBeGreaterThanOrEqual(0);
    expect(problem.at.end).toBeGreaterThanOrEqual(problem.at.start);
    expect(problem.at.end).toBeLessThanOrEqual(Math.max(text.length, 1));
  }
  // What is read without a problem is a policy.
  if (problems.length === 0) expect(file.header).toBeDefined();
}

describe("parsing", () => {
  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          soup.map((text) => `policy t ${text}`),
          mutated,
          damaged,
          fc.string({ maxLength: 200 }),
          fc.string({ unit: "binary", maxLength: 200 }),
        ),
        sound,
      ),
      { numRuns: runs(4000) },
    );
  });

  it("gives the same tree however the text is spaced", () => {
    const shape = (text: string): string =>
      JSON.stringify(parse(text).file, (key, value: unknown) =>
        key === "at" || key === "doc" || key === "final" ? undefined : value,
      );
    const images = tokens.map((token) => token.image);
    expect(shape(images.join(" "))).toBe(shape(SUPPORT));
    expect(shape(images.join("\n"))).toBe(shape(SUPPORT));
  });
});

describe("compiling", () => {
  it("never throws, says something or gives a bundle that decodes, and is the same twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          mutated,
          damaged,
          soup.map((text) => `policy t use std.tiers use std.identity ${text}`),
        ),
        async (text) => {
          const first = await compileText(text, FILES);
          const second = await compileText(text, FILES);
          expect(second.digest).toBe(first.digest);
          expect(second.diagnostics).toEqual(first.diagnostics);
          expect(first.bundle === undefined).toBe(first.diagnostics.some((one) => one.severity === "error"));
          if (first.bundle !== undefined) expect(decodeBundle(first.bundle).ok).toBe(true);
          const rendered = renderDiagnostics(first.diagnostics, first.sources);
          expect(rendered.replaceAll("\n", "")).toBe(escapeText(rendered.replaceAll("\n", "")));
        },
      ),
      { numRuns: runs(600, "slow") },
    );
  });

  it("gives the same bytes whatever the order of the host's files and however often it runs", async () => {
    const a = await compileText(SUPPORT, FILES);
    const b = await compileText(SUPPORT, { "other.policy": "", ...FILES });
    expect(a.diagnostics).toEqual([]);
    expect(a.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(b.bundle)).toBe(JSON.stringify(a.bundle));
  });
});
