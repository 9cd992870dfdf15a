import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore, type Guard, type Session, type StateStore } from "../../src/index.js";
import { allow, ask, bundle } from "../bundle.js";
import { bench, pay, read, types } from "../guard-bench.js";

const policy = bundle([pay, read], [allow("a", ["pay", "read"])]);
const asks = bundle([pay], [ask("a", ["pay"])]);
const order = { by: "sec@corp", why: "it pays strangers" };
const call = { tool: "pay", args: { to: "x" } };
const stopped = { status: "refused", cause: "stopped" };
/** A tool that runs until its signal fires. */
const endless =
  (told: unknown[]) =>
  (_: unknown, signal: AbortSignal): Promise<never> =>
    new Promise(() => signal.addEventListener("abort", () => void told.push(signal.reason)));
const agent = (guard: Guard, id: string): Promise<Session> => guard.session({ user: { id: "ann" }, agent: { id } });

describe("the kill switch", () => {
  it("stops a tool, an agent, everything, and nothing else", async () => {
    const made = await bench(policy);
    const [one, two] = [await agent(made.guard, "one"), await agent(made.guard, "two")];
    await made.guard.stop({ tool: "pay" }, order);
    expect(await one.call(call, () => expect.unreachable())).toMatchObject(stopped);
    expect(await one.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
    await made.guard.stop({ agent: "two" }, order);
    expect(await two.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject(stopped);
    expect(await two.reply("hello")).toMatchObject(stopped);
    expect(await one.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
    await made.guard.stop("everything", order);
    expect(await one.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject(stopped);
    expect(made.guard.stopped.map(({ target }) => target)).toEqual([{ tool: "pay" }, { agent: "two" }, "everything"]);
  });

  it("tells the model nothing of who and why, and people both; the refusal and the order are on record", async () => {
    const made = await bench(policy);
    const session = await made.session();
    await made.guard.stop({ tool: "pay" }, order);
    const outcome = await session.call(call, () => expect.unreachable());
    expect(outcome.status === "refused" && outcome.message).not.toMatch(/sec|strangers/);
    expect(outcome.explanation).toEqual(["tool pay was stopped by sec@corp: it pays strangers"]);
    expect(types(made).slice(-2)).toEqual(["incident", "intent:forbid"]);
    expect(made.audit.records().at(-2)).toMatchObject({
      code: "stopped",
      tool: "pay",
      message: "tool pay, by sec@corp: it pays strangers",
    });
  });

  it("ends what is under way, at once, and its outcome is recorded", async () => {
    const made = await bench(policy);
    const [one, two] = [await agent(made.guard, "one"), await agent(made.guard, "two")];
    const told: unknown[] = [];
    const running = one.call(call, endless(told));
    const other = two.call(
      { tool: "read", args: { id: "x" } },
      () => new Promise((resolve) => setTimeout(resolve, 30)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    await made.guard.stop({ agent: "one" }, order);
    expect(await running).toMatchObject({ status: "failed", cause: "aborted" });
    expect(String(told)).toContain("it pays strangers");
    expect(made.audit.records().find((record) => record.type === "outcome")).toMatchObject({
      status: "aborted",
      error: "stopped",
    });
    expect(await other).toMatchObject({ status: "done" });
  });

  it.each(["get", "compareAndSet", "append"] as const)(
    "catches a call that is between its decision and its start (while %s is waited for)",
    async (where) => {
      const gate = Promise.withResolvers<undefined>();
      let held = false;
      const reached = Promise.withResolvers<undefined>();
      const hold = <T extends object>(inner: T): T =>
        new Proxy(inner, {
          get: (target, key): unknown => {
            const found: unknown = Reflect.get(target, key);
            if (key !== where || typeof found !== "function") return found;
            return async (...args: unknown[]): Promise<unknown> => {
              const body = args[0];
              const here =
                where === "append"
                  ? typeof body === "object" && body !== null && "effect" in body
                  : String(body).startsWith("call/");
              if (here && !held) {
                held = true;
                reached.resolve(undefined);
                await gate.promise;
              }
              return Reflect.apply(found, target, args);
            };
          },
        });
      const made = await bench(policy, {
        audit: where === "append" ? hold(memoryAudit()) : memoryAudit(),
        state: where === "append" ? memoryStore() : hold(memoryStore()),
      });
      const session = await made.session();
      const running = session.call({ ...call, callId: "1" }, () => expect.unreachable());
      await reached.promise;
      const ordered = made.guard.stop("everything", order);
      gate.resolve(undefined);
      await ordered;
      expect(await running).toMatchObject(stopped);
    },
  );

  it("voids a grant that was given before: the call is refused when it is made again", async () => {
    const made = await bench(asks);
    const session = await made.session();
    const waiting = await session.call(call, () => expect.unreachable());
    if (waiting.status !== "waiting") return expect.unreachable();
    await made.guard.approvals.resolve(waiting.approval.id, { by: { id: "max", groups: ["managers"] }, grant: true });
    await made.guard.stop({ tool: "pay" }, order);
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(stopped);
    await made.guard.resume({ tool: "pay" }, order);
    expect(await session.call(call, () => "paid")).toMatchObject({ status: "done" });
  });

  it("holds after a restart, and for another process on the same store", async () => {
    const state = memoryStore();
    const one = await bench(policy, { state });
    const two = await bench(policy, { state });
    const session = await two.session();
    expect(await session.call(call, () => 1)).toMatchObject({ status: "done" });
    await one.guard.stop({ tool: "pay" }, order);
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(stopped);
    const three = await bench(policy, { state });
    expect(three.guard.stopped).toMatchObject([{ target: { tool: "pay" }, ...order }]);
    expect(await (await three.session()).call(call, () => expect.unreachable())).toMatchObject(stopped);
    expect(await two.guard.resume({ tool: "pay" }, order)).toBe(true);
    expect(await (await three.session()).call(call, () => 1)).toMatchObject({ status: "done" });
  });

  it("ends calls under way in another process", async () => {
    const state = memoryStore();
    const [one, two] = [await bench(policy, { state }), await bench(policy, { state })];
    const session = await two.session();
    const running = session.call(call, endless([]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await one.guard.stop("everything", order);
    expect(await running).toMatchObject({ status: "failed", cause: "aborted" });
  });

  it("is lifted by a person alone, on record, and not where the record cannot be written", async () => {
    const audit = memoryAudit();
    let full = false;
    const failing = {
      ...audit,
      append: async (...args: Parameters<typeof audit.append>) => {
        if (full) throw new Error("disk full");
        return audit.append(...args);
      },
    };
    const made = await bench(policy, { audit: failing });
    const session = await made.session();
    await made.guard.stop({ tool: "pay" }, order);
    full = true;
    await expect(made.guard.resume({ tool: "pay" }, order)).rejects.toMatchObject({ name: "AuditError" });
    full = false;
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(stopped);
    expect(await made.guard.resume({ tool: "pay" }, { by: "max", why: "mended" })).toBe(true);
    expect(audit.records().at(-1)).toMatchObject({ code: "resumed", message: "tool pay, by max: mended" });
    expect(await made.guard.resume({ tool: "pay" }, order)).toBe(false);
    expect(await session.call(call, () => 1)).toMatchObject({ status: "done" });
  });

  it("is in force here where it can be neither kept nor recorded", async () => {
    const made = await bench(policy, {
      state: new Proxy(memoryStore(), {
        get: (target, key): unknown =>
          key === "compareAndSet" ? () => Promise.reject(new Error("gone")) : Reflect.get(target, key),
      }),
    });
    const session = await made.session();
    await expect(made.guard.stop("everything", order)).rejects.toMatchObject({ name: "StateError" });
    expect(await session.call(call, () => expect.unreachable())).toMatchObject(stopped);
  });

  it.each<[string, unknown]>([
    ["a text", "none"],
    ["an object", {}],
    ["a list with a stop that names nothing", [{ target: {}, by: "a", why: "b", at: 1 }]],
    ["a list with a stop of two things", [{ target: { tool: "x", agent: "y" }, by: "a", why: "b", at: 1 }]],
  ])("what cannot be read in the store, %s, stops everything", async (_, value) => {
    const state: StateStore = memoryStore();
    await state.compareAndSet("stops", undefined, value as never);
    const made = await bench(policy, { state });
    expect(await (await made.session()).call(call, () => expect.unreachable())).toMatchObject(stopped);
    expect(await made.guard.resume("everything", order)).toBe(true);
    expect(await (await made.session()).call(call, () => 1)).toMatchObject({ status: "done" });
  });

  it.each<[unknown, unknown]>([
    ["all", order],
    [{}, order],
    [{ tool: "pya" }, order],
    [{ tool: "" }, order],
    [{ tool: "pay", agent: "x" }, order],
    [{ tool: "__proto__" }, order],
    ["everything", {}],
    ["everything", { by: "", why: "x" }],
    ["everything", { by: "x", why: 1 }],
    ["everything", undefined],
  ])("refuses %j by %j as misuse", async (target, by) => {
    const made = await bench(policy);
    await expect(made.guard.stop(target as never, by as never)).rejects.toMatchObject({ code: "misuse" });
  });

  it("lesson 30: an agent with a prototype's name is stopped like any other", async () => {
    const made = await bench(policy);
    for (const id of ["__proto__", "constructor", "toString"]) {
      const session = await agent(made.guard, id);
      expect(await session.call(call, () => 1)).toMatchObject({ status: "done" });
      await made.guard.stop({ agent: id }, order);
      expect(await session.call(call, () => expect.unreachable())).toMatchObject(stopped);
    }
  });

  it("a store that does not answer at the last look refuses", async () => {
    let broken = false;
    const state = new Proxy(memoryStore(), {
      get: (target, key): unknown =>
        key === "get" && broken ? () => new Promise(() => undefined) : Reflect.get(target, key),
    });
    const guard = await createGuard({ policy, audit: memoryAudit(), state, timeouts: { state: 10 } });
    const session = await guard.session({ user: { id: "a" } });
    broken = true;
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "state" });
    await guard.close();
  });
});
