import { describe, expect, it } from "vitest";
import { CATALOG, CODES, isCode } from "../src/index.js";
import { ELSEWHERE, FIXTURES as NAMED } from "./fixtures.js";
import { CHECK_FIXTURES } from "./fixtures-checks.js";
import { compileText, unmark } from "./harness.js";

const FIXTURES = { ...NAMED, ...CHECK_FIXTURES };

describe("every code", () => {
  it("has fixtures", () => {
    expect(CODES.filter((code) => FIXTURES[code] === undefined && !ELSEWHERE.includes(code))).toEqual([]);
    expect(Object.keys(FIXTURES).filter((code) => !isCode(code))).toEqual([]);
  });

  for (const [code, fixtures] of Object.entries(FIXTURES)) {
    for (const [i, fixture] of fixtures.entries()) {
      it(`${code} is shown where it points (${i + 1})`, async () => {
        const { text, marks } = unmark(fixture.shows);
        const { diagnostics, bundle, tests } = await compileText(text, fixture.files);
        const found = diagnostics.filter((one) => one.code === code);
        const where = found.map((one) => `${text.slice(one.span.start, one.span.end)} @${one.span.start}`);
        const wanted = marks.map((mark) => `${text.slice(mark.start, mark.end)} @${mark.start}`);
        expect(where).toEqual(wanted);
        expect(found.every((one) => one.message !== "" && one.span.line >= 1 && one.span.column >= 1)).toBe(true);
        if (fixture.suggestion !== undefined) expect(found[0]?.suggestion).toBe(fixture.suggestion);
        if (code.startsWith("E")) {
          expect(bundle).toBeUndefined();
          expect(tests).toEqual([]);
          // One mistake is one message: nothing else is an error.
          expect(diagnostics.filter((one) => one.severity === "error" && one.code !== code)).toEqual([]);
        } else expect(bundle).toBeDefined();
      });

      it(`${code} is not shown without the mistake (${i + 1})`, async () => {
        const { diagnostics } = await compileText(fixture.clean, fixture.files);
        expect(diagnostics.filter((one) => one.code === code)).toEqual([]);
        expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.message)).toEqual([]);
      });
    }
  }
});

describe("the catalogue", () => {
  it("explains every code with an example", () => {
    for (const code of CODES) {
      const entry = CATALOG[code];
      expect(entry.title.length).toBeGreaterThan(5);
      expect(entry.explanation.length).toBeGreaterThan(20);
      expect(entry.example.length).toBeGreaterThan(5);
      expect([code, entry.severity]).toEqual([code, code.startsWith("W") ? "warning" : "error"]);
    }
  });

  for (const code of CODES) {
    const { example } = CATALOG[code];
    // Some examples only describe what would show them, in a comment.
    if (example.split("\n").some((line) => line.startsWith("# ") && !line.includes("\u202e") && code !== "E004"))
      continue;
    it(`the example of ${code} shows it`, async () => {
      const { diagnostics } = await compileText(example);
      expect(diagnostics.map((one) => one.code)).toContain(code);
    });
  }
});

it("a record that is handed to a fact is told so, and not that one type is not the same type", async () => {
  const { diagnostics } = await compileText(
    "policy p\nuse std.tiers\ntype R { a: Id }\nfact f(a: [R]) -> Bool { timeout 1s }\ntool w (rs: [R]) { risk low }\nforbid z on w { when f(rs) }",
  );
  expect(diagnostics.find(({ code }) => code === "E110")?.message).toContain("a record is handed to no fact");
});
