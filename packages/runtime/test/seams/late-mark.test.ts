import { expect, it } from "vitest";
import { memoryStore } from "../../src/index.js";
import { allow, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);
const call = { tool: "pay", args: { to: "x" }, callId: "1" };

it("a mark whose answer came too late takes back no other mark that was set after a person settled the call", async () => {
  const inner = memoryStore();
  const late = Promise.withResolvers<void>();
  let first = true;
  const state = {
    ...inner,
    compareAndSet: async (...args: Parameters<typeof inner.compareAndSet>) => {
      const set = await inner.compareAndSet(...args);
      if (first && args[0].startsWith("call/")) {
        first = false;
        await late.promise;
      }
      return set;
    },
  };
  const made = await bench(policy, { state, timeouts: { state: 50 } });
  const session = await made.session();
  const { call: id } = await session.call(call, () => expect.unreachable());
  expect(await made.guard.settle(id, { by: "boss", outcome: "did not happen" })).toBe(true);
  let runs = 0;
  const run = async (): Promise<number> => {
    late.resolve();
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    return (runs += 1);
  };
  expect(await session.call(call, run)).toMatchObject({ status: "done", replayed: false });
  expect(await session.call(call, run)).toMatchObject({ status: "done", replayed: true });
  expect(runs).toBe(1);
});
