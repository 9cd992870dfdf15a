import { describe, expect, it } from "vitest";
import { memoryStore, type Approval, type StateStore } from "../../src/index.js";
import { ann, desk, mia } from "./desk.js";

describe("lesson 2: who waits for an approval", () => {
  it("is told when it is granted, and the call is made again by itself never", async () => {
    const d = await desk();
    const { id } = await d.asked();
    const told = Promise.all([d.guard.approvals.wait(id), d.guard.approvals.wait(id)]);
    await d.guard.approvals.resolve(id, { by: mia, grant: true });
    expect((await told).map((approval) => approval?.status)).toEqual(["granted", "granted"]);
    expect(d.runs.count).toBe(0);
    expect((await d.call()).status).toBe("done");
    expect(await d.guard.approvals.wait(id)).toMatchObject({ status: "used" });
  });

  it.each<[string, (d: Awaited<ReturnType<typeof desk>>, id: string) => Promise<unknown>, string]>([
    ["it is refused", (d, id) => d.guard.approvals.resolve(id, { by: mia, grant: false }), "rejected"],
    ["it is taken back", (d, id) => d.guard.approvals.revoke(id, { by: ann }), "revoked"],
    ["the guard closes", (d) => d.guard.close(), "pending"],
  ])("is told when %s", async (_, settle, status) => {
    const d = await desk();
    const { id } = await d.asked();
    const told = d.guard.approvals.wait(id);
    await settle(d, id);
    expect(await told).toMatchObject({ status });
    expect(d.runs.count).toBe(0);
  });

  it("and has enough of it gets what stands, which is no grant", async () => {
    const d = await desk();
    const { id } = await d.asked();
    const enough = new AbortController();
    const told = d.guard.approvals.wait(id, { signal: enough.signal });
    enough.abort();
    expect(await told).toMatchObject({ status: "pending" });
    expect(await d.guard.approvals.wait(id, { signal: AbortSignal.abort() })).toMatchObject({ status: "pending" });
    expect((await d.call()).status).toBe("waiting");
  });

  it("is told that its time is over, and it is recorded", async () => {
    const d = await desk();
    const { id, expires } = await d.asked();
    const told = d.guard.approvals.wait(id);
    d.clock.time = expires;
    expect(await told).toMatchObject({ status: "expired" });
    expect(d.states()).toEqual(["requested", "expired"]);
    expect(await d.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({ ok: false });
  });

  it("is told what another process decided", async () => {
    const state = memoryStore();
    const [one, other] = [await desk(undefined, { state }), await desk(undefined, { state })];
    const { id } = await one.asked();
    const told = one.guard.approvals.wait(id);
    await other.guard.approvals.resolve(id, { by: mia, grant: true });
    expect(await told).toMatchObject({ status: "granted", votes: [{ by: "mia" }] });
  });

  it("of nothing is told so", async () => {
    const d = await desk();
    for (const id of ["a_nope", "__proto__", "", "x".repeat(10_000)])
      expect(await d.guard.approvals.wait(id)).toBeUndefined();
  });

  it("while the store fails gets no grant out of it, and expires", async () => {
    const store = memoryStore();
    let broken = false;
    let looked = (): void => undefined;
    const state: StateStore = {
      ...store,
      get: async (key) => {
        if (broken) throw new Error("the disk is gone");
        const found = await store.get(key);
        if (key.startsWith("approval/")) looked();
        return found;
      },
    };
    const d = await desk(undefined, { state });
    const { id, expires } = await d.asked();
    const seen = new Promise<void>((resolve) => (looked = resolve));
    const told = d.guard.approvals.wait(id);
    await seen;
    broken = true;
    await d.guard.approvals.resolve(id, { by: mia, grant: true });
    d.clock.time = expires;
    expect(await told).toMatchObject({ status: "expired" });
    await expect(d.guard.approvals.wait(id)).rejects.toMatchObject({ name: "StateError" });
  });

  it("leaves nothing behind: ten thousand waits for one approval end with it", async () => {
    const d = await desk();
    const { id } = await d.asked();
    const enough = new AbortController();
    const left = Array.from({ length: 5000 }, () => d.guard.approvals.wait(id, { signal: enough.signal }));
    enough.abort();
    const kept = Array.from({ length: 5000 }, () => d.guard.approvals.wait(id));
    await d.guard.approvals.resolve(id, { by: mia, grant: false });
    const status = (all: readonly (Approval | undefined)[]) => [...new Set(all.map((one) => one?.status))];
    expect(status(await Promise.all(kept))).toEqual(["rejected"]);
    expect(["pending", "rejected"]).toEqual(expect.arrayContaining(status(await Promise.all(left))));
  });
});
