import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore } from "../../src/index.js";
import { allow, bundle } from "../bundle.js";
import { bench, limit, pay, types } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);
const call = { tool: "pay", args: { to: "x" } };
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

describe("close", () => {
  it("waits for what is under way, refuses what comes, and records both", async () => {
    const made = await bench(policy);
    const session = await made.session();
    const gate = Promise.withResolvers<string>();
    const running = session.call(call, () => gate.promise);
    await turn();
    const closing = made.guard.close();
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "closed" });
    expect(types(made).at(-1)).toBe("intent:forbid");
    gate.resolve("paid");
    expect(await running).toMatchObject({ status: "done", result: "paid" });
    await closing;
    expect(types(made).at(-1)).toBe("outcome:done");
  });

  it("aborts what is under way after the drain, and its outcome is recorded", async () => {
    const made = await bench(policy);
    const session = await made.session();
    let reason: unknown;
    const running = session.call(
      call,
      (_, signal) => new Promise(() => signal.addEventListener("abort", () => void (reason = signal.reason))),
    );
    await turn();
    await made.guard.close({ drain: 10 });
    expect(await running).toMatchObject({ status: "failed", cause: "aborted" });
    expect(String(reason)).toContain("the guard was closed");
    expect(made.audit.records().at(-1)).toMatchObject({ type: "outcome", status: "aborted", error: "closed" });
  });

  it("refuses after the drain a call that has not started, and gives back its place", async () => {
    const limited = bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(1, "session")] })]);
    const gate = Promise.withResolvers<undefined>();
    const audit = memoryAudit();
    let held = false;
    const slow = {
      ...audit,
      append: async (...args: Parameters<typeof audit.append>) => {
        if (args[0].type === "intent" && !held) {
          held = true;
          await gate.promise;
        }
        return audit.append(...args);
      },
    };
    const made = await bench(limited, { audit: slow });
    const session = await made.session();
    const running = session.call(call, () => expect.unreachable());
    await turn();
    const closing = made.guard.close({ drain: 5 });
    await new Promise((resolve) => setTimeout(resolve, 15));
    gate.resolve(undefined);
    expect(await running).toMatchObject({ status: "refused", cause: "closed" });
    await closing;
    expect(audit.records().at(-1)).toMatchObject({ type: "outcome", status: "aborted", error: "not started" });
  });

  it("twice at once, from within a call, and after the end, is one close", async () => {
    const made = await bench(policy);
    const session = await made.session();
    const inner: Promise<void>[] = [];
    const running = session.call(call, () => void inner.push(made.guard.close(), made.guard.close({ drain: 0 })));
    expect(await running).toMatchObject({ status: "done" });
    await Promise.all(inner);
    await made.guard.close();
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "closed" });
  });

  it("lets go of the state where the log fails, and says so", async () => {
    let closed = 0;
    const made = await bench(policy, {
      audit: { ...memoryAudit(), close: () => Promise.reject(new Error("EIO")) },
      state: new Proxy(memoryStore(), {
        get: (target, key): unknown => (key === "close" ? async () => void (closed += 1) : Reflect.get(target, key)),
      }),
    });
    const closing = made.guard.close();
    await expect(closing).rejects.toMatchObject({ name: "AuditError", message: "The audit log failed: EIO" });
    expect(closed).toBe(1);
    made.forget();
  });

  it.each([-1, Number.NaN, 1.5, Number.POSITIVE_INFINITY, "1"])(
    "refuses a drain of %s and stays open",
    async (drain) => {
      const made = await bench(policy);
      await expect(made.guard.close({ drain: drain as number })).rejects.toMatchObject({ code: "misuse" });
      expect(await (await made.session()).call(call, () => 1)).toMatchObject({ status: "done" });
    },
  );
});
