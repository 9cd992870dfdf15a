import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ, type Ran } from "./support/writ.js";

const FOLDER = join(import.meta.dirname, "fixtures", "malformed");

/** Each malformed policy: the line of its error, its code, and a word of the message or help that an author needs. */
const EXPECTED: Readonly<Record<string, readonly [line: number, code: string, word: string]>> = {
  "ask-without-from": [8, "E125", "add `from ROLE`"],
  "bad-pattern": [8, "E115", "RE2"],
  "chained-comparison": [8, "E012", "`and`"],
  "confusable-name": [8, "E015", "ASCII"],
  "currency-missing": [8, "E111", "write the currency"],
  "cyclic-use-a": [2, "E502", "cyclic-use-a.policy -> "],
  "cyclic-use-b": [3, "E502", "cyclic-use-b.policy -> "],
  "duplicate-id": [9, "E120", "declared first here"],
  empty: [1, "E004", "begin with a header"],
  "exec-inline": [8, "E403", "raise its `risk`"],
  "hidden-direction": [8, "E016", "U+202E"],
  "missing-brace": [11, "E005", "`}`"],
  "missing-use-target": [3, "E501", "check the path"],
  "misspelt-claim": [8, "E103", "did you mean `groups`?"],
  "misspelt-clause": [10, "E005", "found `whn`"],
  "misspelt-field": [10, "E102", "did you mean `amount`?"],
  "no-header": [1, "E010", "above everything else"],
  "unknown-label": [8, "E105", "no label is called `untrusted`"],
  "only-comments": [1, "E004", "begin with a header"],
  "optional-without-has": [8, "E113", "has(cc)"],
  semicolon: [8, "E006", "no semicolons"],
  "tool-without-tier": [8, "E401", "use std.tiers"],
  "unit-mismatch": [8, "E111", "same unit"],
  "unknown-library": [2, "E506", "did you mean `std.tiers`?"],
  "unknown-role": [8, "E104", "did you mean `support`?"],
  "unknown-tool": [8, "E101", "did you mean `files.read`?"],
  "unknown-unit": [8, "E008", "ms s m h d"],
  "unterminated-text": [8, "E007", "close it with"],
  "wrong-test-argument": [11, "E137", "did you mean `path`?"],
  "wrong-type": [8, "E110", "cannot be compared"],
};

function expectError(ran: Ran, line: number, code: string, word: string): void {
  expect(ran.code).toBe(3);
  expect(ran.err).toBe("");
  expect(ran.out).toMatch(new RegExp(`:${line}:\\d+: error\\[${code}\\]: `));
  expect(ran.out).toContain("  help: ");
  expect(ran.out).toContain(word);
  expectCalm(ran);
}

/** Nothing that looks like a crash, and nothing that writes to the terminal. */
function expectCalm({ out, err }: Ran): void {
  expect(out + err).not.toContain("    at ");
  expect(out + err).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
}

describe("a malformed policy gives an error with code, place and help", () => {
  test("every fixture is expected, and there are at least twenty", () => {
    const fixtures = readdirSync(FOLDER).map((name) => name.replace(/\.policy$/, ""));
    expect(fixtures.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
    expect(fixtures.length).toBeGreaterThanOrEqual(20);
  });

  // One run for all: a process each takes its time, and none may keep the others from being looked at.
  const all = writ(["check", ...Object.keys(EXPECTED).map((name) => `${name}.policy`)], { cwd: FOLDER });

  test.each(Object.entries(EXPECTED))("%s", async (name, [line, code, word]) => {
    const ran = await all;
    const parts = ran.out.split(/^(\S+\.policy): \d+ error.*$/m);
    expectError({ ...ran, out: parts[parts.indexOf(`${name}.policy`) - 1] ?? "" }, line, code, word);
  });

  test.each<readonly [string, string | Uint8Array, string, string]>([
    ["a file of 10 MB", "# ten megabytes\n".repeat((10 * 1024 * 1024) / 16), "E001", "split it"],
    ["a binary file", Uint8Array.from({ length: 4096 }, (_, index) => (index * 7) & 0xff), "E00", "UTF-8"],
    ["a file with NUL", "policy t @ 1\nallow a on \u0000* { }\n", "E003", "plain UTF-8 text"],
    ["a file in UTF-16", Buffer.from("\uFEFFpolicy t @ 1\n", "utf16le"), "E00", "UTF-8"],
    ["brackets 100,000 deep", `policy t @ 1\nlet a = ${"(".repeat(100_000)}1${")".repeat(100_000)}\n`, "E009", "let"],
    ["an expression 100,000 long", `policy t @ 1\nlet a = ${"1 + ".repeat(100_000)}1\n`, "E009", "let"],
    ["a line of 1 MB", `policy t @ 1\nallow ${"a".repeat(1_000_000)} on * { }\n`, "E0", "name"],
    [
      "control characters in what is quoted",
      'policy t @ 1\nallow a on * { because "\u001B]0;owned\u0007\u009B2J" }\n',
      "E00",
      "text",
    ],
  ])("%s", async (_, content, code, word) => {
    const cwd = temporary();
    writeFileSync(join(cwd, "x.policy"), content);
    const ran = await writ(["check", "x.policy"], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(new RegExp(`^x\\.policy:\\d+:\\d+: error\\[${code}`));
    expect(ran.out).toContain("  help: ");
    expect(ran.out).toContain(word);
    expect(ran.out.length).toBeLessThan(10_000);
    expectCalm(ran);
  });

  test("by standard input too", async () => {
    expectError(
      await writ(["check", "-"], { input: "policy t @ 1\nallow a on nothing { }\n" }),
      2,
      "E101",
      "no tool is declared",
    );
    const ran = await writ(["check", "-"], { input: "x".repeat(10 * 1024 * 1024) });
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(/^<stdin>:1:1: error\[E001\]/);
  });
});
