import { expect, it } from "vitest";
import { memoryAudit } from "../../src/index.js";
import { DoubtfulTracker } from "../../src/audit/doubtful.js";
import { allow, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

const call = { tool: "pay", args: { to: "x" }, callId: "1" };
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
};

it("an intent that came too late does not end, in the log, the same call made again and under way", async () => {
  const inner = memoryAudit();
  const late = Promise.withResolvers<void>();
  let first = true;
  const audit = {
    location: inner.location,
    durability: inner.durability,
    doubtful: inner.doubtful,
    close: () => inner.close(),
    append: async (...args: Parameters<typeof inner.append>) => {
      const appended = await inner.append(...args);
      if (first && args[0].type === "intent") {
        first = false;
        await late.promise;
      }
      return appended;
    },
  };
  const made = await bench(bundle([pay], [allow("a", ["pay"])]), { audit, timeouts: { audit: 50 } });
  const session = await made.session();
  expect(await session.call(call, () => expect.unreachable())).toMatchObject({ cause: "audit" });
  const tracker = new DoubtfulTracker();
  expect(
    await session.call(call, async () => {
      late.resolve();
      await turns();
      for (const [seq, record] of inner.records().entries()) tracker.observe(record, seq);
      return 1;
    }),
  ).toMatchObject({ status: "done" });
  expect(tracker.result()).toHaveLength(1);
});
