import { describe, expect, it } from "vitest";
import { memoryStore } from "../src/index.js";
import { Journal, pruneJournal } from "../src/call/journal.js";
import { allow, bundle } from "./bundle.js";
import { bench, pay } from "./guard-bench.js";

const DAY = 86_400_000;
const KEEP = { entries: 90 * DAY, resultBytes: 1_000_000 };

describe("how long the journal remembers", () => {
  it("forgets calls that ended long before the newest, and never one that is doubtful", async () => {
    const state = memoryStore();
    const journal = new Journal(state);
    for (const [day, key] of [
      [0, "old/done"],
      [0, "old/failed"],
      [0, "old/doubtful"],
      [50, "s/done"],
      [100, "s/newest"],
    ] as const)
      await journal.start(key, { call: key, at: day * DAY });
    await journal.failed("old/failed", "error", "no");
    for (const key of ["old/done", "s/done", "s/newest"]) await journal.done(key, key);
    expect(await pruneJournal(state, KEEP)).toEqual({ entries: 2, results: 0 });
    expect(await journal.look("old/doubtful")).toEqual({ state: "started" });
    expect(await journal.look("old/done")).toEqual({ state: "new" });
    expect(await journal.look("s/done")).toEqual({ state: "done", kept: true, result: "s/done" });
    expect(await pruneJournal(state, KEEP)).toEqual({ entries: 0, results: 0 });
  });

  it("drops the results of older calls where there are many, and remembers that they ran", async () => {
    const state = memoryStore();
    const journal = new Journal(state);
    for (let i = 0; i < 10; i += 1) {
      await journal.start(`s/${i}`, { call: `c_${i}`, at: i });
      await journal.done(`s/${i}`, "r".repeat(998));
    }
    expect(await pruneJournal(state, { ...KEEP, resultBytes: 4000 })).toEqual({ entries: 0, results: 6 });
    for (let i = 0; i < 10; i += 1) expect(await journal.look(`s/${i}`)).toMatchObject({ state: "done", kept: i >= 6 });
  });

  it("does not run again a call whose result was dropped; a guard starts by tidying", async () => {
    const state = { ...memoryStore(), close: () => Promise.resolve() };
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    const policy = bundle([pay], [allow("a", ["pay"])]);
    const of = async (journal?: { resultBytes: number }) =>
      (await bench(policy, { state, ...(journal === undefined ? {} : { journal }) })).guard.session({
        user: { id: "ann" },
        thread: "t",
      });
    expect(await (await of()).call(call, () => "paid")).toMatchObject({ status: "done", result: "paid" });
    const later = await of({ resultBytes: 0 });
    await expect.poll(async () => (await later.call(call, () => expect.unreachable())).status).toBe("failed");
    expect(await later.call(call, () => expect.unreachable())).toMatchObject({ cause: "unknown", replayed: true });
  });

  it("takes whole numbers only", async () => {
    for (const entries of [-1, 0.5, Number.NaN])
      await expect(bench(bundle([pay], [allow("a", ["pay"])]), { journal: { entries } })).rejects.toMatchObject({
        code: "misuse",
      });
  });
});
