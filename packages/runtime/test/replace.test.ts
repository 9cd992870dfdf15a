import { digest, type Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore } from "../src/index.js";
import { allow, ask, AT, bundle, forbid, tool } from "./bundle.js";
import { bench, limit, pay, read } from "./guard-bench.js";

const open = bundle([pay, read], [allow("a", ["pay", "read"])]);
const shut = bundle([pay, read], [forbid("f", ["pay"]), allow("a", ["pay", "read"])]);
const asks = bundle([pay, read], [ask("q", ["pay"]), allow("a", ["read"])]);
const call = { tool: "pay", args: { to: "x" } };
const digestOf = (policy: typeof open): string => digest(JSON.parse(JSON.stringify(policy)) as Json);
const manager = { id: "max", groups: ["managers"] };

describe("replacing the policy", () => {
  it("decides what comes by the new one, and records it first", async () => {
    const made = await bench(open);
    const session = await made.session();
    expect(await session.call(call, () => 1)).toMatchObject({ status: "done" });
    await made.guard.replace(shut);
    expect(made.guard.policy.digest).toBe(digestOf(shut));
    expect(made.audit.records().at(-1)).toMatchObject({ type: "policy", policy: { digest: digestOf(shut) } });
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "policy" });
    expect(made.audit.records().at(-1)).toMatchObject({ type: "intent", policy: digestOf(shut) });
  });

  it("leaves a call under way to the policy it began with, whatever its record says is true", async () => {
    const fact = { name: "score", params: [], result: { kind: "Bool" } as const, timeout: 5000, at: AT };
    const slow = bundle([pay, read], [allow("a", ["pay"], { op: "fact", name: "score", args: [], at: AT })], {
      facts: [fact],
    });
    const answer = Promise.withResolvers<boolean>();
    const asked = Promise.withResolvers<undefined>();
    const made = await bench(slow, { facts: { score: () => (asked.resolve(undefined), answer.promise) } });
    const session = await made.session();
    const running = session.call(call, () => "paid");
    await asked.promise;
    await made.guard.replace(shut);
    answer.resolve(true);
    expect(await running).toMatchObject({ status: "done", result: "paid" });
    const intents = made.audit.records().flatMap((record) => (record.type === "intent" ? [record.policy] : []));
    expect(intents).toEqual([digestOf(slow)]);
  });

  it("voids what waits and what was granted, and tells who waits", async () => {
    const made = await bench(asks);
    const { approvals } = made.guard;
    const session = await made.session();
    const waiting = await session.call(call, () => expect.unreachable());
    const granted = await session.call({ tool: "pay", args: { to: "y" } }, () => expect.unreachable());
    if (waiting.status !== "waiting" || granted.status !== "waiting") return expect.unreachable();
    await approvals.resolve(granted.approval.id, { by: manager, grant: true });
    const told = approvals.wait(waiting.approval.id);
    await made.guard.replace({ ...asks, policy: { name: "test", version: 2 } });
    expect((await told)?.status).not.toBe("granted");
    for (const { id } of [waiting.approval, granted.approval]) expect((await approvals.get(id))?.status).toBe("void");
    expect(await approvals.list()).toEqual([]);
    expect(await approvals.resolve(waiting.approval.id, { by: manager, grant: true })).toMatchObject({ ok: false });
    expect(await session.call({ tool: "pay", args: { to: "y" } }, () => expect.unreachable())).toMatchObject({
      status: "waiting",
    });
    expect(await approvals.list()).toHaveLength(1);
  });

  it("keeps limits, journal and the kill switch", async () => {
    const limited = (version: number) =>
      bundle([pay, read], [allow("a", ["pay"], undefined, { limits: [limit(2, "session")] })], {
        policy: { name: "test", version },
      });
    const made = await bench(limited(1));
    const session = await made.session();
    let runs = 0;
    const once = { ...call, callId: "1" };
    await session.call(once, () => (runs += 1));
    await made.guard.replace(limited(2));
    expect(await session.call(once, () => (runs += 1))).toMatchObject({ status: "done", replayed: true });
    await session.call(call, () => (runs += 1));
    expect(await session.call(call, () => (runs += 1))).toMatchObject({ status: "refused", cause: "limit" });
    expect(runs).toBe(2);
    await made.guard.stop("everything", { by: "a", why: "b" });
    await made.guard.replace(limited(3));
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ cause: "stopped" });
  });

  const label = { name: "integrity", ordered: true, values: ["trusted", "untrusted"], at: AT };
  const mail = tool("mail", [], { result: { kind: "Text" }, labels: ["untrusted"] });
  const tainted = { op: "labelled" as const, labels: [["untrusted"]], at: AT };
  const flows = (more: Partial<typeof open> = {}) =>
    bundle([pay, read, mail], [forbid("t", ["pay"], tainted), allow("a", ["pay", "read", "mail"])], {
      labels: [label],
      ...more,
    });

  it("keeps labels where they mean the same: what was read stays read", async () => {
    const made = await bench(flows());
    const [clean, dirty] = [await made.session(), await made.session()];
    await dirty.call({ tool: "mail", args: {} }, () => "buy now");
    await made.guard.replace(flows({ policy: { name: "test", version: 2 } }));
    expect(await clean.call(call, () => 1)).toMatchObject({ status: "done" });
    expect(await dirty.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "policy" });
  });

  it.each<[string, Partial<typeof open>]>([
    ["other labels", { labels: [{ ...label, values: ["untrusted", "trusted"] }] }],
    ["another meaning of results", { tools: [pay, read, { ...mail, labels: [] }] }],
  ])("knows nothing of a session under %s, and treats nothing of it as clean", async (_, more) => {
    const made = await bench(flows());
    const [before, thread] = [await made.session(), { user: { id: "ann" }, thread: "t" }];
    await made.guard.session(thread);
    await made.guard.replace(flows(more));
    for (const session of [before, await made.guard.session(thread)])
      expect(await session.call(call, () => expect.unreachable())).toMatchObject({
        status: "refused",
        cause: "policy",
      });
    expect(await (await made.session()).call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({
      status: "done",
    });
  });

  it("a delegate goes on under the new policy; one with a policy of its own has to be delegated to again", async () => {
    const made = await bench(open);
    const session = await made.guard.session({ user: { id: "ann" }, agent: { id: "head" } });
    const plain = await session.delegate({ agent: { id: "one" } });
    const narrowed = await session.delegate({ agent: { id: "two" }, policy: bundle([pay], [allow("a", ["pay"])]) });
    expect(await plain.call(call, () => 1)).toMatchObject({ status: "done" });
    expect(await narrowed.call(call, () => 1)).toMatchObject({ status: "done" });
    await made.guard.replace(shut);
    expect(await plain.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "policy" });
    await made.guard.replace({ ...open, policy: { name: "test", version: 3 } });
    expect(await plain.call(call, () => 1)).toMatchObject({ status: "done" });
    expect(await narrowed.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "ended" });
  });

  it.each<[string, unknown, string]>([
    ["is none", undefined, "policy_invalid"],
    ["is empty", bundle([read], []), "policy_empty"],
    ["does not decode", { ...open, extra: 1 }, "policy_invalid"],
    ["has another digest than expected", open, "policy_unexpected"],
    [
      "asks a fact nobody answers",
      bundle([read], [allow("a", ["read"])], { facts: [{ name: "f", params: [], result: { kind: "Bool" }, at: AT }] }),
      "facts_missing",
    ],
  ])("lesson 3: one that %s changes nothing", async (_, policy, code) => {
    const made = await bench(shut);
    const session = await made.session();
    const expected = code === "policy_unexpected" ? { expect: digestOf(shut) } : {};
    await expect(made.guard.replace(policy as typeof open, expected)).rejects.toMatchObject({ code });
    expect(made.guard.policy.digest).toBe(digestOf(shut));
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ cause: "policy" });
  });

  it("one that cannot be recorded changes nothing", async () => {
    const audit = memoryAudit();
    let full = false;
    const made = await bench(shut, {
      audit: {
        ...audit,
        append: async (...args: Parameters<typeof audit.append>) => {
          if (full) throw new Error("disk full");
          return audit.append(...args);
        },
      },
    });
    full = true;
    await expect(made.guard.replace(open)).rejects.toMatchObject({ name: "AuditError" });
    full = false;
    expect(await (await made.session()).call(call, () => expect.unreachable())).toMatchObject({ cause: "policy" });
  });

  it("twice at once ends with the later, and the log says the same", async () => {
    const made = await bench(open);
    await Promise.all([made.guard.replace(shut), made.guard.replace(asks)]);
    expect(made.guard.policy.digest).toBe(digestOf(asks));
    const policies = made.audit.records().flatMap((record) => (record.type === "policy" ? [record.policy.digest] : []));
    expect(policies).toEqual([digestOf(open), digestOf(shut), digestOf(asks)]);
  });

  it("a policy of another digest than expected does not start", async () => {
    const start = (expected: string) =>
      createGuard({ policy: open, expect: expected, audit: memoryAudit(), state: memoryStore() });
    await expect(start(digestOf(shut))).rejects.toMatchObject({ code: "policy_unexpected" });
    await expect(start("")).rejects.toMatchObject({ code: "policy_unexpected" });
    await (await start(digestOf(open))).close();
  });
});
