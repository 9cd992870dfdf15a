import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const root = join(import.meta.dirname, "../../..");
const suites = join(root, "examples/policies");
const files = readdirSync(suites, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".policy"))
  .toSorted();

/** The rules that no test of the suite can touch, with why. */
const UNTOUCHED: Readonly<Record<string, string>> = {
  pay_after_new_iban: "a call that asks is not made in a test, so nothing can come after it",
};

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly files: readonly { readonly coverage?: { readonly perRule: readonly Rule[] } }[];
}
interface Rule {
  readonly rule: string;
  readonly live: { readonly true: number };
}

/** The report of `writ test --coverage`. */
async function tested(cwd: string, names: readonly string[]): Promise<Report> {
  return JSON.parse((await writ(["test", "--coverage", "--json", ...names], { cwd })).out) as Report;
}

// One process for many files: each takes a second to start.

describe("the policies of examples/policies", () => {
  test("are three suites", () => {
    expect(new Set(files.map((name) => name.split(/[\\/]/)[0])).size).toBe(3);
  });

  test("check without a warning, and are laid out", async () => {
    expect(await writ(["check", "--deny", "warnings", ...files], { cwd: suites })).toMatchObject({ code: 0, err: "" });
    expect(await writ(["fmt", "--check", ...files], { cwd: suites })).toMatchObject({ code: 0, err: "" });
  });

  test("pass their tests, which touch every rule", async () => {
    const report = await tested(suites, files);
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThan(50);
    const rules = report.files.flatMap((file) => file.coverage?.perRule ?? []);
    expect(rules.length).toBeGreaterThan(70);
    expect(rules.filter(({ rule, live }) => live.true === 0 && UNTOUCHED[rule] === undefined)).toEqual([]);
  });
});

describe.each(["agents", "tau"])("the policies of recorded agents: %s", (folder) => {
  const recorded = join(root, "benchmarks/policies", folder);
  const names = readdirSync(recorded).filter((name) => name.endsWith(".policy"));

  test("check without a warning, are laid out, and pass their tests, which touch every rule", async () => {
    expect(await writ(["check", "--deny", "warnings", ...names], { cwd: recorded })).toMatchObject({
      code: 0,
      err: "",
    });
    expect(await writ(["fmt", "--check", ...names], { cwd: recorded })).toMatchObject({ code: 0, err: "" });
    const report = await tested(recorded, names);
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThan(20);
    const rules = report.files.flatMap((file) => file.coverage?.perRule ?? []);
    expect(rules.filter(({ rule, live }) => live.true === 0 && UNTOUCHED[rule] === undefined)).toEqual([]);
  });
});

describe("the examples of docs/language.md", () => {
  test("check without a warning and pass their tests", async () => {
    const guide = readFileSync(join(root, "docs/language.md"), "utf8");
    const cwd = temporary();
    const names = [...guide.matchAll(/^```policy\n(policy (\S+)[\s\S]*?)^```/gm)].map(([, text = "", name]) => {
      writeFileSync(join(cwd, `${name}.policy`), text);
      return `${name}.policy`;
    });
    expect(names.length).toBeGreaterThan(8);
    expect(await writ(["check", "--deny", "warnings", ...names], { cwd })).toMatchObject({ code: 0, err: "" });
    const report = await tested(cwd, names);
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThanOrEqual(names.length);
  });
});
