import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore, StateError, type Session } from "../src/index.js";
import { allow, ask, AT, bundle, forbid, no } from "./bundle.js";
import { bench, limit, pay, read, types } from "./guard-bench.js";

describe("limits", () => {
  it("200 parallel calls against 50 admit exactly 50 (lesson 13)", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"], undefined, { limits: [limit(50, 60_000)] })]));
    const session = await made.session();
    let runs = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => session.call({ tool: "read", args: { id: `x${i}` } }, () => (runs += 1))),
    );
    expect(outcomes.filter((outcome) => outcome.status === "done")).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome.status === "refused" && outcome.cause === "limit")).toHaveLength(150);
    expect(runs).toBe(50);
  });

  it("slide, count by key, and bind every call the rule matches, whoever grants it", async () => {
    const by = [{ op: "claim", of: "user", name: "id", at: AT } as const];
    const made = await bench(
      bundle([read], [allow("a", ["read"], undefined, { limits: [limit(1, 1000, [...by])] }), allow("b", ["read"])]),
    );
    const [ann, bob] = [await made.session("ann"), await made.session("bob")];
    const run = (session: Session) =>
      session.call({ tool: "read", args: { id: "x" } }, () => 1).then((outcome) => outcome.status);
    expect([await run(ann), await run(ann), await run(bob)]).toEqual(["done", "refused", "done"]);
    made.clock.time += 1001;
    expect(await run(ann)).toBe("done");
  });

  it("an unknown key refuses", async () => {
    const by = [{ op: "claim", of: "agent", name: "id", at: AT } as const];
    const made = await bench(bundle([read], [allow("a", ["read"], undefined, { limits: [limit(1, 1000, [...by])] })]));
    expect(
      await (await made.session()).call({ tool: "read", args: { id: "x" } }, () => expect.unreachable()),
    ).toMatchObject({ status: "refused", cause: "limit" });
  });

  it("a session's limit is its own", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"], undefined, { limits: [limit(1, "session")] })]));
    const run = (session: Session) =>
      session.call({ tool: "read", args: { id: "x" } }, () => 1).then((outcome) => outcome.status);
    const [one, two] = [await made.session(), await made.session()];
    expect([await run(one), await run(one), await run(two)]).toEqual(["done", "refused", "done"]);
  });
});

describe("the journal", () => {
  const policy = bundle([pay], [allow("a", ["pay"])]);

  it("a call made again by the host's id gives what it gave and runs once (lesson 9)", async () => {
    const made = await bench(policy);
    const session = await made.session();
    let runs = 0;
    const call = (scope: string, to = "x") =>
      session.call({ tool: "pay", args: { to }, callId: "1", scope }, () => ({ run: (runs += 1) }));
    const both = await Promise.all([call("turn 1"), call("turn 1")]);
    expect(both.map((outcome) => outcome.status === "done" && outcome.result)).toEqual([{ run: 1 }, { run: 1 }]);
    expect(await call("turn 1")).toMatchObject({ status: "done", result: { run: 1 }, replayed: true });
    expect(await call("turn 2")).toMatchObject({ status: "done", result: { run: 2 } });
    expect(await call("turn 1", "other")).toMatchObject({ status: "done", result: { run: 3 } });
  });

  it("a call that was started and never ended is unknown after a restart, and not run again", async () => {
    const state = { ...memoryStore(), close: () => Promise.resolve() };
    const call = { tool: "pay", args: { to: "x" }, callId: "1", scope: "s" };
    const before = await bench(policy, { state });
    const session = await before.guard.session({ user: { id: "ann" }, thread: "t" });
    void session.call(call, () => new Promise(() => undefined));
    await new Promise((resolve) => void setTimeout(resolve, 10));
    const after = await bench(policy, { state });
    const resumed = await after.guard.session({ user: { id: "ann" }, thread: "t" });
    expect(resumed.id).toBe(session.id);
    expect(await resumed.call(call, () => expect.unreachable())).toMatchObject({
      status: "failed",
      cause: "unknown",
      replayed: true,
    });
  });

  it.each(["the mark", "the intent", "the reservation"])(
    "waits at once for the mark, the intent and the reservation, and runs only when all are safe (%s is last)",
    async (last) => {
      const gates = new Map(
        ["the mark", "the intent", "the reservation"].map((name) => [name, Promise.withResolvers<void>()]),
      );
      const reached = new Set<string>();
      const hold = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const done = await work();
        reached.add(name);
        await gates.get(name)?.promise;
        return done;
      };
      const [state, audit] = [memoryStore(), memoryAudit()];
      const made = await bench(bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(5, 60_000)] })]), {
        state: {
          ...state,
          compareAndSet: (key, ...rest) => {
            const set = (): Promise<boolean> => state.compareAndSet(key, ...rest);
            return key.startsWith("call/") && !reached.has("the mark") ? hold("the mark", set) : set();
          },
          sync: () => hold("the reservation", () => state.sync()),
        },
        audit: {
          ...audit,
          append: (record, options) => {
            const put = () => audit.append(record, options);
            return record.type === "intent" ? hold("the intent", put) : put();
          },
        },
      });
      const session = await made.session();
      let ran = false;
      const running = session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () => (ran = true));
      await expect.poll(() => reached.size).toBe(3);
      for (const [name, gate] of gates) if (name !== last) gate.resolve();
      await new Promise((resolve) => void setTimeout(resolve, 10));
      expect(ran).toBe(false);
      gates.get(last)?.resolve();
      expect(await running).toMatchObject({ status: "done", result: true });
    },
  );

  it.each(["the mark", "the intent", "the reservation"])(
    "takes back all the rest where %s cannot be made safe, and the call may be made again",
    async (broken) => {
      const [state, audit] = [memoryStore(), memoryAudit()];
      let fails = true;
      const or = <T>(name: string, work: () => Promise<T>): Promise<T> =>
        fails && name === broken ? Promise.reject(new StateError("state_unavailable", "no disk")) : work();
      const made = await bench(bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(1, "session")] })]), {
        state: {
          ...state,
          compareAndSet: (key, ...rest) =>
            key.startsWith("call/")
              ? or("the mark", () => state.compareAndSet(key, ...rest))
              : state.compareAndSet(key, ...rest),
          sync: () => or("the reservation", () => state.sync()),
        },
        audit: {
          ...audit,
          append: (record, options) =>
            record.type === "intent"
              ? or("the intent", () => audit.append(record, options))
              : audit.append(record, options),
        },
      });
      const session = await made.session();
      const call = { tool: "pay", args: { to: "x" }, callId: "1" };
      expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused" });
      fails = false;
      expect(await session.call(call, () => "paid")).toMatchObject({ status: "done", result: "paid", replayed: false });
      expect(audit.doubtful).toEqual([]);
    },
  );

  it("a result that the host cannot take back is unknown, and never said not to have run", async () => {
    const made = await bench(policy);
    const session = await made.session();
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    const restore = (): never => {
      throw new Error("odd");
    };
    let runs = 0;
    const port = { execute: () => Promise.resolve((runs += 1)), restore };
    expect(await session.call(call, port)).toMatchObject({ status: "done", result: 1 });
    expect(await session.call(call, port)).toMatchObject({ status: "failed", cause: "unknown", replayed: true });
    expect(runs).toBe(1);
  });

  it("a fault of the guard after the tool ran withholds the result, is recorded, and the call is not made again", async () => {
    let ran = false;
    const clock = {
      now: () => {
        if (ran) throw new Error("the clock is gone");
        return 1_000_000;
      },
    };
    const made = await bench(policy, { clock });
    const session = await made.session();
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    const outcome = await session.call(call, () => {
      ran = true;
      return "paid";
    });
    expect(outcome).toMatchObject({ status: "failed", cause: "withheld" });
    ran = false;
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "failed", cause: "unknown" });
  });

  it("a failure is remembered too", async () => {
    const made = await bench(policy);
    const session = await made.session();
    let runs = 0;
    const call = () =>
      session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () =>
        Promise.reject(new Error(`no ${(runs += 1)}`)),
      );
    expect([await call(), await call()]).toMatchObject([
      { status: "failed", replayed: false },
      { status: "failed", replayed: true },
    ]);
    expect(runs).toBe(1);
  });

  it("a tool that pauses by the host's own control flow may run again", async () => {
    const made = await bench(policy);
    const session = await made.session();
    const pause = new Error("pause");
    let runs = 0;
    const port = {
      isControlFlow: (error: unknown) => error === pause,
      execute: () => ((runs += 1) === 1 ? Promise.reject(pause) : Promise.resolve("ok")),
    };
    await expect(session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, port)).rejects.toBe(pause);
    expect(await session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, port)).toMatchObject({
      status: "done",
      result: "ok",
    });
    expect(types(made)).toEqual([
      "policy",
      "session",
      "intent:allow",
      "outcome:paused",
      "intent:allow",
      "outcome:done",
    ]);
  });

  it("a thread is one session for one user and agent, and nobody else's", async () => {
    const made = await bench(policy);
    const of = async (user: string, agent?: string) =>
      (
        await made.guard.session({
          user: { id: user },
          thread: "t1",
          ...(agent === undefined ? {} : { agent: { id: agent } }),
        })
      ).id;
    expect(await of("ann")).toBe(await of("ann"));
    expect(new Set([await of("ann"), await of("bob"), await of("ann", "coder")]).size).toBe(3);
  });
});

describe("a rule whose roles are proven by the host", () => {
  it("holds for those in the group only", async () => {
    const policy = bundle(
      [read],
      [allow("a", ["read"], { op: "role", name: "support", at: AT }), forbid("never", ["read"], no)],
    );
    const made = await bench(policy);
    const run = async (groups: string[] | undefined) =>
      (await made.guard.session({ user: { id: "x", ...(groups === undefined ? {} : { groups }) } }))
        .call({ tool: "read", args: { id: "x" } }, () => 1)
        .then((outcome) => outcome.status);
    expect([await run(["support"]), await run(["sales"]), await run(undefined)]).toEqual([
      "done",
      "refused",
      "refused",
    ]);
  });

  it("explains a missing grant by the nearest rule", async () => {
    const made = await bench(
      bundle(
        [read],
        [
          allow("a", ["read"], { op: "and", items: [{ op: "role", name: "manager", at: AT }], at: AT }),
          ask("q", ["read"], no),
        ],
      ),
    );
    const outcome = await (await made.session()).call({ tool: "read", args: { id: "x" } }, () => 1);
    expect(outcome.explanation).toEqual([
      "no rule grants it; nearest: allow a (test.policy:1:1) needs for manager (line 1)",
      "no rule grants it; nearest: ask q (test.policy:1:1) needs false (line 1)",
    ]);
  });
});
