import type { Expression, Rule } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { History } from "../src/history/history.js";
import type { Watched } from "../src/history/watched.js";
import { decide } from "../src/evaluate/decide.js";
import { createGuard, loadProgram, memoryAudit, memoryStore } from "../src/index.js";
import { rehearse } from "../src/rehearsal.js";
import { allow, arg, AT, bundle, forbid, tool } from "./bundle.js";

const text = { kind: "Text" } as const;
const result = { kind: "Record", fields: [{ name: "exit", type: { kind: "Int" } }] } as const;
const run = tool("run", [{ name: "cmd", type: text }], {
  effects: ["exec"],
  result: { kind: "Record", fields: [...result.fields] },
});
const push = tool("push");
const write = tool("write", [], { effects: ["write"] });
const lit = (value: string | number): Expression => ({
  op: "literal",
  type: typeof value === "number" ? { kind: "Int" } : text,
  value,
  at: AT,
});
const same = (left: Expression, right: Expression, kind: "Int" | "Text" = "Text"): Expression => ({
  op: "compare",
  operator: "==",
  type: { kind },
  left,
  right,
  at: AT,
});
const green: Expression = {
  op: "and",
  items: [
    same(arg("cmd"), lit("npm test")),
    same({ op: "field", of: { op: "result", at: AT }, name: "exit", at: AT }, lit(0), "Int"),
  ],
  at: AT,
};
const did = (over: Partial<Extract<Expression, { op: "did" }>["event"]> = {}): Expression => ({
  op: "did",
  event: { tool: "run", when: green, outcome: "ok", within: 3_600_000, unbroken: ["write", "run"], ...over },
  at: AT,
});
const require: Rule = {
  kind: "forbid",
  form: "require",
  id: "tests_green",
  tools: ["push"],
  when: { op: "not", of: did(), at: AT },
  limits: [],
  at: AT,
};
const policy = bundle([run, push, write], [allow("ok", ["run", "push", "write"]), require]);

async function stage() {
  const clock = { time: 1000, now: () => clock.time };
  const made = (await rehearse(policy)).stage(clock);
  const call = async (name: string, args = {}, returns?: { exit: number }) => {
    const outcome = await made.call(
      { roles: undefined, session: "s", identity: { user: { id: "u" }, agent: {}, session: {} } },
      { tool: name, args, ...(returns === undefined ? {} : { returns }) },
    );
    return outcome.status === "done" ? "allow" : outcome.decision.reasons.map(({ by }) => by).join();
  };
  return {
    clock,
    call,
    test: (exit: number, cmd = "npm test") => call("run", { cmd }, { exit }),
    push: () => call("push"),
  };
}

describe("require", () => {
  it("refuses until the event happened, and again after it was broken", async () => {
    const made = await stage();
    expect(await made.push()).toBe("tests_green");
    await made.test(0);
    expect(await made.push()).toBe("allow");
    await made.call("write");
    expect(await made.push()).toBe("tests_green");
    await made.test(1);
    expect(await made.push()).toBe("tests_green");
    await made.test(0);
    await made.test(0, "npm run lint");
    expect(await made.push()).toBe("tests_green");
  });

  it("looks at the result and the arguments, and no further back than it says", async () => {
    const made = await stage();
    await made.test(0, "npm install");
    expect(await made.push()).toBe("tests_green");
    await made.test(0);
    made.clock.time += 3_600_000;
    expect(await made.push()).toBe("allow");
    made.clock.time += 1;
    expect(await made.push()).toBe("tests_green");
  });
});

describe("did", () => {
  const watched: Watched = { tools: new Set(["run", "write"]), args: new Set(["run"]), results: new Set(["run"]) };
  const cmd = new Map([["cmd", "npm test"]]);
  const exit0 = new Map([["exit", 0]]);
  async function truth(history: History | undefined, when: Expression): Promise<string> {
    const verdict = decide(await loadProgram(bundle([run, push, write], [allow("a", ["push"], when)])), {
      tool: "push",
      args: {},
      identity: { user: {}, agent: {}, session: {} },
      now: 5000,
      history,
    });
    return String(verdict.matches[0]?.truth);
  }

  it("is unknown without a history, and where a call that would count is in flight", async () => {
    expect(await truth(undefined, did())).toBe("undefined");
    const history = new History(watched, true);
    expect(await truth(history, did())).toBe("false");
    history.begin("1", "run", cmd);
    expect(await truth(history, did())).toBe("undefined");
    expect(await truth(history, did({ outcome: "denied" }))).toBe("false");
    history.end("1", "ok", 4000, exit0);
    expect(await truth(history, did())).toBe("true");
  });

  it("is unknown where the breaker overlapped the event, and false where it came after", async () => {
    const overlapping = new History(watched, true);
    overlapping.begin("w", "write", new Map());
    overlapping.begin("1", "run", cmd);
    overlapping.end("1", "ok", 4000, exit0);
    expect(await truth(overlapping, did())).toBe("undefined");
    overlapping.end("w", "ok", 4100, undefined);
    expect(await truth(overlapping, did())).toBe("undefined");
    overlapping.begin("w2", "write", new Map());
    expect(await truth(overlapping, did())).toBe("false");
    const before = new History(watched, true);
    before.begin("w", "write", new Map());
    before.end("w", "ok", 10, undefined);
    before.begin("1", "run", cmd);
    before.end("1", "ok", 4000, exit0);
    expect(await truth(before, did())).toBe("true");
  });

  it("a refused call breaks nothing and is not one that was made; it is one that was denied", async () => {
    const history = new History(watched, true);
    history.begin("1", "run", cmd);
    history.end("1", "ok", 4000, exit0);
    history.denied("2", "write", new Map(), 4001);
    expect(await truth(history, did())).toBe("true");
    expect(await truth(history, did({ tool: "write", when: undefined, unbroken: [], outcome: "denied" }))).toBe("true");
    expect(await truth(history, did({ tool: "write", when: undefined, unbroken: [] }))).toBe("false");
  });

  it("a failed call failed", async () => {
    const history = new History(watched, true);
    history.begin("1", "run", cmd);
    history.end("1", "failed", 4000, undefined);
    expect(await truth(history, did({ when: undefined }))).toBe("false");
    expect(await truth(history, did({ when: undefined, outcome: "failed", unbroken: [] }))).toBe("true");
  });

  it("of a session begun elsewhere, or with more calls than are kept, what is not found is unknown", async () => {
    expect(await truth(new History(watched, false), did())).toBe("undefined");
    const long = new History(watched, true);
    for (let i = 0; i < 5000; i += 1) {
      long.begin(String(i), "run", new Map([["cmd", "x"]]));
      long.end(String(i), "ok", 1, exit0);
    }
    expect(await truth(long, did({ unbroken: [] }))).toBe("undefined");
    expect(long.ended("run").length).toBeLessThan(4097);
  });

  it("keeps nothing that no rule asks for", () => {
    const history = new History({ tools: new Set(), args: new Set(), results: new Set() }, true);
    history.begin("1", "run", cmd);
    expect([...history.open("run")]).toEqual([]);
  });
});

describe("a guard's session", () => {
  it("keeps its history over the sessions a host asks for, and over processes", async () => {
    const state = { ...memoryStore(), close: () => Promise.resolve() };
    const open = () =>
      createGuard({
        policy: { ...policy, rules: [...policy.rules, forbid("x", ["write"])] },
        audit: memoryAudit(),
        state,
      });
    const of = (guard: Awaited<ReturnType<typeof open>>) => guard.session({ user: { id: "ann" }, thread: "t" });
    const first = await open();
    const one = await of(first);
    await one.call({ tool: "run", args: { cmd: "npm test" } }, () => ({ exit: 0 }));
    expect((await (await of(first)).call({ tool: "push", args: {} }, () => 1)).status).toBe("done");
    await first.close();
    const second = await open();
    const resumed = await of(second);
    expect(resumed.id).toBe(one.id);
    expect((await resumed.call({ tool: "push", args: {} }, () => 1)).status).toBe("done");
    await resumed.call({ tool: "run", args: { cmd: "npm test" } }, () => ({ exit: 1 }));
    await second.close();
    const third = await open();
    expect(await (await of(third)).call({ tool: "push", args: {} }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "tests_green", truth: "true" }] },
    });
    await third.close();
  });
});
