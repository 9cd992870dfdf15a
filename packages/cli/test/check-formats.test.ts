import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CODES } from "@writ/policy";
import { describe, expect, test } from "vitest";
import { sarifViolations } from "./support/sarif-shape.js";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const GOOD = `policy acme.desk @ 2
use std.tiers
identity user { id: Id, groups: [Text] }
role support { user.groups has "support" }
tool pay.refund (customer: Id) -> Id { effect pay  risk high }
allow small on pay.refund { for support }
`;
const WARNS = `${GOOD}role nobody { user.id == "x" }\n`;
const MISSPELT = `${GOOD}allow more on pay.refnud { for suport }\n`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporary();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe("writ check --format sarif", () => {
  interface Log {
    readonly runs: readonly [
      {
        readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] } };
        readonly results: readonly {
          ruleId: string;
          ruleIndex: number;
          level: string;
          locations: unknown;
          fixes?: unknown;
        }[];
        readonly invocations: readonly { executionSuccessful: boolean; toolExecutionNotifications?: unknown }[];
      },
    ];
  }
  const logOf = (out: string): Log => {
    const document: unknown = JSON.parse(out);
    expect(sarifViolations(document)).toEqual([]);
    return document as Log;
  };

  test("is one log with every rule and its help, places and fixes", async () => {
    const cwd = folderWith({ "a b/désk.policy": MISSPELT, "warns.policy": WARNS });
    const ran = await writ(["check", "a b/désk.policy", "warns.policy", "--format", "sarif"], { cwd });
    expect(ran).toMatchObject({ code: 3, err: "" });
    const [run] = logOf(ran.out).runs;
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(CODES);
    expect(run.tool.driver.rules.every(({ help }) => help.text.includes("For example"))).toBe(true);
    expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toEqual(
      expect.arrayContaining([
        ["E101", "error"],
        ["E104", "error"],
        ["W202", "warning"],
      ]),
    );
    expect(run.results.every(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toBe(true);
    const at = { startLine: 7, startColumn: 15, endLine: 7, endColumn: 25 };
    const artifactLocation = { uri: "a%20b/d%C3%A9sk.policy" };
    expect(run.results.find(({ ruleId }) => ruleId === "E101")).toMatchObject({
      locations: [{ physicalLocation: { artifactLocation, region: at } }],
      fixes: [
        {
          artifactChanges: [
            { artifactLocation, replacements: [{ deletedRegion: at, insertedContent: { text: "pay.refund" } }] },
          ],
        },
      ],
    });
  });

  test("says what could not be read, and is a log all the same", async () => {
    const ran = await writ(["check", "gone.policy", "--format=sarif"], { cwd: temporary() });
    expect(ran.code).toBe(1);
    expect(logOf(ran.out).runs[0].invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: "error", message: { text: "cannot read gone.policy: there is no such file" } },
        ],
      },
    ]);
  });
});

describe("writ check --format github", () => {
  test("is a workflow command a line, escaped", async () => {
    const cwd = folderWith({ "a,b:c%.policy": MISSPELT });
    const ran = await writ(["check", "a,b:c%.policy", "--format", "github"], { cwd });
    expect(ran.code).toBe(3);
    const [first = ""] = ran.out.split("\n");
    expect(first).toMatch(
      /^::error file=a%2Cb%3Ac%25\.policy,line=7,col=15,endColumn=25,endLine=7,title=writ E101::no tool is called `pay\.refnud`%0Adid you mean `pay\.refund`\?%0A/,
    );
    expect(
      ran.out
        .split("\n")
        .filter((line) => !line.startsWith("::error ") && !line.startsWith("::warning ") && line !== ""),
    ).toEqual([expect.stringMatching(/^writ check: a,b:c%\.policy: 2 errors/)]);
  });

  test("neither a file's name nor its text can add a command", async () => {
    const name = "::error::x\n::stop-commands::y";
    const cwd = folderWith({ [name]: `${GOOD}allow more on "\n::add-mask::a { }\n` });
    const ran = await writ(["check", name, "::gone", "--format", "github"], { cwd });
    for (const line of (ran.out + ran.err).split("\n"))
      expect(line).toMatch(/^(?:::error (?:file|title)=|::warning file=|writ|$)/);
    expect(ran.out).toContain("%3A%3Aerror");
  });
});

describe("formats", () => {
  test("--format json is --json, and others are faults", async () => {
    const cwd = folderWith({ "desk.policy": GOOD });
    const json = await writ(["check", "desk.policy", "--json"], { cwd });
    expect(await writ(["check", "desk.policy", "--format", "json"], { cwd })).toEqual(json);
    expect((await writ(["check", "desk.policy", "--format", "sarrif"], { cwd })).err).toContain("did you mean sarif?");
    expect((await writ(["check", "desk.policy", "--format", "sarif", "--json"], { cwd })).err).toContain(
      "different things",
    );
    const ran = await writ(["check", "desk.policy", "--format", "json", "--nope"], { cwd });
    expect(JSON.parse(ran.out)).toMatchObject({ format: "writ.error/1" });
  });
});

describe("writ check --deny", () => {
  test("makes warnings errors, all or some, and nothing else", async () => {
    const cwd = folderWith({ "warns.policy": WARNS, "desk.policy": GOOD });
    expect((await writ(["check", "warns.policy"], { cwd })).code).toBe(0);
    for (const what of ["warnings", "w202", "W201,W202"]) {
      const ran = await writ(["check", "warns.policy", "--deny", what], { cwd });
      expect(ran.code).toBe(3);
      expect(ran.out).toContain("error[W202]");
      expect(ran.out).toMatch(/warns\.policy: 1 error\n$/);
    }
    expect((await writ(["check", "warns.policy", "--deny", "W201"], { cwd })).code).toBe(0);
    expect((await writ(["check", "desk.policy", "--deny", "warnings"], { cwd })).code).toBe(0);
    const json = await writ(["check", "warns.policy", "--deny", "warnings", "--json"], { cwd });
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      files: [{ ok: false, diagnostics: [{ severity: "error" }] }],
    });
  });

  test.each([
    ["E101", "is an error already"],
    ["W999", "neither"],
    ["warning", "did you mean warnings?"],
  ])("%s is refused", async (what, said) => {
    const ran = await writ(["check", "x.policy", "--deny", what]);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
  });
});

describe("writ check --fix", () => {
  test("applies fixes, in used files too, says what it did and checks again", async () => {
    const cwd = folderWith({
      "desk.policy": MISSPELT.replace("use std.tiers", 'use std.tiers\nuse "./more/limits.policy" { most }').replace(
        "for suport",
        "for suport;",
      ),
      "more/limits.policy": "policy acme.limits\nlet most = 50USD\n",
    });
    const ran = await writ(["check", "desk.policy", "--fix"], { cwd });
    expect(ran.out).toContain("fixed[E101] desk.policy:8:15: pay.refnud -> pay.refund\n");
    expect(ran.out).toContain("fixed[E104] desk.policy:8:32: suport -> support\n");
    expect(ran.out).toContain("fixed[E006] desk.policy:8:38: took out ;\n");
    expect(ran.out).toContain(`fixed[E008] ${join("more", "limits.policy")}:2:12: 50USD -> 50 USD\n`);
    expect(ran.out).toMatch(/desk\.policy: ok \(1 tool, 2 rules, 0 tests\)/);
    expect(ran.code).toBe(0);
    expect(readFileSync(join(cwd, "more/limits.policy"), "utf8")).toBe("policy acme.limits\nlet most = 50 USD\n");
    expect((await writ(["check", "desk.policy", "--fix"], { cwd })).out).not.toContain("fixed");
  });

  test("--json tells what was fixed; a byte order mark stays", async () => {
    const cwd = folderWith({ "desk.policy": `\uFEFF${MISSPELT}` });
    const ran = await writ(["check", "desk.policy", "--fix", "--json"], { cwd });
    expect(JSON.parse(ran.out)).toMatchObject({
      ok: true,
      files: [
        {
          fixed: [
            { file: "desk.policy", line: 7, column: 15, code: "E101", from: "pay.refnud", to: "pay.refund" },
            { from: "suport", to: "support" },
          ],
        },
      ],
    });
    expect(readFileSync(join(cwd, "desk.policy"), "utf8")).toBe(
      `\uFEFF${MISSPELT.replace("refnud", "refund").replace("suport", "support")}`,
    );
  });

  test("files outside the entry's folder are left alone, whatever leads to them", async () => {
    const broken = "policy acme.limits\nlet most = 50USD\n";
    const use = (path: string): string => GOOD.replace("use std.tiers", `use std.tiers\nuse "${path}" { most }`);
    const cwd = folderWith({
      "outside.policy": broken,
      "in/up.policy": use("../outside.policy"),
      "in/link.policy": use("./inside.policy"),
    });
    symlinkSync("../outside.policy", join(cwd, "in/inside.policy"));
    for (const file of ["in/up.policy", "in/link.policy"]) {
      const ran = await writ(["check", file, "--fix"], { cwd });
      expect(ran.code).toBe(3);
      expect(ran.out).not.toContain("fixed");
    }
    expect(readFileSync(join(cwd, "outside.policy"), "utf8")).toBe(broken);
  });

  test("standard input cannot be fixed", async () => {
    const ran = await writ(["check", "-", "--fix"], { input: MISSPELT });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("--fix needs a file");
  });
});
