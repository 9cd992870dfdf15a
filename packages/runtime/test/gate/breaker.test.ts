import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BreakerOptions, Outcome, Session } from "../../src/index.js";
import { Breaker, readBreaker } from "../../src/gate/breaker.js";
import { allow, arg, AT, bundle, forbid } from "../bundle.js";
import { bench, limit, pay, read, types, type Bench } from "../guard-bench.js";

const equals = (name: string, value: string) => ({
  op: "compare" as const,
  operator: "==" as const,
  type: { kind: "Id" } as const,
  left: arg(name),
  right: { op: "literal", type: { kind: "Id" }, value, at: AT } as const,
  at: AT,
});
/** Payments to `good` are allowed, to anyone else not; reading is. */
const policy = bundle([pay, read], [allow("a", ["pay"], equals("to", "good")), allow("b", ["read"])]);
const payTo = (session: Session, to: string, callId?: string): Promise<Outcome> =>
  session.call({ tool: "pay", args: { to }, ...(callId === undefined ? {} : { callId }) }, () => "paid");
const refusedBy = (cause: string) => ({ status: "refused", cause });
const incidents = (made: Bench): readonly unknown[] =>
  made.audit.records().flatMap((record) => (record.type === "incident" ? [record.message] : []));
const breaker = (options: BreakerOptions) => bench(policy, { breaker: options });

describe("lesson 19: the same refused call repeated trips a breaker", () => {
  it("after three it is refused unlooked at, with words that help; other calls go on", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (let i = 0; i < 3; i += 1) expect(await payTo(session, "evil")).toMatchObject(refusedBy("policy"));
    const fourth = await payTo(session, "evil");
    expect(fourth).toMatchObject({
      ...refusedBy("breaker"),
      explanation: ["the breaker: the same call of pay was refused 3 times"],
    });
    expect(fourth.status === "refused" && fourth.message).toMatch(/refused 3 times.*something else/);
    expect(await payTo(session, "good")).toMatchObject({ status: "done" });
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
  });

  it("another spelling of the same canonical arguments is the same call", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (const to of ["\u00e9", "e\u0301", "\u00e9"]) await payTo(session, to);
    expect(await payTo(session, "e\u0301")).toMatchObject(refusedBy("breaker"));
  });

  it("is an incident once, and every refusal is on record with its arguments", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (let i = 0; i < 6; i += 1) await payTo(session, "evil");
    expect(incidents(made)).toEqual(["the same call of pay was refused 3 times"]);
    expect(types(made).filter((type) => type === "intent:forbid")).toHaveLength(6);
    expect(made.audit.records().at(-1)).toMatchObject({
      tool: "pay",
      args: { masked: { to: "evil" } },
      reasons: [{ by: "breaker", kind: "call" }],
    });
  });

  it("ends after its pause, and trips again at the next refusal", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (let i = 0; i < 4; i += 1) await payTo(session, "evil");
    made.clock.time += 60_000;
    expect(await payTo(session, "evil")).toMatchObject(refusedBy("policy"));
    expect(await payTo(session, "evil")).toMatchObject(refusedBy("breaker"));
    made.clock.time -= 1_000_000;
    expect(await payTo(session, "evil")).toMatchObject(refusedBy("breaker"));
  });

  it("a tool that is tried with ever other arguments is paused, also for one that would be allowed", async () => {
    const made = await breaker({ sameTool: 5 });
    const session = await made.session();
    for (let i = 0; i < 5; i += 1) expect(await payTo(session, `try${i}`)).toMatchObject(refusedBy("policy"));
    expect(await payTo(session, "good")).toMatchObject(refusedBy("breaker"));
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
    expect(await session.reply("I could not pay.")).toMatchObject({ status: "done" });
    made.clock.time += 60_000;
    expect(await payTo(session, "good")).toMatchObject({ status: "done" });
  });

  it("a session with too many refusals makes no more calls in the window, and may still answer", async () => {
    const made = await breaker({ session: 6, window: 1000, pause: 1 });
    const session = await made.session();
    for (let i = 0; i < 6; i += 1) await session.call({ tool: `no_such_${i}`, args: {} }, () => 1);
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject(refusedBy("breaker"));
    expect(await session.reply("I give up.")).toMatchObject({ status: "done" });
    expect(incidents(made)).toEqual(["6 calls of the session were refused, the last of no_such_5"]);
    const other = await made.session("bob");
    expect(await other.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
    made.clock.time += 1000;
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => 1)).toMatchObject({ status: "done" });
  });

  it("is the session's, not the object's: a thread that is taken up again is where it was", async () => {
    const made = await bench(policy);
    const thread = (): Promise<Session> => made.guard.session({ user: { id: "ann" }, thread: "t" });
    for (let i = 0; i < 3; i += 1) await payTo(await thread(), "evil");
    expect(await payTo(await thread(), "evil")).toMatchObject(refusedBy("breaker"));
  });

  it("a step that is replayed counts once", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (let i = 0; i < 10; i += 1) expect(await payTo(session, "evil", "step 1")).toMatchObject(refusedBy("policy"));
  });

  it("what a limit refuses, and what the machinery refuses, does not count", async () => {
    const limited = bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(1, 1000)] })]);
    const made = await bench(limited);
    const session = await made.session();
    await payTo(session, "x");
    for (let i = 0; i < 10; i += 1) expect(await payTo(session, "x")).toMatchObject(refusedBy("limit"));
    const signal = AbortSignal.abort();
    for (let i = 0; i < 10; i += 1)
      expect(await session.call({ tool: "pay", args: { to: "y" }, signal }, () => expect.unreachable())).toMatchObject(
        refusedBy("aborted"),
      );
  });

  it("no option makes it allow what the policy does not", async () => {
    const closed = bundle([pay], [forbid("f", ["pay"]), allow("a", ["pay"])]);
    const made = await bench(closed, { breaker: { sameCall: 1e9, sameTool: 1e9, session: 1e9, window: 1, pause: 1 } });
    const session = await made.session();
    for (let i = 0; i < 20; i += 1) expect(await payTo(session, "good")).toMatchObject(refusedBy("policy"));
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, "3", null])
      await expect(bench(closed, { breaker: { sameCall: wrong as number } })).rejects.toMatchObject({ code: "misuse" });
  });

  it("lesson 30: tools with a prototype's name are counted like any other", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (const tool of ["__proto__", "constructor", "toString"]) {
      for (let i = 0; i < 3; i += 1)
        expect(await session.call({ tool, args: {} }, () => 1)).toMatchObject(refusedBy("input"));
      expect(await session.call({ tool, args: {} }, () => 1)).toMatchObject(refusedBy("breaker"));
    }
  });

  it("keeps its memory bounded and never blocks what was never refused", () => {
    const kept = new Breaker(readBreaker({ session: 1e6, sameTool: 1e6 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(3000), fc.nat(10_000)), { maxLength: 200 }), (calls) => {
        for (const [tool, args, at] of calls)
          kept.refused({ tool: `t${tool}`, args: `${args}`, key: undefined }, "policy", at);
        expect(kept.blocks("other", () => "x", 0)).toBeUndefined();
        expect(kept.blocks("t1", () => "never made", 0)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});
