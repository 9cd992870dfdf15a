import type { Expression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { memoryAudit, memoryStore } from "../../src/index.js";
import { DoubtfulTracker } from "../../src/audit/doubtful.js";
import { allow, AT, bundle, forbid, yes } from "../bundle.js";
import { bench, pay, read } from "../guard-bench.js";

const paid: Expression = {
  op: "did",
  event: { tool: "pay", when: yes, outcome: "ok", within: 3_600_000, unbroken: [] },
  at: AT,
};
const once = bundle([pay, read], [allow("a", ["pay", "read"]), forbid("once", ["read"], paid)]);
const call = { tool: "pay", args: { to: "x" }, callId: "1" };
const anns = { user: { id: "ann" }, thread: "t" };

describe("the same call twice at once, through two objects of one session", () => {
  it("runs once, and the past knows that it happened", async () => {
    const made = await bench(once);
    const [one, two] = [await made.guard.session(anns), await made.guard.session(anns)];
    let runs = 0;
    const run = async (): Promise<number> => (runs += 1);
    const outcomes = await Promise.all([one.call(call, run), two.call(call, run)]);
    expect(runs).toBe(1);
    expect(outcomes).toMatchObject([{ status: "done" }, { status: "done" }]);
    expect(outcomes.filter((outcome) => "replayed" in outcome && outcome.replayed)).toHaveLength(1);
    expect(await one.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "policy",
    });
  });

  it("leaves it doubtful in the log until it ends", async () => {
    const made = await bench(bundle([pay], [allow("a", ["pay"])]));
    const [one, two] = [await made.guard.session(anns), await made.guard.session(anns)];
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const run = async (): Promise<number> => {
      begun.resolve();
      await gate.promise;
      return 1;
    };
    const both = [one.call(call, run), two.call(call, run)];
    await begun.promise;
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    const tracker = new DoubtfulTracker();
    for (const [seq, record] of made.audit.records().entries()) tracker.observe(record, seq);
    expect(tracker.result()).toHaveLength(1);
    gate.resolve();
    await Promise.all(both);
  });

  it("is known to have happened in another process too, which lost the race for its mark", async () => {
    const state = { ...memoryStore(), close: () => Promise.resolve() };
    const [here, there] = [await bench(once, { state }), await bench(once, { state, audit: memoryAudit() })];
    const [one, two] = [await here.guard.session(anns), await there.guard.session(anns)];
    let runs = 0;
    const run = async (): Promise<number> => (runs += 1);
    await Promise.all([one.call(call, run), two.call(call, run)]);
    expect(runs).toBe(1);
    for (const session of [one, two])
      expect(await session.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject({
        status: "refused",
        cause: "policy",
      });
  });
});
