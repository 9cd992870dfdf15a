import type { Bundle, Expression, Rule } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallFlow } from "../src/flow/call-flow.js";
import { raise } from "../src/flow/labels.js";
import { newMemory } from "../src/flow/session-memories.js";
import { History } from "../src/history/history.js";
import { decide, type Question } from "../src/evaluate/decide.js";
import { loadProgram, type Program } from "../src/index.js";
import { allow, arg, ask, AT, bundle, forbid, tool } from "./bundle.js";
import { runs } from "./runs.js";
import { STD_LABELS } from "./flow/labelled.js";

const ORDER = ["forbid", "ask", "allow"];
const ATOMS = ["a", "b", "c", "d"] as const;

const did: Expression = { op: "did", event: { tool: "t", outcome: "ok", within: 100, unbroken: ["u"] }, at: AT };
const sink: Expression = {
  op: "some",
  variable: "x",
  list: { op: "sinks", at: AT },
  body: { op: "readable", by: { op: "variable", name: "x", at: AT }, at: AT },
  at: AT,
};

/** What is asked of labels, of what was said, of the history and of the host. */
const conversation: readonly Expression[] = [
  ...[[["untrusted"]], [["pii"]], [["confidential", "untrusted"]], [["secret"], ["claimed"]]].map(
    (labels): Expression => ({ op: "labelled", labels, at: AT }),
  ),
  ...["trusted", "claimed", "untrusted"].map((level): Expression => ({
    op: "integrity",
    of: arg("to"),
    level,
    at: AT,
  })),
  sink,
  did,
  { op: "said", of: arg("to"), at: AT },
  { op: "asked", intent: "pay", at: AT },
  { op: "firstSeen", at: AT },
  { op: "fact", name: "fine", args: [], at: AT },
  { op: "detects", of: arg("to"), detectors: ["d"], at: AT },
  { op: "param", name: "p", at: AT },
];

/** Conditions over four claims that may be true, false or absent, with every connective and quantifiers over lists of them. */
const condition: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...ATOMS).map((name): Expression => ({ op: "claim", of: "user", name, at: AT })),
    fc.boolean().map((value): Expression => ({ op: "literal", type: { kind: "Bool" }, value, at: AT })),
    tie("node").map((of): Expression => ({ op: "not", of, at: AT })),
    fc.array(tie("node"), { maxLength: 3 }).map((items): Expression => ({ op: "and", items, at: AT })),
    fc.array(tie("node"), { maxLength: 3 }).map((items): Expression => ({ op: "or", items, at: AT })),
    fc.tuple(tie("node"), tie("node")).map(([left, right]): Expression => ({
      op: "compare",
      operator: "==",
      type: { kind: "Bool" },
      left,
      right,
      at: AT,
    })),
    fc.tuple(tie("node"), tie("node")).map(([left, right]): Expression => ({
      op: "in",
      type: { kind: "Bool" },
      left,
      right: { op: "list", items: [right, left], at: AT },
      at: AT,
    })),
    fc
      .tuple(fc.constantFrom("every" as const, "some" as const), fc.array(tie("node"), { maxLength: 3 }), tie("node"))
      .map(([op, items, body]): Expression => ({
        op,
        variable: "x",
        list: { op: "list", items, at: AT },
        at: AT,
        body: { op: "or", items: [{ op: "variable", name: "x", at: AT }, body], at: AT },
      })),
    fc.constantFrom("r", "s").map((name): Expression => ({ op: "role", name, at: AT })),
    fc.constantFrom(...conversation),
  ),
})).node;

const ruleOf = fc.tuple(
  fc.constantFrom("allow", "ask", "forbid", "demand", "raise", "quota"),
  condition,
  fc.constantFrom(undefined, "low" as const, "high" as const),
);

function makeRule(id: string, [kind, when, isolate]: [string, Expression, "low" | "high" | undefined]): Rule {
  const more = isolate === undefined ? {} : { isolate };
  if (kind === "demand") return { ...ask(id, ["t"], when, { from: ["s"] }, more), kind: "demand" } as Rule;
  if (kind === "raise") return { kind: "raise", id, tools: ["t"], when, limits: [], isolate: "high", at: AT };
  if (kind === "quota") return { kind: "quota", id, tools: ["t"], when, limits: [], at: AT };
  if (kind === "allow") return allow(id, ["t"], when, more);
  return kind === "ask" ? ask(id, ["t"], when, { from: ["r"] }, more) : forbid(id, ["t"], when, more);
}

function policy(rules: Rule[], roles: [Expression, Expression]): Bundle {
  return bundle([tool("t", [{ name: "to", type: { kind: "Id" } }], { sinks: ["to"] }), tool("u")], rules, {
    labels: STD_LABELS,
    taint: "value",
    intents: [{ name: "pay", phrases: ["pay"], at: AT }],
    facts: [{ name: "fine", params: [], result: { kind: "Bool" }, timeout: 1, at: AT }],
    params: [{ name: "p", type: { kind: "Bool" }, at: AT }],
    identity: { user: ATOMS.map((name) => ({ name, type: { kind: "Bool" } })), agent: [], session: [] },
    roles: [
      { name: "r", when: roles[0], at: AT },
      { name: "s", when: roles[1], at: AT },
    ],
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

/** What is known besides the claims: the session, and what was answered. Undefined is unknown. */
interface Known {
  readonly session:
    | { readonly labels: readonly string[]; readonly said: readonly string[]; readonly reader: string | undefined }
    | undefined;
  readonly calls: readonly ["t" | "u", "ok" | "failed"][] | undefined;
  readonly fact: boolean | undefined;
  readonly finding: boolean | undefined;
  readonly param: boolean | undefined;
}

const truth = fc.constantFrom(true, false, undefined);
const session = fc.record({
  labels: fc.subarray(["confidential", "secret", "claimed", "untrusted", "pii"]),
  said: fc.subarray(["pay bob", "bob", "pay eve"]),
  reader: fc.constantFrom(undefined, "bob", "eve"),
});
const calls = fc.array(
  fc.tuple(fc.constantFrom("t" as const, "u" as const), fc.constantFrom("ok" as const, "failed" as const)),
  { maxLength: 4 },
);
const known: fc.Arbitrary<Known> = fc.record({
  session: fc.option(session, { nil: undefined }),
  calls: fc.option(calls, { nil: undefined }),
  fact: truth,
  finding: truth,
  param: truth,
});
const everything: fc.Arbitrary<{ readonly [K in keyof Known]-?: NonNullable<Known[K]> }> = fc.record({
  session,
  calls,
  fact: fc.boolean(),
  finding: fc.boolean(),
  param: fc.boolean(),
});

/** What is decided with many times is made ready once. */
const programs = new WeakMap<Bundle, Program>();

async function effect(
  policyBundle: Bundle,
  user: Record<string, boolean | undefined>,
  { session: of, calls: made, fact, finding, param }: Known,
): Promise<string> {
  const loaded = await (programs.get(policyBundle) ?? loadProgram(policyBundle, { trial: true }));
  programs.set(policyBundle, loaded);
  const program = { ...loaded, params: new Map(param === undefined ? [] : [["p", param]]) };
  const given = Object.fromEntries(
    Object.entries(user).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const flow: Question["flow"] = (named, values) => {
    const memory = newMemory(program, of !== undefined);
    const labels = raise(program.lattice, program.lattice.lowest, of?.labels ?? []);
    memory.joins({ ...labels, readers: of?.reader === undefined ? undefined : new Set([of.reader]) });
    for (const words of of?.said ?? []) memory.heard("user", words, program.lattice.lowest, true);
    return new CallFlow(
      memory,
      memory.momentOf(undefined),
      { taint: "value", types: program.types },
      named,
      values,
      new Map(),
    );
  };
  const history = new History(program.watched, true);
  for (const [i, [name, outcome]] of (made ?? []).entries()) {
    history.begin(`${i}`, name, new Map());
    history.end(`${i}`, outcome, i, undefined);
  }
  const answers: Question["answers"] = { fact: () => fact, detects: () => finding };
  return decide(program, {
    tool: "t",
    args: { to: "bob" },
    identity: { user: given, agent: {}, session: {} },
    now: 0,
    flow,
    history: made === undefined ? undefined : history,
    answers,
  }).decision.effect;
}

describe("the two theorems of the language, on the real engine", () => {
  it("theorem 1: a decision with unknowns is at most every decision with them filled in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ruleOf, { maxLength: 6 }),
        fc.tuple(condition, condition),
        claims,
        known,
        everything,
        async (rules, roles, partial, some, all) => {
          const made = policy(
            rules.map((rule, i) => makeRule(`rule${i}`, rule)),
            roles,
          );
          const before = ORDER.indexOf(await effect(made, partial, some));
          const filled: Known = {
            session: some.session ?? all.session,
            calls: some.calls ?? all.calls,
            fact: some.fact ?? all.fact,
            finding: some.finding ?? all.finding,
            param: some.param ?? all.param,
          };
          for (const full of fillings(partial))
            expect(before).toBeLessThanOrEqual(ORDER.indexOf(await effect(made, full, filled)));
        },
      ),
      { numRuns: runs(3000) },
    );
  });

  it("theorem 2: adding any rule but an allow or an ask never loosens a decision", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ruleOf, { maxLength: 6 }),
        fc.constantFrom("forbid", "demand", "raise", "quota"),
        condition,
        fc.constantFrom(undefined, "low" as const, "high" as const),
        fc.tuple(condition, condition),
        claims,
        known,
        async (rules, kind, when, isolate, roles, user, some) => {
          const made = rules.map((rule, i) => makeRule(`rule${i}`, rule));
          const before = ORDER.indexOf(await effect(policy(made, roles), user, some));
          const after = ORDER.indexOf(
            await effect(policy([...made, makeRule("added", [kind, when, isolate])], roles), user, some),
          );
          expect(after).toBeLessThanOrEqual(before);
        },
      ),
      { numRuns: runs(5000) },
    );
  });

  it("the decision does not depend on the order of rules", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(ruleOf, { maxLength: 6 }),
        fc.tuple(condition, condition),
        claims,
        known,
        async (rules, roles, user, some) => {
          const made = rules.map((rule, i) => makeRule(`rule${i}`, rule));
          expect(await effect(policy(made.toReversed(), roles), user, some)).toBe(
            await effect(policy(made, roles), user, some),
          );
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
