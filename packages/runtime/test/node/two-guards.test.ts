import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard, memoryAudit, type Guard, type Session } from "../../src/index.js";
import { fileStore } from "../../src/node/index.js";
import { allow, bundle } from "../bundle.js";
import { limit, pay } from "../guard-bench.js";
import { temporaryFolder } from "./temporary.js";

const guards: Guard[] = [];
afterEach(async () => void (await Promise.all(guards.splice(0).map((guard) => guard.close()))));

/** Guards as in several processes: each with a log of its own and its own opening of one store. */
async function sessions(count: number, limits: readonly ReturnType<typeof limit>[]): Promise<readonly Session[]> {
  const folder = join(temporaryFolder(), "state");
  const made: Session[] = [];
  for (let i = 0; i < count; i += 1) {
    const guard = await createGuard({
      policy: bundle([pay], [allow("a", ["pay"], undefined, { limits: [...limits] })]),
      audit: memoryAudit(),
      state: await fileStore(folder),
    });
    guards.push(guard);
    made.push(await guard.session({ user: { id: "ann" }, thread: "t" }));
  }
  return made;
}

describe("several guards on one store", () => {
  it("lesson 9: a call made by all of them at once runs once", async () => {
    const all = await sessions(4, []);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    let runs = 0;
    for (let step = 0; step < 30; step += 1) {
      const call = { tool: "pay", args: { to: "x" }, callId: String(step) };
      const outcomes = await Promise.all(all.map((session) => session.call(call, () => ({ run: (runs += 1) }))));
      expect(runs).toBe(step + 1);
      for (const outcome of outcomes)
        if (outcome.status === "done") expect(outcome.result).toEqual({ run: runs });
        else expect(outcome).toMatchObject({ status: "failed", cause: "unknown", replayed: true });
      for (const session of all)
        expect(await session.call(call, () => expect.unreachable())).toMatchObject({
          status: "done",
          replayed: true,
          result: { run: runs },
        });
    }
  });

  it("lesson 13: 600 calls at once over all of them at a session's limit of 50 run 50", async () => {
    const all = await sessions(3, [limit(50, "session")]);
    const calls = all.flatMap((session) => Array.from({ length: 200 }, () => session));
    let runs = 0;
    const outcomes = await Promise.all(
      calls.map((session, i) => session.call({ tool: "pay", args: { to: `x${i}` } }, () => (runs += 1))),
    );
    expect(runs).toBe(50);
    expect(outcomes.filter((outcome) => outcome.status === "done").length).toBe(50);
    expect(outcomes.filter((outcome) => outcome.status === "refused" && outcome.cause === "limit").length).toBe(550);
  });

  it("a session that one of them ended makes no call in any", async () => {
    const all = await sessions(3, []);
    await all[0]?.end();
    for (const session of all)
      expect(await session.call({ tool: "pay", args: { to: "x" } }, () => expect.unreachable())).toMatchObject({
        status: "refused",
        cause: "ended",
      });
  });
});
