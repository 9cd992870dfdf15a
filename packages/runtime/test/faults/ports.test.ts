import type { Bundle } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  memoryAudit,
  memoryStore,
  type AuditSink,
  type GuardOptions,
  type Outcome,
  type StateStore,
} from "../../src/index.js";
import { allow, ask, AT, bundle } from "../bundle.js";
import { bench, limit, pay, read, types } from "../guard-bench.js";

/** Ways in which something outside fails its answer, each from the n-th time it is asked. */
const WAYS = {
  throws: () => {
    throw new Error("boom");
  },
  "throws what is no error": () => AbortSignal.abort("boom").throwIfAborted(),
  rejects: () => Promise.reject(new TypeError("boom")),
  "never answers": () => new Promise(() => undefined),
  "answers nothing": () => undefined,
  "answers something else": () => Promise.resolve({ ok: "yes", value: undefined, seq: "1" }),
} as const;

type Way = keyof typeof WAYS;
const ways = Object.keys(WAYS) as Way[];

function failing<T extends object>(inner: T, method: keyof T, way: Way, after: number): T {
  let asked = 0;
  return new Proxy(inner, {
    get: (target, key): unknown => (key === method && (asked += 1) > after ? WAYS[way] : Reflect.get(target, key)),
  });
}

const asks = bundle([pay], [ask("a", ["pay"])]);
const limited = bundle([pay], [allow("a", ["pay"], undefined, { limits: [limit(5, 1000)] })]);
const timeouts = { audit: 20, state: 20 };

/** Each place on a call's way where the guard asks a port: what it asks, and how often that was asked before. */
const places: [
  string,
  Bundle,
  Partial<Record<"audit", keyof AuditSink> & Record<"state", keyof StateStore>>,
  number,
][] = [
  ["the record of an intent", limited, { audit: "append" }, 2],
  ["the record of a question", asks, { audit: "append" }, 2],
  ["the journal's look", limited, { state: "get" }, 1],
  ["the look at the kill switch", limited, { state: "get" }, 2],
  ["the journal's mark", limited, { state: "compareAndSet" }, 0],
  ["the look for an approval", asks, { state: "get" }, 2],
  ["the cap of waiting approvals", asks, { state: "get" }, 3],
  ["the place to wait in", asks, { state: "compareAndSet" }, 0],
  ["the index of an approval", asks, { state: "compareAndSet" }, 1],
  ["the keeping of an approval", asks, { state: "compareAndSet" }, 2],
  ["the reservation of a limit", limited, { state: "reserve" }, 0],
  ["the start of a limit", limited, { state: "commit" }, 0],
];

describe("lesson 1: a port that fails anywhere on the way refuses the call, and nothing runs", () => {
  it.each(places.flatMap((place) => ways.map((way) => [place[0], way, place] as const)))(
    "%s %s",
    async (_, way, [, policy, { audit: sink, state: store }, after]) => {
      // `commit` and its like answer nothing, so nothing is what they may answer.
      if (store === "commit" && way.startsWith("answers")) return;
      if (store === "get" && way === "answers nothing") return;
      const audit = sink === undefined ? memoryAudit() : failing(memoryAudit(), sink, way, after);
      const state = store === undefined ? memoryStore() : failing(memoryStore(), store, way, after);
      const made = await bench(policy, { audit, state, timeouts });
      const session = await made.session();
      const outcome = await session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () => expect.unreachable());
      expect(outcome).toMatchObject({ status: "refused", cause: sink === undefined ? "state" : "audit" });
      expect(outcome.status === "refused" && outcome.message).not.toContain("boom");
    },
  );

  it.each(ways)("a log that %s at the outcome: it ran, and nothing of the result is handed on", async (way) => {
    const made = await bench(limited, { audit: failing(memoryAudit(), "append", way, 3), timeouts });
    const session = await made.session();
    let runs = 0;
    const call = (): Promise<Outcome> =>
      session.call({ tool: "pay", args: { to: "x" }, callId: "1" }, () => ((runs += 1), "SECRET"));
    const outcome = await call();
    expect(outcome).toMatchObject({ status: "failed", cause: "unrecorded" });
    expect(JSON.stringify(outcome)).not.toContain("SECRET");
    await call();
    expect(runs).toBe(1);
  });

  it.each(ways)("a log or a state that %s at the start: there is no session", async (way) => {
    const audit = await bench(limited, { audit: failing(memoryAudit(), "append", way, 1), timeouts });
    await expect(audit.session()).rejects.toMatchObject({ name: "AuditError" });
    const state = await bench(limited, { state: failing(memoryStore(), "compareAndSet", way, 0), timeouts });
    await expect(state.guard.session({ user: { id: "a" }, thread: "t" })).rejects.toMatchObject({ name: "StateError" });
  });

  it.each<[string, () => unknown]>([
    ["throws", WAYS.throws],
    ["gives no number", () => "now"],
    ["gives NaN, at which nothing would expire", () => Number.NaN],
    ["gives a fraction", () => 1.5],
    ["gives a time before 1970", () => -1],
  ])("a clock that %s", async (_, now) => {
    const clock = { broken: false, now: () => (clock.broken ? (now() as number) : 1) };
    const made = await bench(limited, { clock });
    const session = await made.session();
    clock.broken = true;
    expect(await session.call({ tool: "pay", args: { to: "x" } }, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "fault",
    });
  });

  it("timeouts that are none are misuse", async () => {
    for (const audit of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1.5, "10"])
      await expect(bench(limited, { timeouts: { audit: audit as number } })).rejects.toMatchObject({ code: "misuse" });
  });
});

describe("lesson 1: what comes late", () => {
  function slow<T extends object>(
    inner: T,
    method: keyof T,
    after: number,
  ): { readonly port: T; readonly answer: () => void } {
    let asked = 0;
    const gate = Promise.withResolvers<undefined>();
    return {
      answer: () => gate.resolve(undefined),
      port: new Proxy(inner, {
        get: (target, key) => {
          const found = Reflect.get(target, key) as unknown;
          if (key !== method || typeof found !== "function" || (asked += 1) !== after + 1) return found;
          return async (...args: readonly unknown[]) => (
            await gate.promise,
            Reflect.apply(found, target, args) as unknown
          );
        },
      }),
    };
  }
  const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));
  const call = { tool: "pay", args: { to: "x" }, callId: "1" };

  it("an intent that is written after its call was refused is followed by the outcome `aborted`", async () => {
    const audit = memoryAudit();
    const { port, answer } = slow(audit, "append", 2);
    const made = await bench(limited, { audit: port, timeouts });
    const session = await made.session();
    expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "audit" });
    answer();
    await settled();
    const last = audit.records().slice(-2);
    expect(last.map((record) => [record.type, "status" in record ? record.status : ""])).toEqual([
      ["intent", ""],
      ["outcome", "aborted"],
    ]);
  });

  it.each(["reserve", "compareAndSet"] as const)(
    "a %s that is done after its call was refused is taken back",
    async (method) => {
      const state = memoryStore();
      const { port, answer } = slow(state, method, 0);
      const made = await bench(limited, { state: port, timeouts });
      const session = await made.session();
      expect(await session.call(call, () => expect.unreachable())).toMatchObject({ status: "refused", cause: "state" });
      answer();
      await settled();
      expect(await state.list("call/")).toEqual([]);
      for (let i = 0; i < 5; i += 1)
        expect(await session.call({ ...call, callId: `again ${i}` }, () => "paid")).toMatchObject({ status: "done" });
    },
  );

  it("a port that never answers again is asked no more, and calls are refused at once", async () => {
    let asked = 0;
    const state = new Proxy(memoryStore(), {
      get: (target, key) =>
        key === "reserve" ? () => ((asked += 1), new Promise(() => undefined)) : (Reflect.get(target, key) as unknown),
    });
    const made = await bench(limited, { state, timeouts: { state: 1 } });
    const session = await made.session();
    const one = (): Promise<Outcome> => session.call({ tool: "pay", args: { to: "x" } }, () => expect.unreachable());
    await Promise.all(Array.from({ length: 1024 }, one));
    const before = asked;
    expect(await one()).toMatchObject({ status: "refused", cause: "state" });
    expect([before, asked]).toEqual([1024, 1024]);
  });
});

describe("lessons 1 and 5: a fact that fails is unknown, refuses, and stands in the record", () => {
  const fact = {
    name: "score",
    params: [],
    result: { kind: "Int" } as const,
    timeout: 20,
    at: AT,
  };
  const policy = bundle(
    [read],
    [
      allow("a", ["read"], {
        op: "compare",
        operator: "<",
        type: { kind: "Int" },
        left: { op: "fact", name: "score", args: [], at: AT },
        right: { op: "literal", type: { kind: "Int" }, value: 5, at: AT },
        at: AT,
      }),
    ],
    { facts: [fact] },
  );
  const hostile = new Proxy({}, { ownKeys: () => WAYS.throws(), get: () => WAYS.throws() });

  it.each<[string, () => unknown, string]>([
    ["throws", WAYS.throws, "error"],
    ["rejects", WAYS.rejects, "error"],
    ["never answers", WAYS["never answers"], "timeout"],
    ["answers nothing", () => undefined, "answer"],
    ["answers a text", () => "1", "answer"],
    ["answers an object that throws", () => hostile, "error"],
    ["answers an object that is a number", (): unknown => Object(1), "answer"],
  ])("one that %s", async (_, score, kind) => {
    const facts = { score } as unknown as NonNullable<GuardOptions["facts"]>;
    const made = await bench(policy, { facts });
    const outcome = await (await made.session()).call({ tool: "read", args: { id: "x" } }, () => expect.unreachable());
    expect(outcome).toMatchObject({ status: "refused", cause: "policy" });
    expect(types(made).at(-1)).toBe("intent:forbid");
    expect(made.audit.records().at(-1)).toMatchObject({
      reasons: [{ by: "default" }, { by: "fact score", kind, truth: "unknown" }],
    });
  });
});
