import type { Bundle, Expression } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideFor } from "../../src/evaluate/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { visibleTools } from "../../src/tools/visible-tools.js";
import { allow, arg, ask, AT, bundle, forbid, no, tool, unknown, yes } from "../bundle.js";
import { anyPolicy, anyUser, argumentsFor } from "../engine/any-policy.js";
import { bench } from "../guard-bench.js";
import { runs } from "../runs.js";

const text = { kind: "Text" } as const;
const role = (name: string): Expression => ({ op: "role", name, at: AT });
const not = (of: Expression): Expression => ({ op: "not", of, at: AT });
const and = (...items: Expression[]): Expression => ({ op: "and", items, at: AT });
const x = { name: "x", type: text, optional: true } as const;
const literal = (value: string): Expression => ({ op: "literal", type: text, value, at: AT });
const is = (left: Expression, right: Expression): Expression => ({
  op: "compare",
  operator: "==",
  type: text,
  left,
  right,
  at: AT,
});

async function visible(rules: Bundle["rules"], user = { id: "ann", groups: ["support"] }): Promise<string[]> {
  const { guard } = await bench(bundle([tool("t", [x]), tool("other", [x], { as: "other_wire" })], rules));
  const session = await guard.session({ user });
  expect(await guard.visibleTools(session)).toEqual(await session.visibleTools());
  return [...(await session.visibleTools())];
}

describe("tools that are worth offering", () => {
  it("are those that a rule grants, by the names that calls use", async () => {
    expect(await visible([allow("a", ["t"])])).toEqual(["t"]);
    expect(await visible([ask("a", ["t", "other"])])).toEqual(["t", "other_wire"]);
    expect(await visible([allow("a", ["t"], no)])).toEqual([]);
  });
  it("are by role, where the role is proven or disproven by claims", async () => {
    expect(await visible([allow("a", ["t"], role("manager"))])).toEqual([]);
    expect(await visible([allow("a", ["t"], role("support"))])).toEqual(["t"]);
    expect(await visible([allow("a", ["t"], not(role("manager")))])).toEqual(["t"]);
  });
  it("are none that is forbidden whatever the arguments", async () => {
    expect(await visible([allow("a", ["t"]), forbid("f", ["t"])])).toEqual([]);
    expect(await visible([allow("a", ["t"]), forbid("f", ["t"], role("support"))])).toEqual([]);
    expect(await visible([allow("a", ["t"]), forbid("f", ["t"], and(yes, is(arg("x"), literal("a"))))])).toEqual(["t"]);
  });
  it("what a call could still change hides nothing", async () => {
    const given: Expression = { op: "given", path: ["x"], at: AT };
    const later: Expression = {
      op: "compare",
      operator: ">",
      type: { kind: "Time" },
      left: { op: "now", at: AT },
      right: { op: "literal", type: { kind: "Time" }, value: "2096-01-05T10:00:00Z", at: AT },
      at: AT,
    };
    const some: Expression = {
      op: "some",
      variable: "v",
      list: { op: "list", items: [arg("x")], at: AT },
      body: is({ op: "variable", name: "v", at: AT }, literal("a")),
      at: AT,
    };
    for (const when of [given, later, some, unknown, is(arg("x"), literal("a"))])
      expect(await visible([allow("a", ["t"], when)])).toEqual(["t"]);
    expect(await visible([allow("a", ["t"]), forbid("f", ["t"], not(given))])).toEqual(["t"]);
  });
  it("are for a delegate those of everyone in its chain", async () => {
    const policy = bundle(
      [tool("t", [x]), tool("u", [x])],
      [allow("a", ["t", "u"]), forbid("f", ["u"], agent("coder"))],
    );
    const { guard } = await bench(policy);
    const planner = await guard.session({ user: { id: "ann" }, agent: { id: "planner" } });
    expect([...(await planner.visibleTools())]).toEqual(["t", "u"]);
    const coder = await planner.delegate({ agent: { id: "coder" } });
    expect([...(await coder.visibleTools())]).toEqual(["t"]);
    const back = await coder.delegate({ agent: { id: "tester" } });
    expect([...(await back.visibleTools())]).toEqual(["t"]);
  });
  it("no tool is hidden whose call could be granted, whatever the policy", async () => {
    let shown = 0;
    let hidden = 0;
    const situation = anyPolicy.chain((policy) =>
      fc.tuple(fc.constant(policy), anyUser, fc.array(argumentsFor(policy), { minLength: 1, maxLength: 6 })),
    );
    await fc.assert(
      fc.asyncProperty(situation, async ([policy, user, calls]) => {
        const program = await loadProgram(policy, { params: { p: "a" } });
        const identity = { user, agent: {}, session: {} };
        const found = visibleTools({ program, identity });
        if (found.has("t")) shown += 1;
        else hidden += 1;
        for (const args of calls)
          for (const fact of [true, false, undefined]) {
            const t = program.tools.get("t");
            if (t === undefined) throw new Error("no tool");
            const answers = { fact: () => fact, detects: () => fact };
            const { decision } = decideFor(program, t, { args, identity, now: 1, answers });
            if (decision.effect !== "forbid") expect(found.has("t")).toBe(true);
          }
      }),
      { numRuns: runs(300) },
    );
    expect(Math.min(shown, hidden)).toBeGreaterThan(0);
  });
});

function agent(id: string): Expression {
  return is(
    { op: "claim", of: "agent", name: "id", at: AT },
    { op: "literal", type: { kind: "Id" }, value: id, at: AT },
  );
}
