import type { Expression, Json, Rule, Type } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideFor } from "../../src/evaluate/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { decideByWalk } from "../../src/evaluate/reference/decide-by-walk.js";
import { allow, arg, ask, AT, bundle, forbid, tool } from "../bundle.js";
import { runs } from "../runs.js";

const literal = (type: Type, value: Json): Expression => ({ op: "literal", type, value, at: AT });
const claim = (name: string): Expression => ({ op: "claim", of: "user", name, at: AT });
const listOf = (type: Type): Type => ({ kind: "List", of: type });
const not = (of: Expression): Expression => ({ op: "not", of, at: AT });

const NAMES = ["a", "b", "c", "constructor", "__proto__", "long-enough-to-be-looked-up", "r", "s"];
const PATHS = ["/", "/a", "/a/b", "/a/bc", "/ab", "/a/b/c", `/a/${"long".repeat(9)}`, `/a/${"long".repeat(9)}/x`];
const HOSTS = ["a.com", "b.a.com", "ba.com", "c.b.a.com", "10.0.0.1"];
const NUMBERS = [-3, 0, 1, 2, 5, 2 ** 40];

const compare = (type: Type, left: Expression, value: Json, operator: "==" | "!=" | "<" | "<=" | ">" | ">=" = "==") =>
  ({ op: "compare", operator, type, left, right: literal(type, value), at: AT }) as const satisfies Expression;

const text = fc.constantFrom(arg("id"), claim("id"), claim("groups"), arg("n"), arg("decimal"));
const number = fc.constantFrom(arg("n"), arg("decimal"), claim("score"), arg("id"));

/** What a column answers, and the same of values that it is not for. */
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.tuple(text, fc.constantFrom(...NAMES)).map(([left, name]) => compare({ kind: "Id" }, left, name)),
  fc.tuple(text, fc.subarray(NAMES, { minLength: 1 })).map(([left, value]): Expression => ({
    op: "in",
    type: { kind: "Id" },
    left,
    right: literal(listOf({ kind: "Id" }), value),
    at: AT,
  })),
  fc
    .tuple(number, fc.constantFrom(...NUMBERS), fc.constantFrom("==", "!=", "<", "<=", ">", ">="))
    .map(([left, value, operator]) => compare({ kind: "Int" }, left, value, operator)),
  fc.tuple(number, fc.constantFrom(...NUMBERS), fc.constantFrom(...NUMBERS)).map(([left, low, high]): Expression => ({
    op: "between",
    type: { kind: "Int" },
    left,
    low: literal({ kind: "Int" }, low),
    high: literal({ kind: "Int" }, high),
    at: AT,
  })),
  fc
    .tuple(fc.constantFrom(arg("path"), arg("id"), arg("n")), fc.constantFrom(...PATHS))
    .map(([left, path]): Expression => ({ op: "under", left, right: literal({ kind: "Path" }, path), at: AT })),
  fc
    .tuple(
      fc.constantFrom(arg("host"), arg("n")),
      fc.subarray(["a.com", "*.a.com", "*.b.a.com", "ba.com", "10.0.0.0/8", "b.a.com"], { minLength: 1 }),
    )
    .map(([left, patterns]): Expression => ({ op: "hostIn", left, patterns, at: AT })),
  fc
    .tuple(fc.constantFrom(claim("groups"), arg("tags"), arg("id")), fc.constantFrom(...NAMES))
    .map(([right, name]): Expression => ({
      op: "in",
      type: { kind: "Text" },
      left: literal({ kind: "Text" }, name),
      right,
      at: AT,
    })),
  fc.constantFrom("r", "s", "odd", "nobody").map((name): Expression => ({ op: "role", name, at: AT })),
  fc
    .subarray(["r", "s", "odd"], { minLength: 1 })
    .map((names): Expression => ({ op: "or", items: names.map((name) => ({ op: "role", name, at: AT })), at: AT })),
);
const conjunct = fc.tuple(leaf, fc.boolean()).map(([node, turned]) => (turned ? not(node) : node));

const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(fc.constantFrom(allow, forbid, ask), fc.array(conjunct, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((made) => made.map(([kind, items], i): Rule => kind(`r${i}`, ["t"], { op: "and", items, at: AT })));

const call = fc.record(
  {
    id: fc.constantFrom(...NAMES),
    path: fc.constantFrom(...PATHS, "/a/./b"),
    host: fc.constantFrom(...HOSTS),
    n: fc.constantFrom<Json[]>(...NUMBERS, 3, -0),
    decimal: fc.constantFrom<Json[]>(0, 1, 1.5, "2.00", "1.0000000000000000000001"),
    tags: fc.subarray(NAMES),
  },
  { requiredKeys: [] },
);
const claims = fc.record(
  {
    id: fc.constantFrom<Json[]>(...NAMES, 5, " "),
    groups: fc.oneof(fc.subarray(NAMES), fc.constantFrom<Json[]>(["r", "\ud800"], "r", ["s", 5])),
    score: fc.constantFrom<Json[]>(0, 1, 1.5, 5, "5"),
  },
  { requiredKeys: [] },
);
const supposed = fc.option(fc.subarray(["r", "odd"]), { nil: undefined });

const optional = (name: string, type: Type) => ({ name, type, optional: true as const });
const policy = (made: readonly Rule[]) =>
  bundle(
    [
      tool("t", [
        optional("id", { kind: "Id" }),
        optional("path", { kind: "Path" }),
        optional("host", { kind: "Host" }),
        optional("n", { kind: "Int" }),
        optional("decimal", { kind: "Decimal" }),
        optional("tags", listOf({ kind: "Text" })),
      ]),
    ],
    [...made],
    {
      identity: {
        user: [
          { name: "id", type: { kind: "Id" } },
          { name: "groups", type: listOf({ kind: "Text" }) },
          { name: "score", type: { kind: "Decimal" } },
        ],
        agent: [],
        session: [],
      },
      roles: [
        ...["r", "s"].map((name) => ({
          name,
          when: {
            op: "in",
            type: { kind: "Text" },
            left: literal({ kind: "Text" }, name),
            right: claim("groups"),
            at: AT,
          } as const,
          at: AT,
        })),
        { name: "odd", when: compare({ kind: "Id" }, claim("id"), "a", "!="), at: AT },
      ],
    },
  );

describe("the columns of a tool with few rules", () => {
  it("lesson 23: answer as the walk does, whatever is unknown, turned round, supposed, or of another kind", async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(fc.tuple(call, claims, supposed), { minLength: 1, maxLength: 8 }),
        async (made, calls) => {
          const program = await loadProgram(policy(made));
          const found = program.tools.get("t");
          if (found === undefined) throw new Error("no tool");
          for (const [args, user, roles] of calls) {
            const question = {
              args: args as Json,
              identity: { user, agent: {}, session: {} },
              now: 0,
              supposed: roles === undefined ? undefined : new Set(roles),
            };
            const walked = decideByWalk(program, found, question);
            const decided = decideFor(program, found, question);
            expect(decided.matches.map(({ truth }) => truth)).toEqual(walked.matches.map(({ truth }) => truth));
            expect(decided.decision).toEqual(walked.decision);
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  it("lesson 23: a claim that breaks when it is read leaves its rules unknown, and no others", async () => {
    const program = await loadProgram(
      policy([
        forbid("f", ["t"], compare({ kind: "Id" }, claim("id"), "a")),
        allow("a", ["t"], compare({ kind: "Id" }, arg("id"), "b")),
      ]),
    );
    const found = program.tools.get("t");
    if (found === undefined) throw new Error("no tool");
    const user = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error("no claims");
        },
      },
    );
    const { matches, decision } = decideFor(program, found, {
      args: { id: "b" },
      identity: { user, agent: {}, session: {} },
      now: 0,
    });
    expect(matches.map(({ truth }) => truth)).toEqual([undefined, true]);
    expect(decision.effect).toBe("forbid");
  });
});
