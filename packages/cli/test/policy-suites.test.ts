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
async function tested(cwd: string, name: string): Promise<Report> {
  return JSON.parse((await writ(["test", "--coverage", "--json", name], { cwd })).out) as Report;
}

describe("the policies of examples/policies", () => {
  test("are three suites", () => {
    expect(new Set(files.map((name) => name.split(/[\\/]/)[0])).size).toBe(3);
  });

  test.each(files)("%s checks without a warning, and is laid out", async (name) => {
    expect(await writ(["check", "--deny", "warnings", name], { cwd: suites })).toMatchObject({ code: 0, err: "" });
    expect(await writ(["fmt", "--check", name], { cwd: suites })).toMatchObject({ code: 0, err: "" });
  });

  test.each(["office/office.policy", "repository/repository.policy", "shop/shop.policy"])(
    "%s passes its tests, and they touch every rule",
    async (name) => {
      const report = await tested(suites, name);
      expect(report.failed).toBe(0);
      expect(report.passed).toBeGreaterThan(10);
      const rules = report.files.flatMap((file) => file.coverage?.perRule ?? []);
      expect(rules.length).toBeGreaterThan(10);
      expect(rules.filter(({ rule, live }) => live.true === 0 && UNTOUCHED[rule] === undefined)).toEqual([]);
    },
  );
});

describe("the examples of docs/language.md", () => {
  const guide = readFileSync(join(root, "docs/language.md"), "utf8");
  const examples = [...guide.matchAll(/^```policy\n(policy (\S+)[\s\S]*?)^```/gm)].map(([, text, name]) => ({
    text,
    name,
  }));

  test("are there", () => expect(examples.length).toBeGreaterThan(8));

  test.each(examples)("$name checks without a warning and passes its tests", async ({ text }) => {
    const cwd = temporary();
    writeFileSync(join(cwd, "example.policy"), text ?? "");
    expect(await writ(["check", "--deny", "warnings", "example.policy"], { cwd })).toMatchObject({ code: 0, err: "" });
    const report = await tested(cwd, "example.policy");
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThan(0);
  });
});
