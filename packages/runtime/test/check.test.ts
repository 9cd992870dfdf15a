import { describe, expect, it } from "vitest";
import type { Observed } from "../src/index.js";
import { allow, bundle, forbid } from "./bundle.js";
import { big, desk, mia, refundArgs } from "./approvals/desk.js";
import { bench, limit, pay, read, types } from "./guard-bench.js";

const refund = { tool: "refund", args: refundArgs(), callId: "c1", scope: "s" };

describe("a call that is checked and not made", () => {
  it("is clear where it may be made: nothing is run, recorded or counted", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"], undefined, { limits: [limit(1, 60_000)] })]));
    const session = await made.session();
    for (let round = 0; round < 3; round += 1)
      expect(await session.check({ tool: "read", args: { id: "x" }, callId: "1" })).toEqual({ status: "clear" });
    expect(types(made)).toEqual(["policy", "session"]);
    expect((await session.call({ tool: "read", args: { id: "x" }, callId: "1" }, () => 1)).status).toBe("done");
  });

  it("is refused and recorded like any other", async () => {
    const made = await bench(bundle([pay], [allow("a", ["pay"]), forbid("f", ["pay"])]));
    const session = await made.session();
    expect(await session.check({ tool: "pay", args: { to: "x" } })).toMatchObject({
      status: "refused",
      cause: "policy",
    });
    expect(await session.check({ tool: "pay", args: { to: 7 } })).toMatchObject({ status: "refused", cause: "input" });
    expect(await session.check({ tool: "nothing", args: {} })).toMatchObject({ status: "refused" });
    expect(types(made).filter((type) => type.startsWith("intent"))).toHaveLength(3);
  });

  it("asks a person once, and a grant is not used by looking", async () => {
    const d = await desk(big);
    const first = await d.session.check(refund);
    const again = await d.session.check(refund);
    expect([first.status, again.status]).toEqual(["waiting", "waiting"]);
    const waiting = await d.guard.approvals.list();
    expect(waiting).toHaveLength(1);
    expect(await d.guard.approvals.resolve(waiting[0]?.id ?? "", { by: mia, grant: true })).toMatchObject({ ok: true });
    expect(await d.session.check(refund)).toEqual({ status: "clear" });
    expect(await d.session.check(refund)).toEqual({ status: "clear" });
    const run = () => d.session.call(refund, () => (d.runs.count += 1));
    expect((await run()).status).toBe("done");
    expect(await d.session.check(refund)).toMatchObject({ status: "done", replayed: true });
    expect((await run()).status).toBe("done");
    expect(d.runs.count).toBe(1);
  });

  it("is refused by a guard that is closed and by a signal that fired", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"])]));
    const session = await made.session();
    expect(await session.check({ tool: "read", args: { id: "x" }, signal: AbortSignal.abort() })).toMatchObject({
      status: "refused",
      cause: "aborted",
    });
    await made.guard.close();
    expect(await session.check({ tool: "read", args: { id: "x" } })).toMatchObject({
      status: "refused",
      cause: "closed",
    });
  });

  it("tells an observer of refusals, and of nothing that only may be made", async () => {
    const seen: Observed[] = [];
    const made = await bench(bundle([read, pay], [allow("a", ["read"])]), { observe: (one) => void seen.push(one) });
    const session = await made.session();
    await session.check({ tool: "read", args: { id: "x" } });
    await session.check({ tool: "pay", args: { to: "x" } });
    expect(seen.map(({ tool, outcome }) => [tool, outcome.status])).toEqual([["pay", "refused"]]);
  });

  it("one that is under way is waited for and answered as it came out", async () => {
    const made = await bench(bundle([pay], [allow("a", ["pay"])]));
    const session = await made.session();
    const gate = Promise.withResolvers<string>();
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    const running = session.call(call, () => gate.promise);
    const checked = session.check(call);
    gate.resolve("paid");
    expect((await running).status).toBe("done");
    expect(await checked).toMatchObject({ status: "done", result: "paid" });
  });
});
