import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ, type Ran } from "./support/writ.js";

const POLICY = `policy acme.desk @ 2
use std.tiers
identity user { id: Id, groups: [Text] }
role support { user.groups has "support" }
role manager { user.groups has "manager" }
tool pay.refund (amount: Money) -> Id { effect pay  risk high }
allow small on pay.refund { for support  when amount <= 50 USD }
`;
const call = (amount: number, outcome: string): string => `  call pay.refund(amount: ${amount} USD) => ${outcome}\n`;
const PART = `${POLICY}test "t" {\n  as support\n${call(20, "allow")}}\n`;
const WHOLE = `${PART}test "u" {\n  as manager\n${call(20, "forbid")}  as support\n${call(50, "allow")}${call(51, "forbid")}}\n`;

async function ran(args: readonly string[], text: string): Promise<Ran> {
  const cwd = temporary();
  mkdirSync(join(cwd, "a"));
  writeFileSync(join(cwd, "a", "desk.policy"), text);
  return writ(["test", join("a", "desk.policy"), ...args], { cwd });
}

const FILE = join("a", "desk.policy");

describe("writ test --coverage", () => {
  test("says how much the tests touch, and what they do not", async () => {
    expect(await ran(["--coverage"], PART)).toEqual({
      code: 0,
      err: "",
      out: [
        FILE,
        "  ok      t (1 call)",
        "  coverage  rules 1/1, branches 2/4",
        `    ${FILE}:7:33  small  never false  for support`,
        `    ${FILE}:7:47  small  never false  amount <= 50 USD`,
        "",
        "1 test: 1 passed, 0 failed",
        "",
      ].join("\n"),
    });
    expect((await ran(["--coverage"], WHOLE)).out).toContain("  coverage  rules 1/1, branches 4/4\n\n");
  });

  test("is there for a test that fails, too, and in --json with paths from here", async () => {
    const result = await ran(["--coverage", "--json"], PART.replace("=> allow", "=> forbid"));
    expect(result.code).toBe(2);
    const document = JSON.parse(result.out) as { files: { coverage: { untouched: unknown[] } }[] };
    expect(document.files[0]?.coverage).toMatchObject({
      rules: { total: 1, covered: 1 },
      branches: { total: 4, covered: 2 },
      perRule: [
        {
          rule: "small",
          at: { file: FILE },
          live: { true: 1, false: 0, unknown: 0 },
          decided: 1,
          conditions: [{ text: "for support", true: 1 }, {}],
        },
      ],
      notMeasured: [],
    });
    expect(document.files[0]?.coverage.untouched[0]).toEqual({
      rule: "small",
      at: { file: FILE, line: 7, column: 33 },
      text: "for support",
      missing: "never false",
    });
  });

  test("nothing of it where it was not asked for", async () => {
    expect((await ran(["--json"], PART)).out).not.toMatch(/coverage|mutation/);
  });
});

describe("writ test --mutate", () => {
  test("lists what survives, with what would show it, and ends well", async () => {
    const { code, out, err } = await ran(["--mutate"], PART);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("  mutation  4 killed, 5 survived (9 mutants)\n");
    expect(out).toContain(
      [
        `    ${FILE}:7:47  small  boundary`,
        "      policy    amount <= 50 USD",
        "      mutant    amount < 50 USD",
        "      shown by  a call of pay.refund in which amount is exactly 50 USD\n",
      ].join("\n"),
    );
    expect(out).toContain("      mutant    (left out)\n");
  });

  test("strict is a no where any survives, and only there", async () => {
    expect((await ran(["--mutate=strict"], PART)).code).toBe(2);
    const good = await ran(["--mutate=strict", "--json"], WHOLE);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({
      ok: true,
      files: [{ ok: true, mutation: { total: 9, killed: 9, survived: 0 } }],
    });
    const bad = await ran(["--mutate=strict", "--json"], PART);
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      files: [{ ok: false, failed: 0, mutation: { survived: 5 } }],
    });
  });

  test("tries no mutants where a test fails on the policy itself", async () => {
    const { code, out } = await ran(["--mutate"], PART.replace("=> allow", "=> forbid"));
    expect(code).toBe(2);
    expect(out).toContain("  mutation  not tried: a test fails on the policy itself\n");
  });

  test("--max-mutants bounds it", async () => {
    expect((await ran(["--mutate", "--max-mutants", "3"], PART)).out).toContain("(3 of 9 mutants, evenly spread)");
  });

  test.each([
    [["--max-mutants", "3"], "add --mutate"],
    [["--mutate", "--max-mutants", "0"], "takes a whole number from 1"],
    [["--mutate", "--max-mutants", "1e3"], "takes a whole number from 1"],
    [["--mutate=loose"], "--mutate takes no value but strict (for instance --mutate=strict)"],
    [["--coverage=yes"], "--coverage takes no value"],
  ])("%j is wrong usage", async (args, said) => {
    const result = await ran(args, PART);
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.err).toContain(said);
  });
});
