import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit } from "../../src/index.js";
import { fileStore } from "../../src/node/index.js";
import { approvedCall, approvedClock, approvedPolicy, approvedSession } from "./approved.js";
import { storeProcess } from "./store-process.js";
import { temporaryFolder } from "./temporary.js";

const by = { id: "mia", groups: ["managers"] };

/** A guard, and four processes on its store that will each make the call ten times at once. */
async function scene() {
  const folder = join(temporaryFolder(), "state");
  const state = await fileStore(folder);
  const guard = await createGuard({ policy: approvedPolicy, audit: memoryAudit(), state, clock: approvedClock });
  const session = await guard.session(approvedSession);
  const asked = await session.call(approvedCall, () => expect.unreachable());
  if (asked.status !== "waiting") throw new Error(asked.status);
  const processes = ["a", "b", "c", "d"].map((name) => storeProcess("approved", folder, name, 10));
  await Promise.all(processes.map(({ open }) => open));
  const run = async (): Promise<readonly string[]> => {
    for (const one of processes) one.go();
    await Promise.all(processes.map(({ ended }) => ended));
    return processes.flatMap((one) => one.said());
  };
  return { guard, id: asked.approval.id, run };
}

const count = (said: readonly string[], word: string): number => said.filter((one) => one === word).length;

describe("lesson 10: one grant and many processes", () => {
  it("lets one call through in all of them together", async () => {
    const { guard, id, run } = await scene();
    expect(await guard.approvals.resolve(id, { by, grant: true })).toMatchObject({ ok: true });
    const said = await run();
    expect([count(said, "ran"), count(said, "done")]).toEqual([1, 1]);
    expect(count(said, "waiting") + count(said, "refused")).toBe(39);
    expect(await guard.approvals.list()).toHaveLength(1);
    await guard.close();
  });

  it("that is taken back meanwhile is used or taken back, never both", async () => {
    const { guard, id, run } = await scene();
    await guard.approvals.resolve(id, { by, grant: true });
    const [said, revoked] = await Promise.all([run(), guard.approvals.revoke(id, { by })]);
    expect(count(said, "ran")).toBe(revoked.ok ? 0 : 1);
    await guard.close();
  });

  it("is given by one of those who decide at once, and the others see what it came to", async () => {
    const { guard, id, run } = await scene();
    const words = [true, false, true].map((grant, i) =>
      guard.approvals.resolve(id, { by: { id: `m${i}`, groups: ["managers"] }, grant }),
    );
    expect((await Promise.all(words)).filter(({ ok }) => ok)).toHaveLength(1);
    const granted = (await guard.approvals.get(id))?.status === "granted";
    expect(count(await run(), "ran")).toBe(granted ? 1 : 0);
    await guard.close();
  });
});
