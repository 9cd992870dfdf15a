import type { Expression, Json, Rule } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideFor } from "../../src/evaluate/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { decideByWalk } from "../../src/evaluate/reference/decide-by-walk.js";
import { allow, arg, AT, bundle, forbid, tool } from "../bundle.js";
import { runs } from "../runs.js";

const literal = (kind: "Path" | "Id" | "Host" | "Int", value: Json): Expression => ({
  op: "literal",
  type: { kind },
  value,
  at: AT,
});
const user: Expression = { op: "claim", of: "user", name: "id", at: AT };
const PATHS = ["/", "/a", "/a/b", "/a/bc", "/ab", "/b", "/a/b/c", "/abc/d", "/é"];
const NAMES = ["a", "b", "c", "constructor", "__proto__", "aa"];
const HOSTS = ["a.com", "b.a.com", "ba.com", "c.b.a.com", "10.0.0.1"];

const equals = (kind: "Path" | "Id" | "Host" | "Int", left: Expression, value: Json): Expression => ({
  op: "compare",
  operator: "==",
  type: { kind },
  left,
  right: literal(kind, value),
  at: AT,
});

/** What an index can be made of, and what it cannot. */
const conjunct: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => equals("Id", user, name)),
  fc.constantFrom(...NAMES).map((name) => equals("Id", arg("id"), name)),
  fc.constantFrom(...PATHS).map((path) => equals("Path", arg("path"), path)),
  fc.integer({ min: -1, max: 4 }).map((n) => equals("Int", arg("n"), n)),
  fc.subarray(NAMES, { minLength: 1 }).map((value): Expression => ({
    op: "in",
    type: { kind: "Id" },
    left: arg("id"),
    right: { op: "literal", type: { kind: "List", of: { kind: "Id" } }, value, at: AT },
    at: AT,
  })),
  fc
    .constantFrom(...PATHS)
    .map((path): Expression => ({ op: "under", left: arg("path"), right: literal("Path", path), at: AT })),
  fc
    .subarray(["a.com", "*.a.com", "*.b.a.com", "ba.com", "10.0.0.0/8", "b.a.com"], { minLength: 1 })
    .map((patterns): Expression => ({ op: "hostIn", left: arg("host"), patterns, at: AT })),
  fc.constantFrom(...NAMES).map((name): Expression => ({ op: "not", of: equals("Id", arg("id"), name), at: AT })),
  fc.constant<Expression>({ op: "claim", of: "user", name: "flag", at: AT }),
  fc.constant<Expression>({ op: "literal", type: { kind: "Bool" }, value: false, at: AT }),
);

const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(fc.boolean(), fc.array(conjunct, { minLength: 1, maxLength: 3 })), { minLength: 31, maxLength: 60 })
  .map((made) =>
    made.map(([grants, items], i): Rule => {
      const when: Expression = { op: "and", items, at: AT };
      return grants ? allow(`r${i}`, ["t"], when) : forbid(`r${i}`, ["t"], when);
    }),
  );

const call = fc.record(
  {
    id: fc.constantFrom(...NAMES),
    path: fc.constantFrom(...PATHS, "/a/./b"),
    host: fc.constantFrom(...HOSTS),
    n: fc.constantFrom<Json[]>(0, 1, 2, 3, -1),
  },
  { requiredKeys: [] },
);
const claims = fc.record({ id: fc.constantFrom<Json[]>(...NAMES, 5, " "), flag: fc.boolean() }, { requiredKeys: [] });

const tools = [
  tool("t", [
    { name: "id", type: { kind: "Id" }, optional: true },
    { name: "path", type: { kind: "Path" }, optional: true },
    { name: "host", type: { kind: "Host" }, optional: true },
    { name: "n", type: { kind: "Int" }, optional: true },
  ]),
];

describe("the index of a tool's rules", () => {
  it("passes over no rule that is not false, whatever is unknown", async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.array(fc.tuple(call, claims), { minLength: 1, maxLength: 6 }), async (made, calls) => {
        const program = await loadProgram(bundle(tools, made));
        const found = program.tools.get("t");
        if (found === undefined) throw new Error("no tool");
        expect(found.code.index).toBeDefined();
        for (const [args, of] of calls) {
          const question = { args: args as Json, identity: { user: of, agent: {}, session: {} }, now: 0 };
          const walked = decideByWalk(program, found, question);
          const decided = decideFor(program, found, question);
          expect(decided.matches.map(({ truth }) => truth)).toEqual(walked.matches.map(({ truth }) => truth));
          expect(decided.decision).toEqual(walked.decision);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("finds one rule of ten thousand, and all of them where their value is unknown", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => forbid(`f${i}`, ["t"], equals("Id", user, `u${i}`)));
    const program = await loadProgram(bundle(tools, [allow("a", ["t"]), ...many]));
    const found = program.tools.get("t");
    if (found === undefined) throw new Error("no tool");
    const decide = (of: { readonly [claim: string]: Json }) =>
      decideFor(program, found, { args: {}, identity: { user: of, agent: {}, session: {} }, now: 0 }).decision;
    expect(decide({ id: "u77" })).toMatchObject({ effect: "forbid", reasons: [{ by: "f77", truth: "true" }] });
    expect(decide({ id: "nobody" })).toMatchObject({ effect: "allow", reasons: [{ by: "a" }] });
    expect(decide({}).reasons).toHaveLength(10_000);
  });
});
