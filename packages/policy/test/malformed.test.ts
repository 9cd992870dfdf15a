import { describe, expect, it } from "vitest";
import { renderDiagnostics, type Code } from "../src/index.js";
import { compileText, PRELUDE } from "./harness.js";

interface Case {
  readonly name: string;
  readonly text: string | Uint8Array;
  readonly code: Code;
  readonly files?: Record<string, string | Uint8Array>;
}

const rule = (when: string, tool = "mail.send"): string => `${PRELUDE}forbid x on ${tool} { when ${when} }`;
const chain = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`m${i}.policy`, `policy m${i}\nuse "./m${i + 1}.policy"\n`]),
);
/** Each file uses the next one sixteen times over: as a tree it would be 16^40 files. */
const laughs = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`l${i}.policy`, `policy l${i}\n${`use "./l${i + 1}.policy"\n`.repeat(16)}`]),
);

const CASES: readonly Case[] = [
  {
    name: "a missing brace",
    text: `${PRELUDE}allow a on fs.read {\n  when user.mfa\n\nallow b on fs.list { }\n`,
    code: "E005",
  },
  { name: "a brace too many", text: `${PRELUDE}allow a on fs.read { } }\nallow b on fs.list { }\n`, code: "E005" },
  { name: "an unknown tool", text: `${PRELUDE}allow a on fs.raed { }`, code: "E101" },
  { name: "a misspelt field", text: rule('customer.emial == "a@b.com"', "crm.put"), code: "E103" },
  { name: "a wrong type", text: rule("path > 3", "fs.read"), code: "E110" },
  { name: "a unit mismatch", text: rule("wait > 5"), code: "E111" },
  { name: "a currency mismatch", text: rule("amount > 5 EUR", "pay.send"), code: "E111" },
  { name: "a duplicate id", text: `${PRELUDE}forbid base on fs.read { when 1 == 2 }`, code: "E120" },
  { name: "an empty file", text: "", code: "E004" },
  { name: "a file of nothing but space", text: "\n\n   \t\n", code: "E004" },
  { name: "a file of nothing but a header's beginning", text: "policy", code: "E005" },
  { name: "a binary file", text: Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256), code: "E003" },
  {
    name: "a file in another encoding",
    text: Uint8Array.from([...Buffer.from("policy t\n# caf"), 0xe9, 0x0a]),
    code: "E002",
  },
  { name: "a file with NUL", text: "policy t\n# a\u0000b\n", code: "E003" },
  { name: "a 10 MB file", text: "a".repeat(10 * 1024 * 1024), code: "E001" },
  { name: "a 10 MB file of bytes", text: new Uint8Array(10 * 1024 * 1024).fill(97), code: "E001" },
  { name: "a name of 1 MB", text: `policy t\nlet ${"a".repeat(1024 * 1024)} = 1\n`, code: "E013" },
  { name: "a text of 3 MB without an end", text: `policy t\nlet a = "${"a".repeat(3 * 1024 * 1024)}\n`, code: "E007" },
  { name: "a number of 1 MB", text: `policy t\nlet a = ${"1".repeat(1024 * 1024)}\n`, code: "E008" },
  { name: "3 MB of unexpected characters", text: `policy t\n${"§ ".repeat(1024 * 1024)}\n`, code: "E006" },
  { name: "a million brackets", text: `policy t\nlet a = ${"[".repeat(1_000_000)}`, code: "E009" },
  { name: "a million closing brackets", text: `policy t\nlet a = ${")".repeat(1_000_000)}`, code: "E005" },
  {
    name: "a million nots",
    text: `${PRELUDE}forbid x on fs.read { when ${"not ".repeat(500_000)} path }`,
    code: "E139",
  },
  { name: "a million minus signs", text: `policy t\nlet a = ${"-".repeat(1_000_000)}1`, code: "E005" },
  {
    name: "a sum of 100,000 parts",
    text: `${PRELUDE}forbid x on fs.read { when 1 == 1${" + 1".repeat(100_000)} }`,
    code: "E009",
  },
  {
    name: "a path of 100,000 parts",
    text: `${PRELUDE}forbid x on fs.read { when user${".a".repeat(100_000)} }`,
    code: "E009",
  },
  {
    name: "100,000 comparisons in a row",
    text: `${PRELUDE}forbid x on fs.read { when 1${" == 1".repeat(100_000)} }`,
    code: "E012",
  },
  { name: "100,000 broken declarations", text: `policy t\n${"allow a on x { when }\n".repeat(100_000)}`, code: "E005" },
  {
    name: "a cyclic use",
    text: 'policy t\nuse "./b.policy"\n',
    files: { "b.policy": 'policy b\nuse "./c.policy"\n', "c.policy": 'policy c\nuse "./main.policy"\n' },
    code: "E502",
  },
  { name: "a use of itself", text: 'policy t\nuse "./main.policy"\n', code: "E502" },
  { name: "a missing file", text: 'policy t\nuse "./b.policy"\n', code: "E501" },
  {
    name: "a used file that is broken",
    text: 'policy t\nuse "./b.policy"\n',
    files: { "b.policy": "policy b\nrole { }" },
    code: "E005",
  },
  {
    name: "a used file that is binary",
    text: 'policy t\nuse "./b.policy"\nallow a on b.c { for d }',
    files: { "b.policy": new Uint8Array([0, 1, 2]) },
    code: "E003",
  },
  { name: "300 files in a row", text: 'policy t\nuse "./m0.policy"\n', files: chain, code: "E505" },
  { name: "a billion laughs of use", text: 'policy t\nuse "./l0.policy"\n', files: laughs, code: "E501" },
  {
    name: "a billion laughs of let",
    text: `policy t\nlet a0 = [1, 1]\n${Array.from({ length: 60 }, (_, i) => `let a${i + 1} = [a${i}, a${i}]\n`).join("")}`,
    code: "E129",
  },
  {
    name: "100,000 lets in a row",
    text: `policy t\nlet a0 = 1\n${Array.from({ length: 100_000 }, (_, i) => `let a${i + 1} = a${i}\n`).join("")}`,
    code: "E009",
  },
  {
    name: "types that contain each other in a long row",
    text: `policy t\n${Array.from({ length: 5000 }, (_, i) => `type T${i} { a: T${(i + 1) % 5000} }\n`).join("")}`,
    code: "E122",
  },
  { name: "a look-alike name", text: `${PRELUDE}forbid x on fs.read { for \u0430dmin }`, code: "E015" },
  {
    name: "hidden direction marks",
    text: `${PRELUDE}forbid x on fs.read { when path under "/a\u202e/b" }`,
    code: "E016",
  },
  {
    name: "a prototype's name as a tool",
    text: `${PRELUDE}forbid x on __proto__, constructor, toString { }`,
    code: "E101",
  },
  { name: "a prototype's name as a claim", text: rule("user.__proto__ == 1", "fs.read"), code: "E103" },
  { name: "a prototype's name as a member", text: rule("path.constructor == 1", "fs.read"), code: "E103" },
];

describe("malformed policies", () => {
  for (const { name, text, code, files } of CASES) {
    it(`${name} is ${code}, with a place and a sentence`, async () => {
      const content = typeof text === "string" ? { "main.policy": text } : { "main.policy": text };
      const { diagnostics, sources, bundle } = await compileText("", { ...files, ...content });
      expect(bundle).toBeUndefined();
      expect(diagnostics.map((one) => one.code)).toContain(code);
      const found = diagnostics.find((one) => one.code === code);
      expect(found?.span.file).toMatch(/\.policy$/);
      expect(found?.span.line).toBeGreaterThanOrEqual(1);
      const rendered = renderDiagnostics(diagnostics, sources);
      expect(rendered).toContain(`[${code}]`);
      expect(rendered).not.toMatch(/ {4}at |Error:|undefined|NaN|\[object/);
      expect(rendered.length).toBeLessThan(200_000);
    });
  }

  it("says five independent mistakes in one run", async () => {
    const text = `${PRELUDE}allow a1 on fs.read { whn user.mfa }
let b1 = "abc
forbid c1 on fs.raed { when user.mfa }
allow d1 on fs.list { for suport }
forbid e1 on pay.send { when amount > 5 EUR }
tool f1 (a Text) { risk low }
forbid g1 on f1 { when a == "x" }
forbid h1 on fs.read { when }
`;
    const { diagnostics } = await compileText(text);
    expect(diagnostics.map((one) => [one.code, one.span.line])).toEqual([
      ["E005", 16],
      ["E007", 17],
      ["E101", 18],
      ["E104", 19],
      ["E111", 20],
      ["E005", 21],
      ["E005", 23],
    ]);
  });

  it("does not complain of names whose declaration could not be read", async () => {
    const { diagnostics } = await compileText(`policy t
use std.identity
use "./gone.policy"
use std.tiers { low, hgh }
tool a.b (x: Txt) { risk low }
role r { user.mfaa }
allow x on a.b, c.d { for r, s when x == lost }
forbid y on pay { for q when user.unknown_but_known_maybe }
`);
    expect(diagnostics.map((one) => one.code)).toEqual(["E501", "E503"]);
  });

  it("takes a role twice for once", async () => {
    const text = `${PRELUDE}test "t" { as support, support call fs.list(dir: "/a") => ask from manager, manager }`;
    const { diagnostics, tests } = await compileText(text);
    expect(diagnostics).toEqual([]);
    expect(tests[0]?.steps).toMatchObject([{ roles: ["support"] }, { from: ["manager"] }]);
  });

  it("refuses a policy whose error comes after more warnings than are kept", async () => {
    const warnings = Array.from({ length: 1500 }, (_, i) => `forbid w${i} on fs.* { when path under "/${i}" }\n`).join(
      "",
    );
    const { diagnostics, bundle } = await compileText(`${PRELUDE}${warnings}forbid last on fs.raed { }\n`);
    expect(bundle).toBeUndefined();
    expect(diagnostics.filter((one) => one.severity === "error").map((one) => one.code)).toEqual(["E101"]);
  });

  it("shows at most fifty and counts the rest", async () => {
    const text = `${PRELUDE}${Array.from({ length: 80 }, (_, i) => `forbid r${i} on nope${i} { }\n`).join("")}`;
    const { diagnostics, sources } = await compileText(text);
    expect(diagnostics.length).toBe(80);
    expect(renderDiagnostics(diagnostics, sources)).toMatch(/and 30 more$/);
  });
});
