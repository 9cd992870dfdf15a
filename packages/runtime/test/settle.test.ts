import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore, type DoubtfulCall, type Guard, type StateStore } from "../src/index.js";
import { allow, bundle } from "./bundle.js";
import { bench, pay, type Bench } from "./guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);
const call = { tool: "pay", args: { to: "x" }, callId: "1" };
const found = { by: "max", outcome: "happened", note: "receipt 7" } as const;

/** A guard that began a call and died: the next one, on its log and its store. The thread is the same. */
async function afterCrash(): Promise<Bench & { readonly state: StateStore; make(): ReturnType<typeof made> }> {
  const state = memoryStore();
  const first = await bench(policy, { state });
  const session = await first.guard.session({ user: { id: "ann" }, thread: "t" });
  const dead = Promise.withResolvers<undefined>();
  void session.call(call, () => (dead.resolve(undefined), new Promise(() => undefined)));
  await dead.promise;
  first.forget();
  const intent = first.audit.records().findLast((record) => record.type === "intent");
  if (intent?.type !== "intent") return expect.unreachable();
  const doubtful: DoubtfulCall[] = [
    { seq: intent.seq, session: intent.session, call: intent.call, tool: intent.tool, at: intent.at },
  ];
  const audit = memoryAudit();
  const second = await bench(policy, { audit: { ...audit, doubtful }, state });
  return { ...second, audit, state, make: () => made(second.guard) };
}

async function made(guard: Guard, runs: { count: number } = { count: 0 }) {
  const session = await guard.session({ user: { id: "ann" }, thread: "t" });
  const outcome = await session.call(call, () => (runs.count += 1));
  return { status: outcome.status, cause: "cause" in outcome ? outcome.cause : undefined, runs: runs.count };
}

describe("lesson 9: a doubtful call is shown, and settled by a person alone", () => {
  it("is not run again before, by itself", async () => {
    const after = await afterCrash();
    expect(after.guard.doubtful).toHaveLength(1);
    expect(await after.make()).toEqual({ status: "failed", cause: "unknown", runs: 0 });
  });

  it("happened: it is on record, shown no more, and answered as such", async () => {
    const after = await afterCrash();
    const id = after.guard.doubtful[0]?.call ?? "";
    expect(await after.guard.settle(id, found)).toBe(true);
    expect(after.audit.records().at(-1)).toMatchObject({
      type: "outcome",
      call: id,
      status: "unknown",
      settled: found,
    });
    expect(after.guard.doubtful).toEqual([]);
    expect(await after.make()).toEqual({ status: "failed", cause: "settled", runs: 0 });
    expect(await after.guard.settle(id, found)).toBe(false);
  });

  it("did not happen: made again it is decided anew, and runs once", async () => {
    const after = await afterCrash();
    expect(
      await after.guard.settle(after.guard.doubtful[0]?.call ?? "", { by: "max", outcome: "did not happen" }),
    ).toBe(true);
    expect(await after.make()).toEqual({ status: "done", cause: undefined, runs: 1 });
    expect((await after.make()).runs).toBe(0);
  });

  it("two settlements at once are one", async () => {
    const after = await afterCrash();
    const id = after.guard.doubtful[0]?.call ?? "";
    const both = await Promise.all([
      after.guard.settle(id, found),
      after.guard.settle(id, { by: "eve", outcome: "did not happen" }),
    ]);
    expect(both).toEqual([true, false]);
    expect(await after.make()).toMatchObject({ cause: "settled", runs: 0 });
  });

  it("what the journal alone knows to be open can be settled too", async () => {
    let marks = 0;
    const state = new Proxy(memoryStore(), {
      get: (target, key): unknown =>
        key !== "compareAndSet"
          ? Reflect.get(target, key)
          : async (...args: Parameters<StateStore["compareAndSet"]>) => {
              if (args[0].startsWith("call/") && (marks += 1) === 2) throw new Error("gone");
              return target.compareAndSet(...args);
            },
    });
    const one = await bench(policy, { state });
    expect(await made(one.guard)).toMatchObject({ status: "done" });
    expect(await made(one.guard)).toMatchObject({ cause: "unknown", runs: 0 });
    const intent = one.audit.records().find((record) => record.type === "intent");
    expect(await one.guard.settle(intent?.type === "intent" ? intent.call : "", found)).toBe(true);
    expect(await made(one.guard)).toMatchObject({ cause: "settled", runs: 0 });
  });

  it("is refused for a call that runs, one that is not doubtful, and one that does not exist", async () => {
    const one = await bench(policy);
    const session = await one.session();
    const gate = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const running = session.call(call, () => (begun.resolve(undefined), gate.promise));
    await begun.promise;
    const intent = one.audit.records().find((record) => record.type === "intent");
    const id = intent?.type === "intent" ? intent.call : "";
    await expect(one.guard.settle(id, { by: "max", outcome: "did not happen" })).rejects.toMatchObject({
      code: "call_running",
    });
    gate.resolve(undefined);
    await running;
    expect(await one.guard.settle(id, found)).toBe(false);
    for (const none of ["c_1", "", "__proto__", "c_", `c_${"0".repeat(32)}`])
      expect(await one.guard.settle(none, found)).toBe(false);
  });

  it("is not done where it cannot be recorded", async () => {
    const after = await afterCrash();
    const id = after.guard.doubtful[0]?.call ?? "";
    await after.audit.close();
    await expect(after.guard.settle(id, { by: "max", outcome: "did not happen" })).rejects.toMatchObject({
      name: "AuditError",
    });
    expect(after.guard.doubtful).toHaveLength(1);
    expect(await after.state.list("call/")).toMatchObject([{ value: { state: "started" } }]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["nobody", { outcome: "happened" }],
    ["an empty name", { by: "", outcome: "happened" }],
    ["another outcome", { by: "max", outcome: "perhaps" }],
    ["a note that is no text", { by: "max", outcome: "happened", note: {} }],
    ["a note without end", { by: "max", outcome: "happened", note: "x".repeat(4001) }],
  ])("by %s is misuse", async (_, settlement) => {
    const after = await afterCrash();
    await expect(after.guard.settle(after.guard.doubtful[0]?.call ?? "", settlement as never)).rejects.toMatchObject({
      code: "misuse",
    });
  });
});
