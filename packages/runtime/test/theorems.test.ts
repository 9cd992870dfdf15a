import type { Bundle, Expression, Rule } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, loadProgram } from "../src/index.js";
import { allow, ask, AT, bundle, forbid, tool } from "./bundle.js";

const ORDER = ["forbid", "ask", "allow"];
const ATOMS = ["a", "b", "c", "d"] as const;

/** Conditions over four claims that may be true, false or absent, with every connective and quantifiers over lists of them. */
const condition: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...ATOMS).map((name): Expression => ({ op: "claim", of: "user", name, at: AT })),
    fc.boolean().map((value): Expression => ({ op: "literal", type: { kind: "Bool" }, value, at: AT })),
    tie("node").map((of): Expression => ({ op: "not", of, at: AT })),
    fc.array(tie("node"), { maxLength: 3 }).map((items): Expression => ({ op: "and", items, at: AT })),
    fc.array(tie("node"), { maxLength: 3 }).map((items): Expression => ({ op: "or", items, at: AT })),
    fc.tuple(tie("node"), tie("node")).map(([left, right]): Expression => ({ op: "compare", operator: "==", type: { kind: "Bool" }, left, right, at: AT })),
    fc.tuple(tie("node"), tie("node")).map(([left, right]): Expression => ({ op: "in", type: { kind: "Bool" }, left, right: { op: "list", items: [right, left], at: AT }, at: AT })),
    fc.tuple(fc.constantFrom("every" as const, "some" as const), fc.array(tie("node"), { maxLength: 3 }), tie("node")).map(
      ([op, items, body]): Expression => ({
        op, variable: "x", list: { op: "list", items, at: AT }, at: AT,
        body: { op: "or", items: [{ op: "variable", name: "x", at: AT }, body], at: AT },
      }),
    ),
    fc.constantFrom("r", "s").map((name): Expression => ({ op: "role", name, at: AT })),
  ),
})).node;

const ruleOf = fc.tuple(fc.constantFrom("allow", "ask", "forbid"), condition, fc.constantFrom(undefined, "low" as const, "high" as const));

function makeRule(id: string, [kind, when, isolate]: [string, Expression, "low" | "high" | undefined]): Rule {
  const more = isolate === undefined ? {} : { isolate };
  if (kind === "allow") return allow(id, ["t"], when, more);
  return kind === "ask" ? ask(id, ["t"], when, { from: ["r"] }, more) : forbid(id, ["t"], when, more);
}

function policy(rules: Rule[], roles: [Expression, Expression]): Bundle {
  return bundle([tool("t")], rules, {
    identity: { user: ATOMS.map((name) => ({ name, type: { kind: "Bool" } })), agent: [], session: [] },
    roles: [{ name: "r", when: roles[0], at: AT }, { name: "s", when: roles[1], at: AT }],
  });
}

const claims = fc.record(Object.fromEntries(ATOMS.map((name) => [name, fc.constantFrom(true, false, undefined)])));

/** Every way to fill in the absent claims. */
function fillings(partial: Record<string, boolean | undefined>): Record<string, boolean>[] {
  let all: Record<string, boolean>[] = [{}];
  for (const name of ATOMS) {
    const values = partial[name] === undefined ? [true, false] : [partial[name]];
    all = all.flatMap((one) => values.map((value) => Object.assign({ [name]: value }, one)));
  }
  return all;
}

async function effect(policyBundle: Bundle, user: Record<string, boolean | undefined>): Promise<string> {
  const program = await loadProgram(policyBundle);
  const given = Object.fromEntries(Object.entries(user).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return decide(program, { tool: "t", args: {}, identity: { user: given, agent: {}, session: {} }, now: 0 }).decision.effect;
}

describe("the two theorems of the language, on the real engine", () => {
  it("theorem 1: a decision with unknowns is at most every decision with them filled in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ruleOf, { maxLength: 6 }), fc.tuple(condition, condition), claims, async (rules, roles, partial) => {
        const made = policy(rules.map((rule, i) => makeRule(`rule${i}`, rule)), roles);
        const before = ORDER.indexOf(await effect(made, partial));
        for (const full of fillings(partial)) expect(before).toBeLessThanOrEqual(ORDER.indexOf(await effect(made, full)));
      }),
      { numRuns: 3000 },
    );
  });

  it("theorem 2: adding any rule but an allow or an ask never loosens a decision", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ruleOf, { maxLength: 6 }), condition, fc.constantFrom(undefined, "low" as const, "high" as const), fc.tuple(condition, condition), claims, async (rules, when, isolate, roles, user) => {
        const made = rules.map((rule, i) => makeRule(`rule${i}`, rule));
        const before = ORDER.indexOf(await effect(policy(made, roles), user));
        const after = ORDER.indexOf(await effect(policy([...made, makeRule("added", ["forbid", when, isolate])], roles), user));
        expect(after).toBeLessThanOrEqual(before);
      }),
      { numRuns: 5000 },
    );
  });

  it("the decision does not depend on the order of rules", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ruleOf, { maxLength: 6 }), fc.tuple(condition, condition), claims, async (rules, roles, user) => {
        const made = rules.map((rule, i) => makeRule(`rule${i}`, rule));
        expect(await effect(policy(made.toReversed(), roles), user)).toBe(await effect(policy(made, roles), user));
      }),
      { numRuns: 1000 },
    );
  });
});
