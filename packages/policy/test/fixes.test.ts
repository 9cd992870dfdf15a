import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../src/index.js";
import { FIXTURES } from "./fixtures.js";
import { compileText, PRELUDE, unmark } from "./harness.js";

function applied(text: string, { fix }: Diagnostic): string {
  return (fix?.edits ?? []).reduceRight(
    (rest, { start, end, text: put }) => rest.slice(0, start) + put + rest.slice(end),
    text,
  );
}

describe("fixes", () => {
  for (const [code, fixtures] of Object.entries(FIXTURES)) {
    for (const [i, fixture] of fixtures.entries()) {
      it(`where a fixture of ${code} has one, it takes the mistake away (${i + 1})`, async () => {
        const { text } = unmark(fixture.shows);
        const { diagnostics } = await compileText(text, fixture.files);
        for (const one of diagnostics.filter(({ fix, span }) => fix !== undefined && span.file === "main.policy")) {
          const after = await compileText(applied(text, one), fixture.files);
          expect(
            after.diagnostics.filter((other) => other.code === one.code && other.span.start === one.span.start),
          ).toEqual([]);
        }
      });
    }
  }

  it.each([
    ["a misspelt tool", `${PRELUDE}allow a on fs.raed { }`, "fs.read"],
    ["a misspelt role", `${PRELUDE}allow a on fs.read { for suport }`, "support"],
    ["money without its space", `${PRELUDE}allow a on pay.send { when amount < 50USD }`, "50 USD"],
    ["a size in small letters", `${PRELUDE}quota q on * { limit 5mb of size(text) per hour }`, "5MB"],
    ["a semicolon", `${PRELUDE}let a = 1;`, ""],
    ["a text that does not end", `${PRELUDE}forbid a on fs.read {\n  because "not now\n}`, '"'],
  ])("%s has one", async (_, text, put) => {
    const { diagnostics } = await compileText(text);
    expect(diagnostics.flatMap(({ fix }) => fix?.edits.map((edit) => edit.text) ?? [])).toEqual([put]);
  });

  it.each([
    ["a name that is as close to two", `${PRELUDE}let ab = 1\nlet ac = 2\nallow a on crm.put { when most < ad }`],
    ["a unit that could be two", `${PRELUDE}allow a on fs.read { limit 1 calls per 5mo }`],
    ["a text whose end could be anywhere", 'policy t\nuse "./a.policy { support }\n'],
    ["an address for a host", `${PRELUDE}allow a on web.get { when url.host in ["acme.com] }`],
  ])("%s has none", async (_, text) => {
    const { diagnostics } = await compileText(text);
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
    expect(diagnostics.filter(({ fix, severity }) => fix !== undefined && severity === "error")).toEqual([]);
  });
});
