import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore, StateError } from "../../src/index.js";
import { allow, ask, bundle } from "../bundle.js";
import { bench, limit, pay, types } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(2, "session")] })]);
const call = { tool: "pay", args: { to: "x" }, callId: "1" };
const ended = { status: "refused", cause: "ended" };
const shared = () => ({ ...memoryStore(), close: () => Promise.resolve() });

describe("a session that is ended", () => {
  it("makes no call any more, in this object, in others of its thread, and in other processes; it is recorded", async () => {
    const state = shared();
    const [made, elsewhere] = [await bench(policy, { state }), await bench(policy, { state })];
    const of = (one: typeof made) => one.guard.session({ user: { id: "ann" }, thread: "t" });
    const [first, second, third] = [await of(made), await of(made), await of(elsewhere)];
    expect(await first.call(call, () => 1)).toMatchObject({ status: "done" });
    await first.end();
    await first.end();
    for (const session of [first, second, third]) {
      expect(await session.call(call, () => expect.unreachable())).toMatchObject(ended);
      expect(await session.call({ ...call, callId: "2" }, () => expect.unreachable())).toMatchObject(ended);
      expect(await session.call({ tool: "pay", args: { to: "y" } }, () => expect.unreachable())).toMatchObject(ended);
    }
    for (const one of [made, elsewhere]) await expect(of(one)).rejects.toMatchObject({ code: "session_ended" });
    expect(made.audit.records().some((record) => record.type === "incident" && record.code === "session_ended")).toBe(
      true,
    );
    expect(types(made)).toContain("intent:forbid");
    const other = await made.guard.session({ user: { id: "ann" }, thread: "another" });
    expect(await other.call(call, () => 1)).toMatchObject({ status: "done", replayed: false });
  });

  it("leaves nothing of its own in the store but that it ended, and nothing of others' is gone", async () => {
    const state = shared();
    const made = await bench(policy, { state });
    const [one, two] = [await made.session("ann"), await made.session("bob")];
    for (const session of [one, two]) {
      expect(await session.call(call, () => 1)).toMatchObject({ status: "done" });
      await session.paused("step", ["who"]);
    }
    await one.end();
    const keys = (await state.list("")).map(({ key }) => key);
    expect(keys.filter((key) => key.includes(one.id))).toEqual([`ended/${one.id}`]);
    expect(keys.filter((key) => key.includes(two.id)).length).toBe(2);
    const again = { ...call, callId: "2" };
    expect(await two.call(again, () => 1)).toMatchObject({ status: "done" });
    expect(await two.call({ ...call, callId: "3" }, () => expect.unreachable())).toMatchObject({ cause: "limit" });
  });

  it("writes nothing more of what a thread's session remembered, when the guard closes either", async () => {
    const state = shared();
    const made = await bench(policy, { state });
    const session = await made.guard.session({ user: { id: "ann" }, thread: "t" });
    session.heard("user", "hello");
    await session.call(call, () => 1);
    expect((await state.read(`memory/${session.id}`)).values.length).toBeGreaterThan(0);
    await session.end();
    session.heard("user", "hello again");
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(ended);
    made.forget();
    await made.guard.close();
    expect((await state.read(`memory/${session.id}`)).values).toEqual([]);
  });

  it("lets no call begin whose mark was set after the session's marks were forgotten", async () => {
    const state = shared();
    const gate = Promise.withResolvers<void>();
    let held = false;
    const slow = {
      ...state,
      compareAndSet: async (...args: Parameters<typeof state.compareAndSet>) => {
        if (args[0].startsWith("call/")) {
          held = true;
          await gate.promise;
        }
        return state.compareAndSet(...args);
      },
    };
    const free = bundle([pay], [allow("a", ["pay"])]);
    const [made, elsewhere] = [await bench(free, { state: slow }), await bench(free, { state })];
    const of = (one: typeof made) => one.guard.session({ user: { id: "ann" }, thread: "t" });
    const [late, other] = [await of(made), await of(elsewhere)];
    const running = late.call(call, () => expect.unreachable());
    await expect.poll(() => held).toBe(true);
    expect(await other.call(call, () => 1)).toMatchObject({ status: "done" });
    await other.end();
    gate.resolve();
    expect(await running).toMatchObject(ended);
  });

  it("lets a call that is under way end, and forgets that too", async () => {
    const state = shared();
    const made = await bench(policy, { state });
    const session = await made.session();
    const gate = Promise.withResolvers<void>();
    const running = session.call(call, () => gate.promise);
    await expect.poll(async () => (await state.list("call/")).length).toBe(1);
    await session.end();
    gate.resolve();
    expect(await running).toMatchObject({ status: "done" });
    expect((await state.list("")).map(({ key }) => key)).toEqual([`ended/${session.id}`]);
  });

  it("cannot be revived by a grant that waited", async () => {
    const made = await bench(bundle([pay], [ask("q", ["pay"])]));
    const session = await made.session("ann");
    const waiting = await session.call(call, () => expect.unreachable());
    expect(waiting.status).toBe("waiting");
    await session.end();
    if (waiting.status === "waiting")
      await made.guard.approvals.resolve(waiting.approval.id, { by: { id: "bob", groups: ["manager"] }, grant: true });
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(ended);
  });

  it("is ended here where the store or the log fails, and forgets nothing before that is known", async () => {
    for (const broken of ["log", "store"]) {
      const [state, audit] = [memoryStore(), memoryAudit()];
      let fails = false;
      const forgotten: string[] = [];
      const made = await bench(policy, {
        state: {
          ...state,
          compareAndSet: (...args) =>
            fails && broken === "store"
              ? Promise.reject(new StateError("state_full", "no room"))
              : state.compareAndSet(...args),
          forget: (prefix) => {
            forgotten.push(prefix);
            return state.forget(prefix);
          },
        },
        audit: {
          ...audit,
          append: (record, options) =>
            fails && broken === "log" ? Promise.reject(new Error("no log")) : audit.append(record, options),
        },
      });
      const session = await made.session();
      await session.call(call, () => 1);
      fails = true;
      await expect(session.end()).rejects.toThrow(/no room|no log/);
      expect(forgotten).toEqual([]);
      fails = false;
      expect(await session.call({ ...call, callId: "2" }, () => expect.unreachable())).toMatchObject(ended);
      await session.end();
      expect(forgotten.length).toBeGreaterThan(0);
    }
  });

  it("is refused where the store does not say whether it ended", async () => {
    const state = memoryStore();
    const made = await bench(policy, {
      state: {
        ...state,
        get: (key) =>
          key.startsWith("ended/") ? Promise.reject(new StateError("state_unavailable", "gone")) : state.get(key),
      },
    });
    const session = await made.guard.session({ user: { id: "ann" }, thread: "t" });
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "state" });
    await expect(made.guard.session({ user: { id: "ann" }, thread: "t" })).rejects.toMatchObject({
      code: "state_unavailable",
    });
  });
});
