import type { Expression } from "@writ/ir";
import { compile, memoryHost } from "@writ/policy";
import { describe, expect, test } from "vitest";
import { mutatePolicy } from "../src/mutation/mutate.js";
import type { Mutant, MutationReport } from "../src/mutation/report.js";
import type { TestedPolicy } from "../src/policy-tester.js";

const POLICY = `policy acme.desk @ 3
use std.tiers
identity user    { id: Id, groups: [Text] }
identity session { participants: [Email] }
role support { user.groups has "support" }
role manager { user.groups has "manager" }
tool pay.refund (customer: Id, amount: Money) -> Id { effect pay     risk low }
tool pay.undo   (customer: Id) -> Id                { effect pay     risk low }
tool mail.send  (to: [Email], bcc?: [Email]) -> Id  { effect egress  risk low  sink to, bcc }
tool web.fetch  (url: Url) -> Text                  { effect read    risk low }
`;
const REFUND =
  "allow small on pay.refund {\n  for support\n  when amount <= 50 USD\n  limit 2 calls per hour by user\n}\n";
const OUR_MAIL = 'allow mail on mail.send { when every to in ["ann@acme.com", "bob@acme.com"]  unless has(bcc) }\n';

async function compiled(rules: string, ...steps: string[]): Promise<TestedPolicy> {
  const text = `${POLICY}${rules}test "t" {\n${steps.map((step) => `  ${step}\n`).join("")}}\n`;
  const { bundle, tests, diagnostics } = await compile("desk.policy", memoryHost({ "desk.policy": text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return { bundle: bundle!, tests };
}

async function mutated(rules: string, ...steps: string[]): Promise<MutationReport> {
  return mutatePolicy(await compiled(rules, ...steps));
}

/** `boundary: amount <= 50 USD => amount < 50 USD`. */
const words = ({ operator, was, now }: Mutant): string => `${operator}: ${was} => ${now || "nothing"}`;
const survivors = ({ mutants }: MutationReport): string[] =>
  mutants.filter(({ status }) => status === "survived").map(words);
const all = ({ mutants }: MutationReport): string[] => mutants.map(words);

const refund = (amount: string, outcome: string): string =>
  `call pay.refund(customer: "c9", amount: ${amount} USD) => ${outcome}`;

describe("mutation", () => {
  test("changes a rule in every place that a test could show", async () => {
    const report = await mutated(REFUND, "as support", refund("20", "allow by small"));
    expect(all(report)).toEqual([
      "drop rule: allow small on pay.refund => nothing",
      "grant/ask: allow small on pay.refund => ask small from support",
      "drop for: for support => nothing",
      "drop condition: amount <= 50 USD => nothing",
      "and/or: for support and amount <= 50 USD => for support or amount <= 50 USD",
      "negate: for support => not for support",
      "negate: amount <= 50 USD => amount > 50 USD",
      "boundary: amount <= 50 USD => amount < 50 USD",
      "bound: amount <= 50 USD => amount <= 100 USD",
      "drop limit: limit 2 calls per 1h => nothing",
      "raise limit: limit 2 calls per 1h => limit 4 calls per 1h",
    ]);
    expect(survivors(report)).toEqual([
      "drop for: for support => nothing",
      "drop condition: amount <= 50 USD => nothing",
      "and/or: for support and amount <= 50 USD => for support or amount <= 50 USD",
      "boundary: amount <= 50 USD => amount < 50 USD",
      "bound: amount <= 50 USD => amount <= 100 USD",
      "drop limit: limit 2 calls per 1h => nothing",
      "raise limit: limit 2 calls per 1h => limit 4 calls per 1h",
    ]);
    expect(report).toMatchObject({ total: 11, tried: 11, killed: 4, survived: 7, invalid: 0 });
    const boundary = report.mutants.find(({ operator }) => operator === "boundary");
    expect(boundary).toMatchObject({
      name: "small boundary 1",
      rule: "small",
      at: { file: "desk.policy", line: 13, column: 8 },
      hint: "a call of pay.refund in which amount is exactly 50 USD",
    });
    expect(report.mutants[0]).toMatchObject({ status: "killed", killedBy: "t" });
  });

  test("what the hints ask for kills what they were given for", async () => {
    const report = await mutated(
      REFUND,
      "as manager",
      refund("20", "forbid"),
      "as support",
      refund("50", "allow by small"),
      refund("51", "forbid"),
      refund("20", "allow"),
      refund("20", "forbid by limit"),
    );
    expect(survivors(report)).toEqual([]);
    expect(report.killed).toBe(report.total);
  });

  test("lists, quantifiers and exceptions", async () => {
    const rules = `${OUR_MAIL}allow browse on web.fetch { when url.host in ["acme.com", "*.acme.org"] }\n`;
    const report = await mutated(
      rules,
      'call mail.send(to: ["ann@acme.com"]) => allow by mail',
      'call mail.send(to: ["eve@evil.test"]) => forbid',
      'call web.fetch(url: "https://acme.com/") => allow',
    );
    expect(survivors(report)).toEqual([
      "drop unless: not has(bcc) => nothing",
      'every/some: every to in ["ann@acme.com", "bob@acme.com"] => some to in ["ann@acme.com", "bob@acme.com"]',
      'drop element: item in ["ann@acme.com", "bob@acme.com"] => item in ["ann@acme.com"]',
      'drop condition: url.host in ["acme.com", "*.acme.org"] => nothing',
      'drop element: url.host in ["acme.com", "*.acme.org"] => url.host in ["acme.com"]',
      'add element: url.host in ["acme.com", "*.acme.org"] => url.host in ["acme.com", "*.acme.org", "*.acme.com"]',
    ]);
    expect(all(report)).toContain(
      'add element: item in ["ann@acme.com", "bob@acme.com"] => item in ["ann@acme.com", "bob@acme.com", "eve@evil.test"]',
    );
  });

  test("bounds move to where the policy lets more through, also under a forbid and behind a not", async () => {
    const bound = async (rule: string): Promise<string[]> =>
      all(await mutated(`allow all on pay.refund { }\n${rule}\n`, refund("1", "allow"))).filter((one) =>
        one.startsWith("bound:"),
      );
    expect(await bound("forbid much on pay.refund { when amount > 100 USD }")).toEqual([
      "bound: amount > 100 USD => amount > 200 USD",
    ]);
    expect(await bound("forbid much on pay.refund { unless amount <= 100 USD }")).toEqual([
      "bound: amount <= 100 USD => amount <= 200 USD",
    ]);
    expect(await bound("forbid much on pay.refund { when 100 USD < amount }")).toEqual([
      "bound: 100 USD < amount => 200 USD < amount",
    ]);
    expect(await bound("forbid late on pay.refund { when now > 2026-06-01T00:00:00Z }")).toEqual([
      "bound: now > 2026-06-01T00:00:00Z => now > 2026-06-02T00:00:00Z",
    ]);
  });

  test("targets are widened and narrowed", async () => {
    const rules = 'allow pay on pay.undo { }\nforbid none on pay.refund, pay.undo { when customer == "c0" }\n';
    const report = await mutated(rules, 'call pay.undo(customer: "c9") => allow', refund("1", "forbid by default"));
    expect(
      report.mutants.filter(({ operator }) => operator.endsWith("targets")).map((one) => [one.status, words(one)]),
    ).toEqual([
      ["killed", "widen targets: on pay.undo => on pay.undo, pay.refund"],
      ["survived", "narrow targets: on pay.refund, pay.undo => on pay.undo"],
      ["survived", "narrow targets: on pay.refund, pay.undo => on pay.refund"],
    ]);
  });

  test("a call that came out otherwise and that no test noticed is named", async () => {
    const report = await mutated(
      "allow a on pay.undo { }\nallow b on pay.undo { }\n",
      'call pay.undo(customer: "c9") => allow',
    );
    const dropped = report.mutants.find(({ name }) => name === "a drop rule 1");
    expect(dropped).toMatchObject({
      status: "survived",
      unnoticed: { at: { line: 14, column: 3 }, was: "allow by a, b isolated low", now: "allow by b isolated low" },
    });
  });

  test("only as many as were asked for, evenly spread; the same twice", async () => {
    const policy = await compiled(REFUND + OUR_MAIL, "as support", refund("20", "allow"));
    const whole = await mutatePolicy(policy);
    const some = await mutatePolicy(policy, { maxMutants: 5 });
    expect(some).toMatchObject({ total: whole.total, tried: 5 });
    expect(some.mutants.every((one) => whole.mutants.some(({ name }) => name === one.name))).toBe(true);
    expect(new Set(some.mutants.map(({ rule }) => rule)).size).toBe(2);
    expect(await mutatePolicy(policy)).toEqual(whole);
    expect(new Set(whole.mutants.map(({ name }) => name)).size).toBe(whole.total);
  });

  test("a test that fails anyway kills nothing", async () => {
    const report = await mutated(REFUND, "as support", refund("20", "forbid"));
    expect(report.killed).toBe(0);
    expect(report.survived).toBe(report.total);
  });

  test("a policy that no guard takes has no mutants", async () => {
    const policy = await compiled(OUR_MAIL, 'call mail.send(to: ["ann@acme.com"]) => allow');
    const rules = policy.bundle.rules.map((rule) => {
      const when: Expression = {
        op: "matches",
        left: { op: "tool", field: "name", at: rule.at },
        pattern: "(",
        at: rule.at,
      };
      return { ...rule, when };
    });
    await expect(mutatePolicy({ ...policy, bundle: { ...policy.bundle, rules } })).rejects.toThrow("does not compile");
  });

  test("the policy itself is left as it was", async () => {
    const policy = await compiled(REFUND, "as support", refund("20", "allow"));
    const before = JSON.stringify(policy);
    await mutatePolicy(policy);
    expect(JSON.stringify(policy)).toBe(before);
  });
});
