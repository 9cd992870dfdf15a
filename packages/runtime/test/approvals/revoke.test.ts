import { describe, expect, it } from "vitest";
import type { Approver } from "../../src/index.js";
import { ask, bundle } from "../bundle.js";
import { ann, desk, max, mia, refund } from "./desk.js";

describe("an approval that is taken back", () => {
  it.each<[string, Approver]>([
    ["the one who asked", ann],
    ["the one who granted it", mia],
    ["another who might have", max],
  ])("by %s before it is used runs nothing, and is recorded with who did it", async (_, by) => {
    const d = await desk();
    const { id } = await d.asked();
    await d.guard.approvals.resolve(id, { by: mia, grant: true });
    expect(await d.guard.approvals.revoke(id, { by })).toEqual({ ok: true });
    expect(await d.guard.approvals.get(id)).toMatchObject({ status: "revoked", ended: 1_000_000 });
    expect(await d.call()).toMatchObject({ status: "refused", cause: "rejected" });
    expect(d.runs.count).toBe(0);
    expect(d.states()).toEqual(["requested", "granted", "revoked"]);
    expect(d.audit.records().findLast(({ type }) => type === "approval")).toMatchObject({
      by: { id: by.id, proof: "host" },
    });
    expect(d.audit.records().at(-1)).toMatchObject({ effect: "forbid", reasons: [{}, { kind: "revoked" }] });
  });

  it("while it still waits cannot be granted any more", async () => {
    const d = await desk();
    const { id } = await d.asked();
    expect(await d.guard.approvals.revoke(id, { by: ann })).toEqual({ ok: true });
    expect(await d.guard.approvals.resolve(id, { by: mia, grant: true })).toMatchObject({ code: "not_pending" });
    expect(await d.guard.approvals.list()).toEqual([]);
    expect((await d.call()).status).toBe("refused");
  });

  it.each<[string, Approver, string]>([
    ["by a colleague without the role", { id: "bob", groups: ["support"] }, "not_eligible"],
    ["by nobody", { id: "" }, "not_eligible"],
    ["by a person whose groups are unknown", { id: "max" }, "not_eligible"],
  ])("is not %s", async (_, by, code) => {
    const d = await desk();
    const { id } = await d.asked();
    expect(await d.guard.approvals.revoke(id, { by })).toMatchObject({ ok: false, code });
    expect((await d.call()).status).toBe("waiting");
  });

  it("was not used, rejected or expired before; unknown ids are said to be unknown", async () => {
    const d = await desk();
    const used = await d.asked(1);
    await d.guard.approvals.resolve(used.id, { by: mia, grant: true });
    await d.call(1);
    const rejected = await d.asked(2);
    await d.guard.approvals.resolve(rejected.id, { by: mia, grant: false });
    const late = await d.asked(3);
    expect(await d.guard.approvals.revoke(used.id, { by: ann })).toMatchObject({ code: "not_pending" });
    expect(await d.guard.approvals.revoke(rejected.id, { by: ann })).toMatchObject({ code: "not_pending" });
    d.clock.time = late.expires;
    expect(await d.guard.approvals.revoke(late.id, { by: ann })).toMatchObject({ code: "expired" });
    for (const id of ["a_nope", "__proto__", "", "x".repeat(100_000), "\ud800"])
      expect(await d.guard.approvals.revoke(id, { by: ann })).toMatchObject({ ok: false, code: "unknown" });
  });

  it("while it is used is used or taken back, never both", async () => {
    for (let round = 0; round < 20; round += 1) {
      const d = await desk();
      const { id } = await d.asked();
      await d.guard.approvals.resolve(id, { by: mia, grant: true });
      const [outcome, revoked] = await Promise.all(
        round % 2 === 0
          ? [d.call(), d.guard.approvals.revoke(id, { by: ann })]
          : [d.call(), Promise.resolve().then(() => d.guard.approvals.revoke(id, { by: ann }))],
      );
      expect([outcome.status === "done", revoked.ok]).toEqual([d.runs.count === 1, d.runs.count === 0]);
    }
  });

  it("while somebody grants it: whoever is last in the log is what counts", async () => {
    const d = await desk();
    const { id } = await d.asked();
    const [granted, revoked] = await Promise.all([
      d.guard.approvals.resolve(id, { by: mia, grant: true }),
      d.guard.approvals.revoke(id, { by: ann }),
    ]);
    expect([granted.ok, revoked.ok]).toEqual([true, true]);
    expect(d.states()).toEqual(["requested", "granted", "revoked"]);
    expect((await d.call()).status).toBe("refused");
  });
});

describe("a remembered grant", () => {
  const remembering = bundle([refund], [
    { ...ask("big", ["refund"]), remember: { window: 3_600_000, on: [["customer"], ["amount"]] } },
  ] as never);

  async function granted() {
    const d = await desk(remembering);
    const { id } = await d.asked();
    await d.guard.approvals.resolve(id, { by: mia, grant: true });
    expect((await d.call()).status).toBe("done");
    expect((await d.call()).status).toBe("done");
    return { ...d, approval: id };
  }

  it("is listed with what it covers and who agreed, until its time is over", async () => {
    const d = await granted();
    expect(await d.guard.approvals.remembered()).toMatchObject([
      {
        tool: "refund",
        values: [{ name: "customer", text: "c9" }, { name: "amount" }],
        requester: "ann",
        demand: { rule: "big", from: ["manager"] },
        approval: d.approval,
        grantedBy: ["mia"],
        since: 1_000_000,
        until: 4_600_000,
      },
    ]);
    d.clock.time = 4_600_000;
    expect(await d.guard.approvals.remembered()).toEqual([]);
  });

  it("that is taken back covers no later call, and is recorded under its approval", async () => {
    const d = await granted();
    const [grant] = await d.guard.approvals.remembered();
    const id = grant?.id ?? "";
    expect(await d.guard.approvals.revoke(id, { by: { id: "bob", groups: ["support"] } })).toMatchObject({
      code: "not_eligible",
    });
    expect((await d.call()).status).toBe("done");
    expect(await d.guard.approvals.revoke(id, { by: ann })).toEqual({ ok: true });
    expect(await d.guard.approvals.remembered()).toEqual([]);
    expect((await d.call()).status).toBe("waiting");
    expect(await d.guard.approvals.revoke(id, { by: ann })).toMatchObject({ code: "unknown" });
    expect(d.audit.records().find((record) => record.type === "approval" && record.state === "revoked")).toMatchObject({
      approval: d.approval,
      by: { id: "ann", remembered: id },
    });
  });

  it("of another policy is not listed, and that it was taken back is nowhere claimed", async () => {
    const d = await granted();
    const [grant] = await d.guard.approvals.remembered();
    const other = await desk({ ...remembering, policy: { name: "test", version: 2 } }, { state: d.state });
    expect(await other.guard.approvals.remembered()).toEqual([]);
    expect(await other.guard.approvals.revoke(grant?.id ?? "", { by: ann })).toMatchObject({ code: "not_pending" });
  });
});
