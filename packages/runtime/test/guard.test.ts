import type { Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type AuditSink,
  type Guard,
  type GuardOptions,
  type Session,
} from "../src/index.js";
import { allow, arg, AT, bundle, forbid } from "./bundle.js";
import { bench, limit, pay, read, types } from "./guard-bench.js";

describe("starting", () => {
  const audit = memoryAudit();
  const state = memoryStore();
  const good = bundle([read], [allow("a", ["read"])]);

  it.each<[string, Record<string, unknown>, string]>([
    ["no policy", { audit, state }, "policy_missing"],
    ["an empty policy", { policy: bundle([read], []), audit, state }, "policy_empty"],
    ["a policy that does not decode", { policy: { ...good, extra: 1 }, audit, state }, "policy_invalid"],
    ["a text that is no bundle", { policy: "allow *", audit, state }, "policy_invalid"],
    ["no log", { policy: good, state }, "audit_missing"],
    ["no state", { policy: good, audit }, "state_missing"],
    ["an option that is misspelt", { policy: good, audit, state, approver: {} }, "misuse"],
    ["nothing at all", undefined as unknown as Record<string, unknown>, "policy_missing"],
  ])("with %s does not start (lesson 3)", async (_, options, code) => {
    await expect(createGuard(options as unknown as GuardOptions)).rejects.toMatchObject({ name: "GuardError", code });
  });

  it("with a log that takes no record does not start", async () => {
    const broken: AuditSink = { ...memoryAudit(), append: () => Promise.reject(new Error("disk full")) };
    await expect(createGuard({ policy: good, audit: broken, state })).rejects.toThrow("disk full");
  });

  it("records the policy first and lists the tiers it cannot provide", async () => {
    const made = await bench(good);
    expect(made.audit.records()[0]).toMatchObject({
      type: "policy",
      policy: { digest: made.guard.policy.digest },
      mode: "enforce",
    });
    expect(made.guard.unavailable).toMatchObject([{ tier: "high", isolate: "container" }]);
  });

  it.each<[string, Parameters<Guard["session"]>[0]]>([
    ["no user id", { user: {} } as never],
    ["an empty user id", { user: { id: "" } }],
    ["a session id of the client's choosing (lesson 21)", { user: { id: "a" }, session: { id: "mine" } }],
    ["a claim of the wrong type", { user: { id: "a", groups: "support" } }],
    ["claims that are no data", { user: Object.create({ id: "a" }) as never }],
  ])("refuses a session with %s", async (_, options) => {
    const made = await bench(good);
    await expect(made.guard.session(options)).rejects.toMatchObject({ code: "identity_invalid" });
  });
});

describe("a tool that nobody guarded", () => {
  const good = bundle([read], [allow("a", ["read"])]);

  it("lesson 4: a call without a tool is refused and recorded", async () => {
    const made = await bench(good);
    const session = await made.guard.session({ user: { id: "ann" } });
    const outcome = await session.call({ tool: "stranger", args: { x: 1 } }, undefined);
    expect(outcome).toMatchObject({ status: "refused", cause: "input" });
    expect(made.audit.records()).toContainEqual(
      expect.objectContaining({ type: "intent", tool: "stranger", effect: "forbid", call: outcome.call }),
    );
  });

  it("lesson 4: what a net refused in nobody's session is an incident, and a log that takes nothing is heard of", async () => {
    const made = await bench(good);
    await made.guard.recordUnguarded("s".repeat(10_000));
    expect(made.audit.records().at(-1)).toMatchObject({
      type: "incident",
      code: "unguarded_tool",
      tool: "s".repeat(512),
    });
    await made.guard.close();
    await expect(made.guard.recordUnguarded("stranger")).rejects.toMatchObject({ name: "AuditError" });
  });
});

describe("a call", () => {
  it("records the intent before the effect and the outcome after", async () => {
    const made = await bench(bundle([pay], [allow("a", ["pay"])]));
    const session = await made.session();
    const seen: string[][] = [];
    const outcome = await session.call(
      { tool: "pay", args: { to: "c9", note: "hello SECRET" } },
      () => (seen.push(types(made)), { ok: true }),
    );
    expect(outcome).toMatchObject({ status: "done", result: { ok: true } });
    expect(seen).toEqual([["policy", "session", "intent:allow"]]);
    expect(types(made)).toEqual(["policy", "session", "intent:allow", "outcome:done"]);
    expect(made.audit.records()[2]).toMatchObject({
      tool: "pay",
      args: { masked: { to: "c9", note: "<Text, 14 characters>" } },
      isolation: { tier: "low", backend: "inline", proven: [] },
    });
    expect(made.audit.text()).not.toContain("SECRET");
  });

  it("gives the tool the canonical arguments and nothing else", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"])]));
    const session = await made.session();
    const given: Json[] = [];
    const args = { id: "e\u0301" };
    await session.call({ tool: "read", args }, (canonical) => given.push(canonical));
    expect(given).toEqual([{ id: "é" }]);
    expect(given[0]).not.toBe(args);
  });

  it("that changes its arguments while it is decided runs with those that were decided", async () => {
    const made = await bench(
      bundle(
        [pay],
        [
          allow("a", ["pay"], {
            op: "compare",
            operator: "==",
            type: { kind: "Id" },
            left: arg("to"),
            right: { op: "literal", type: { kind: "Id" }, value: "good", at: AT },
            at: AT,
          }),
        ],
      ),
    );
    const session = await made.session();
    const args = { to: "good" };
    const running = session.call({ tool: "pay", args }, (canonical) => canonical);
    args.to = "evil";
    expect(await running).toMatchObject({ status: "done", result: { to: "good" } });
  });

  it("that is refused never runs, is recorded, and tells the model little and people much", async () => {
    const made = await bench(
      bundle([pay], [forbid("closed", ["pay"], undefined, { because: "The till is closed" }), allow("a", ["pay"])]),
    );
    const session = await made.session();
    const outcome = await session.call({ tool: "pay", args: { to: "c9" } }, () => expect.unreachable());
    expect(outcome).toMatchObject({
      status: "refused",
      cause: "policy",
      decision: { effect: "forbid" },
      explanation: ["forbid closed (test.policy:1:1): The till is closed"],
    });
    expect(outcome.status === "refused" && outcome.message).not.toContain("closed");
    expect(types(made)).toEqual(["policy", "session", "intent:forbid"]);
  });

  it.each<[string, unknown]>([
    ["a class instance", new Date()],
    ["a getter", Object.defineProperty({}, "to", { enumerable: true, get: () => "x" })],
    ["text", "to=c9"],
    ["nothing", undefined],
    ["too deep", JSON.parse("[".repeat(50) + "]".repeat(50))],
  ])("with %s for arguments is refused as input", async (_, args) => {
    const made = await bench(bundle([pay], [allow("a", ["pay"])]));
    const session = await made.session();
    expect(await session.call({ tool: "pay", args }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "input",
    });
    expect(types(made).at(-1)).toBe("intent:forbid");
  });

  it("that throws, or throws something odd, is a failure with a message, and the log holds no words of it (lesson 27)", async () => {
    const made = await bench(bundle([pay], [allow("a", ["pay"])]));
    const session = await made.session();
    /** Throws anything at all, as a tool in JavaScript may. */
    const failing = (error: unknown): void => AbortSignal.abort(error).throwIfAborted();
    const thrown: unknown[] = [
      new TypeError("token=SECRET"),
      "SECRET",
      null,
      {
        toString: () => {
          throw new Error("SECRET");
        },
      },
    ];
    for (const error of thrown) {
      const outcome = await session.call({ tool: "pay", args: { to: "c9" } }, () => failing(error));
      expect(outcome).toMatchObject({ status: "failed", cause: "error" });
    }
    expect(types(made).filter((type) => type === "outcome:failed")).toHaveLength(4);
    expect(made.audit.text()).not.toContain("SECRET");
  });

  it("that takes longer than its tier allows ends, and what comes later is not heard", async () => {
    const short = bundle([read], [allow("a", ["read"])], {
      tiers: [{ name: "low", isolate: "inline", network: [], read: [], write: [], env: [], time: 20, at: AT }],
    });
    const made = await bench(short);
    const session = await made.session();
    let told: unknown;
    const outcome = await session.call(
      { tool: "read", args: { id: "x" } },
      (_, signal) => new Promise(() => signal.addEventListener("abort", () => void (told = String(signal.reason)))),
    );
    expect(outcome).toMatchObject({ status: "failed", cause: "timeout" });
    expect(String(told)).toContain("20 ms");
    expect(types(made).at(-1)).toBe("outcome:timeout");
  });

  it("that is aborted before it is made does not run; aborted while it runs, is recorded so", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"])]));
    const session = await made.session();
    expect(
      await session.call({ tool: "read", args: { id: "x" }, signal: AbortSignal.abort() }, () => expect.unreachable()),
    ).toMatchObject({ status: "refused", cause: "aborted" });
    expect(types(made).at(-1)).toBe("intent:forbid");
    const controller = new AbortController();
    const running = session.call(
      { tool: "read", args: { id: "x" }, signal: controller.signal },
      () => (controller.abort(), new Promise(() => undefined)),
    );
    expect(await running).toMatchObject({ status: "failed", cause: "aborted" });
    expect(types(made).at(-1)).toBe("outcome:aborted");
  });

  it("that needs a tier this guard has not got is refused, never run in a weaker one (lesson 14)", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"], undefined, { isolate: "high" })]));
    const session = await made.session();
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "tier",
    });
  });

  it("after close is refused", async () => {
    const made = await bench(bundle([read], [allow("a", ["read"])]));
    const session = await made.session();
    await made.guard.close();
    expect(await session.call({ tool: "read", args: { id: "x" } }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "closed",
    });
    await expect(made.session()).rejects.toMatchObject({ code: "guard_closed" });
  });
});

describe("an observer", () => {
  it("sees each call with its outcome and times, and has no part in it", async () => {
    const seen: [string, string][] = [];
    const observe: NonNullable<GuardOptions["observe"]> = ({ tool: name, outcome, ms, toolMs }) => {
      seen.push([name, outcome.status]);
      expect(ms).toBeGreaterThanOrEqual(toolMs);
      throw new Error("no");
    };
    const made = await bench(bundle([pay, read], [allow("a", ["read"])]), { observe });
    const session = await made.session();
    expect((await session.call({ tool: "read", args: { id: "x" }, callId: "1" }, () => 1)).status).toBe("done");
    expect((await session.call({ tool: "pay", args: { to: "x" } }, () => 1)).status).toBe("refused");
    expect(seen).toEqual([
      ["read", "done"],
      ["pay", "refused"],
    ]);
  });
});

describe("a part of the guard that fails refuses the call (lesson 1)", () => {
  function failing<T extends object>(inner: T, method: keyof T, error: Error, after = 0): T {
    let calls = 0;
    return new Proxy(inner, {
      get: (target, key) =>
        key === method && (calls += 1) > after ? () => Promise.reject(error) : (Reflect.get(target, key) as unknown),
    });
  }
  const policy = bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(5, 1000)] })]);
  const make = (session: Session): Promise<unknown> =>
    session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () => expect.unreachable());

  it.each(["get", "compareAndSet", "reserve", "commit"] as const)("state.%s", async (method) => {
    const made = await bench(policy, {
      // The first look is the guard's own, at its start.
      state: failing(
        memoryStore(),
        method,
        Object.assign(new Error("gone"), { name: "StateError" }),
        method === "get" ? 1 : 0,
      ),
    });
    expect(await make(await made.session())).toMatchObject({ status: "refused", cause: "state" });
    expect(types(made)).toContain("incident");
  });

  it("audit.append: the call is refused and costs no limit", async () => {
    const state = memoryStore();
    const audit = failing(memoryAudit(), "append", Object.assign(new Error("ENOSPC"), { name: "AuditError" }), 2);
    const made = await bench(policy, { audit, state });
    const session = await made.session();
    for (let i = 0; i < 10; i += 1) expect(await make(session)).toMatchObject({ status: "refused", cause: "audit" });
    expect(
      (await state.reserve("probe", [{ key: 'limit/["test","a",0]', count: 1, window: 1000 }], made.clock.time)).ok,
    ).toBe(true);
    expect(await state.list("call/")).toEqual([]);
  });

  it("audit.append of the outcome: the effect happened, the result is withheld, and the call is not repeated", async () => {
    const made = await bench(policy, {
      audit: failing(memoryAudit(), "append", Object.assign(new Error("EIO"), { name: "AuditError" }), 3),
    });
    const session = await made.session();
    let runs = 0;
    const call = (): Promise<unknown> =>
      session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () => (runs += 1));
    expect(await call()).toMatchObject({ status: "failed", cause: "unrecorded" });
    await call();
    expect(runs).toBe(1);
  });
});
