import type { Expression } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadProgram } from "../src/index.js";
import { truthOf } from "../src/evaluate/evaluate.js";
import { createScope } from "../src/evaluate/scope.js";
import { watchCondition } from "../src/evaluate/watch.js";
import { rehearse, type Watcher } from "../src/rehearsal.js";
import { allow, ask, AT, bundle, forbid, no, tool, unknown, yes } from "./bundle.js";

const CLAIMS = ["a", "b", "c"] as const;
const and = (...items: Expression[]): Expression => ({ op: "and", items, at: AT });
const or = (...items: Expression[]): Expression => ({ op: "or", items, at: AT });
const claim = (name: string): Expression => ({ op: "claim", of: "user", name, at: AT });

const condition: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...CLAIMS).map(claim),
    tie("node").map((of): Expression => ({ op: "not", of, at: AT })),
    fc.array(tie("node"), { maxLength: 3 }).map((items) => and(...items)),
    fc.array(tie("node"), { maxLength: 3 }).map((items) => or(...items)),
    fc
      .tuple(fc.constantFrom("every" as const, "some" as const), fc.array(tie("node"), { maxLength: 3 }), tie("node"))
      .map(([op, items, body]): Expression => ({
        op,
        variable: "x",
        list: { op: "list", items, at: AT },
        at: AT,
        body: or({ op: "variable", name: "x", at: AT }, body),
      })),
  ),
})).node;

describe("watching a condition", () => {
  it("comes out as deciding by it does, and what it tells of each part is the part's own truth", async () => {
    const identity = {
      user: CLAIMS.map((name) => ({ name, type: { kind: "Bool" as const } })),
      agent: [],
      session: [],
    };
    await fc.assert(
      fc.asyncProperty(
        condition,
        fc.record(Object.fromEntries(CLAIMS.map((name) => [name, fc.constantFrom(true, false, undefined)]))),
        async (node, claims) => {
          const program = await loadProgram(bundle([tool("t")], [allow("r", ["t"], node)], { identity, roles: [] }));
          const user = Object.fromEntries(
            Object.entries(claims).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
          );
          const scope = createScope(program, program.tools.get("t"), new Map(), { user, agent: {}, session: {} }, 0);
          const seen: [Expression, boolean | undefined][] = [];
          expect(watchCondition(node, scope, (part, truth) => void seen.push([part, truth]))).toBe(
            truthOf(node, scope),
          );
          expect(seen.at(-1)?.[0]).toBe(node);
          for (const [part, truth] of seen)
            if (!JSON.stringify(part).includes('"variable"')) expect(truth).toBe(truthOf(part, scope));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("does not look at what an earlier part has settled", async () => {
    const [a, b] = [claim("flag"), claim("flag")];
    const program = await loadProgram(bundle([tool("t")], [allow("r", ["t"], and(no, a, or(yes, b)))]));
    const scope = createScope(program, program.tools.get("t"), new Map(), { user: {}, agent: {}, session: {} }, 0);
    const seen: Expression[] = [];
    watchCondition(and(no, a), scope, (part) => void seen.push(part));
    watchCondition(or(yes, b), scope, (part) => void seen.push(part));
    expect(seen).not.toContain(a);
    expect(seen).not.toContain(b);
  });
});

describe("a rehearsal with a watcher", () => {
  it("tells of every rule of the tool, and of those that decide", async () => {
    const made = bundle(
      [tool("t"), tool("other")],
      [
        allow("granted", ["t"]),
        ask("not_met", ["t"], no),
        forbid("unsure", ["t"], unknown),
        allow("elsewhere", ["other"]),
      ],
    );
    const rehearsal = await rehearse(made);
    const told: unknown[] = [];
    const nodes = new Set<Expression>();
    const watcher: Watcher = {
      rule: ({ id }, truth, decides) => void told.push([id, truth, decides]),
      condition: (_, node) => void nodes.add(node),
    };
    const outcome = await rehearsal
      .stage({ now: () => 0 }, watcher)
      .call(
        { roles: undefined, session: "s", identity: { user: { id: "u" }, agent: {}, session: {} } },
        { tool: "t", args: {} },
      );
    expect(outcome.status).toBe("refused");
    expect(told).toEqual([
      ["granted", true, false],
      ["not_met", false, false],
      ["unsure", undefined, true],
    ]);
    expect(nodes).toEqual(new Set(rehearsal.bundle.rules.slice(0, 3).map((rule) => rule.when)));
  });

  it("tells nothing of a call that does not normalise", async () => {
    const told: string[] = [];
    await (
      await rehearse(bundle([tool("t")], [allow("r", ["t"])]))
    )
      .stage({ now: () => 0 }, { rule: ({ id }) => void told.push(id), condition: () => {} })
      .call(
        { roles: undefined, session: "s", identity: { user: { id: "u" }, agent: {}, session: {} } },
        { tool: "t", args: { extra: 1 } },
      );
    expect(told).toEqual([]);
  });
});
