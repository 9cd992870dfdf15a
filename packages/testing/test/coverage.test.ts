import { compile, memoryHost } from "@writ/policy";
import { describe, expect, test } from "vitest";
import type { PolicyCoverage } from "../src/coverage-report.js";
import { runPolicyTests } from "../src/policy-tester.js";

const POLICY = `policy acme.desk @ 3
use std.tiers
identity user { id: Id, groups: [Text], mfa: Bool }
role support { user.groups has "support" }
role manager { user.groups has "manager" }
tool pay.refund (customer: Id, amount: Money) -> Id { effect pay     risk low }
tool mail.send  (to: [Email]) -> Id                 { effect egress  risk low  sink to }
allow small on pay.refund {
  for  support
  when amount <= 50 USD
}
ask big on pay.refund {
  for  support
  when amount > 50 USD and (user.mfa or not customer == "c0")
  from manager
}
allow mail on mail.send { for support  when every to in ["ann@acme.com", "bob@acme.com"] }
`;

async function coverageOf(...steps: string[]): Promise<PolicyCoverage> {
  const text = `${POLICY}test "t" {\n${steps.join("\n")}\n}\n`;
  const { bundle, tests, diagnostics } = await compile("desk.policy", memoryHost({ "desk.policy": text }));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const report = await runPolicyTests({ bundle: bundle!, tests }, { coverage: true });
  return report.coverage!;
}

const lines = ({ untouched }: PolicyCoverage): string[] =>
  untouched.map(({ rule, at, text, missing }) => `${at.line} ${rule}: ${text}: ${missing}`);

describe("coverage", () => {
  test("is not measured unless it is asked for", async () => {
    const { bundle, tests } = await compile("desk.policy", memoryHost({ "desk.policy": POLICY }));
    expect(await runPolicyTests({ bundle: bundle!, tests })).not.toHaveProperty("coverage");
  });

  test("counts rules that decide, and conditions that came out as true and as false", async () => {
    const found = await coverageOf("as support", 'call pay.refund(customer: "c9", amount: 20 USD) => allow by small');
    expect(found.rules).toEqual({ total: 3, covered: 1 });
    // Of `small` two conditions, of `big` two and three of the bracket, of `mail` a role, a quantifier and its body.
    expect(found.branches).toEqual({ total: 20, covered: 4 });
    expect(found.perRule.map(({ rule, live, decided }) => [rule, live, decided])).toEqual([
      ["small", { true: 1, false: 0, unknown: 0 }, 1],
      ["big", { true: 0, false: 1, unknown: 0 }, 0],
      ["mail", { true: 0, false: 0, unknown: 0 }, 0],
    ]);
    expect(lines(found)).toEqual([
      "9 small: for support: never false",
      "10 small: amount <= 50 USD: never false",
      "12 big: ask big on pay.refund: never true",
      "13 big: for support: never false",
      "14 big: amount > 50 USD: never true",
      '14 big: user.mfa or not customer == "c0": never looked at',
      "14 big: user.mfa: never looked at",
      '14 big: customer == "c0": never looked at',
      "17 mail: allow mail on mail.send: no test calls mail.send",
    ]);
  });

  test("what cannot be known counts for neither side, and is said", async () => {
    const found = await coverageOf("as support", 'call pay.refund(customer: "c0", amount: 99 USD) => ask');
    expect(found.perRule[1]?.live).toEqual({ true: 0, false: 0, unknown: 1 });
    expect(lines(found)).toContain("14 big: user.mfa: only unknown");
    expect(found.perRule[1]?.decided).toBe(0);
  });

  test("a quantifier's body is counted for each element, up to the one that settles it", async () => {
    const found = await coverageOf(
      "as support",
      'call mail.send(to: ["ann@acme.com", "eve@evil.test", "bob@acme.com"]) => forbid',
    );
    const [, every, body] = found.perRule[2]!.conditions;
    expect(every).toMatchObject({ true: 0, false: 1 });
    expect(body).toMatchObject({ true: 1, false: 1 });
  });

  test("with everything shown nothing is listed", async () => {
    const found = await coverageOf(
      "as support with user.mfa = true",
      'call pay.refund(customer: "c9", amount: 20 USD) => allow by small',
      'call pay.refund(customer: "c9", amount: 99 USD) => ask by big',
      'call mail.send(to: ["ann@acme.com"]) => allow by mail',
      'call mail.send(to: ["eve@acme.com"]) => forbid',
      "as support with user.mfa = false",
      'call pay.refund(customer: "c9", amount: 99 USD) => ask by big',
      'call pay.refund(customer: "c0", amount: 99 USD) => forbid',
      "as manager",
      'call pay.refund(customer: "c9", amount: 20 USD) => forbid',
      'call mail.send(to: ["ann@acme.com"]) => forbid',
    );
    expect(lines(found)).toEqual([]);
    expect(found.rules.covered).toBe(found.rules.total);
    expect(found.branches.covered).toBe(found.branches.total);
  });
});
