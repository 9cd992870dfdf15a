import type { Expression } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { all, any, negate, type Truth } from "../src/evaluate/kleene.js";
import { loadProgram, type Program } from "../src/evaluate/program.js";
import { createScope } from "../src/evaluate/scope.js";
import { truthOf } from "../src/evaluate/evaluate.js";
import { happened } from "../src/history/happened.js";
import { History, type EventOutcome, type PastCall } from "../src/history/history.js";
import { allow, arg, AT, bundle, tool } from "./bundle.js";

const text = { kind: "Text" } as const;
const run = tool("run", [{ name: "cmd", type: text }], { effects: ["exec"] });
const write = tool("write", [{ name: "cmd", type: text }], { effects: ["write"] });
type Did = Extract<Expression, { op: "did" }>;
const green: Expression = {
  op: "compare",
  operator: "==",
  type: text,
  left: arg("cmd"),
  right: { op: "literal", type: text, value: "test", at: AT },
  at: AT,
};
/** The same, in words that depend on who asks: looked at anew each time. */
const byClaim: Expression = {
  op: "or",
  items: [
    green,
    {
      op: "compare",
      operator: "==",
      type: text,
      left: { op: "claim", of: "user", name: "id", at: AT },
      right: { op: "literal", type: text, value: "root", at: AT },
      at: AT,
    },
  ],
  at: AT,
};

/** A policy that holds both, so that their literals are read. */
const policy = bundle([run, write], [allow("a", ["run", "write"], byClaim)]);

/** What happened as the semantics says it: every call of the list, one by one. */
function plainly({ event }: Did, calls: readonly PastCall[], program: Program, now: number): Truth {
  const broke = (name: string, call: PastCall): Truth =>
    any(
      calls.filter((other) => other.tool === name),
      (other): Truth => {
        if (other === call || other.ended?.outcome === "denied") return false;
        if (call.ended !== undefined && other.begun > call.ended.step) return true;
        return other.ended !== undefined && other.ended.step < call.begun ? false : undefined;
      },
    );
  return any(
    calls.filter((call) => call.tool === event.tool),
    (call): Truth => {
      const outcome: Truth =
        call.ended === undefined || call.ended.outcome === "unknown"
          ? event.outcome === "denied"
            ? false
            : undefined
          : call.ended.outcome === event.outcome;
      const within: Truth =
        event.within === undefined ? true : call.ended === undefined ? undefined : now - call.ended.at <= event.within;
      const scope = createScope(program, undefined, call.args, { user: { id: "u" }, agent: {}, session: {} }, now);
      const when: Truth = event.when === undefined ? true : truthOf(event.when, scope);
      const unbroken = negate(any(event.unbroken, (name) => broke(name, call)));
      return all([outcome, within, when, unbroken], (truth) => truth);
    },
  );
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom("begin", "end", "denied", "ask"),
    tool: fc.constantFrom("run", "write"),
    cmd: fc.constantFrom("test", "lint"),
    outcome: fc.constantFrom<EventOutcome>("ok", "failed", "paused", "unknown"),
    which: fc.nat(3),
    // A clock that also goes back.
    at: fc.integer({ min: -30, max: 60 }),
  }),
  { maxLength: 60 },
);
const events = fc.record({
  tool: fc.constantFrom("run", "write"),
  outcome: fc.constantFrom("ok" as const, "failed" as const, "denied" as const),
  within: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  when: fc.constantFrom(undefined, green, byClaim),
  unbroken: fc.uniqueArray(fc.constantFrom("run", "write"), { maxLength: 2 }),
});

describe("the index of a history", () => {
  it("answers what the list of all calls does, whenever it is asked, whatever overlaps and wherever the clock goes", async () => {
    const program = await loadProgram(policy);
    await fc.assert(
      fc.asyncProperty(steps, fc.array(events, { minLength: 1, maxLength: 3 }), async (made, asked) => {
        const names = new Set(["run", "write"]);
        const history = new History({ tools: names, args: names, results: names }, true);
        const dids = asked.map((event): Did => ({
          op: "did",
          event: {
            tool: event.tool,
            outcome: event.outcome,
            unbroken: event.unbroken,
            ...(event.within === undefined ? {} : { within: event.within }),
            ...(event.when === undefined ? {} : { when: event.when }),
          },
          at: AT,
        }));
        const calls: PastCall[] = [];
        let now = 1000;
        let step = 0;
        const check = (): void => {
          const scope = createScope(program, undefined, new Map(), { user: { id: "u" }, agent: {}, session: {} }, now, {
            history,
          });
          for (const did of dids) expect(happened(did, scope, truthOf)).toBe(plainly(did, calls, program, now));
        };
        for (const [i, one] of made.entries()) {
          now += one.at;
          const args = new Map<string, Value>([["cmd", one.cmd]]);
          if (one.act === "ask") check();
          else if (one.act === "begin") {
            history.begin(String(i), one.tool, args);
            calls.push({ id: String(i), tool: one.tool, args, begun: (step += 1) });
          } else if (one.act === "denied") {
            history.denied(String(i), one.tool, args, now);
            step += 1;
            calls.push({
              id: String(i),
              tool: one.tool,
              args,
              begun: step,
              ended: { step, at: now, latest: now, outcome: "denied", result: undefined },
            });
          } else {
            const open = calls.filter((call) => call.ended === undefined)[one.which];
            if (open === undefined) continue;
            history.end(open.id, one.outcome, now, undefined);
            open.ended = { step: (step += 1), at: now, latest: now, outcome: one.outcome, result: undefined };
          }
        }
        check();
      }),
      { numRuns: 500 },
    );
  });

  it("looks at each call once, however often it is asked", async () => {
    const program = await loadProgram(policy);
    const names = new Set(["run", "write"]);
    const history = new History({ tools: names, args: names, results: names }, true);
    const did: Did = { op: "did", event: { tool: "run", outcome: "ok", when: green, unbroken: ["write"] }, at: AT };
    let looked = 0;
    const ask = (): Truth =>
      happened(
        did,
        createScope(program, undefined, new Map(), { user: {}, agent: {}, session: {} }, 1, { history }),
        (node, scope) => {
          looked += 1;
          return truthOf(node, scope);
        },
      );
    for (let i = 0; i < 10_000; i += 1) {
      history.begin(String(i), "run", new Map([["cmd", i % 2 === 0 ? "test" : "lint"]]));
      history.end(String(i), "ok", 1, undefined);
      expect(ask()).toBe(true);
    }
    expect(looked).toBe(10_000);
    history.begin("w", "write", new Map());
    expect(ask()).toBe(undefined);
    history.end("w", "ok", 1, undefined);
    expect(ask()).toBe(undefined); // older calls are forgotten: nobody can say that none of them was unbroken
    expect(history.ended("run").length).toBeLessThan(4100);
  });
});
