import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createGuard, memoryAudit, memoryStore, type HostPort, type Session } from "../src/index.js";
import type { AuditSink } from "../src/ports/audit-sink.js";
import type { StateStore } from "../src/ports/state-store.js";
import { allow, bundle, forbid, tool, unknown } from "./bundle.js";
import { runs } from "./runs.js";

/*
 * A plain call (allowed, no host's id, no limit, log and store in memory) takes each step at once. The same call takes the
 * long way where the log and the store have to be waited for. Both must end alike and leave the same records, whatever
 * goes wrong on the way.
 */
const policy = bundle(
  [
    tool("read"),
    tool("write", [], { effects: ["write"] }),
    tool("few"),
    tool("never"),
    tool("shaped", [], { result: { kind: "Int" } }),
  ],
  [
    allow("all", ["read", "write", "shaped"]),
    allow("few", ["few"], undefined, {
      limits: [{ kind: "calls", count: 2, window: "session", by: [], at: [0, 0, 0, 1, 1] }],
    }),
    forbid("no", ["never"], unknown),
  ],
);

/** What happens while the tool runs. */
const DURING = [
  "answers",
  "answers late",
  "throws",
  "rejects",
  "pauses",
  "is aborted",
  "stops the tool",
  "ends the session",
  "closes the log",
  "breaks the clock",
] as const;
type During = (typeof DURING)[number];

interface Made {
  readonly tool: string;
  readonly args: { readonly [name: string]: string };
  readonly during: During;
  readonly result: unknown;
  readonly callId: string | undefined;
  readonly aborted: boolean;
}

const made: fc.Arbitrary<Made> = fc.record({
  tool: fc.constantFrom("read", "read", "read", "write", "few", "never", "shaped", "none"),
  args: fc.constantFrom({}, {}, {}, { unasked: "for" }),
  during: fc.constantFrom(...DURING, "answers", "answers", "answers"),
  result: fc.constantFrom<unknown>(
    null,
    undefined,
    "text",
    7,
    { a: [1, "é\u2028"] },
    "\ud800",
    Number.NaN,
    Symbol("s"),
  ),
  callId: fc.constantFrom(undefined, undefined, undefined, "one"),
  aborted: fc.constantFrom(false, false, false, true),
});

interface Ports {
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly text: () => string;
}

function prompt(): Ports {
  const audit = memoryAudit();
  return { audit, state: memoryStore(), text: () => audit.text() };
}

/** The same behind objects that the guard does not know. */
function waitedFor(): Ports {
  const { audit, state, text } = prompt();
  const { location, durability, doubtful } = audit;
  return {
    text,
    audit: {
      location,
      durability,
      doubtful,
      append: async (body, options) => audit.append(body, options),
      close: () => audit.close(),
    },
    state: new Proxy(state, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        return typeof found === "function"
          ? (...given: unknown[]): unknown => Reflect.apply(found, target, given)
          : found;
      },
    }),
  };
}

async function story(calls: readonly Made[], { audit, state, text }: Ports): Promise<unknown> {
  let broken = false;
  const clock = {
    now: () => {
      if (broken) throw new Error("the clock is gone");
      return 1_700_000_000_000;
    },
  };
  const guard = await createGuard({ policy, audit, state, clock });
  const session = await guard.session({ user: { id: "u" } });
  const outcomes: unknown[] = [];
  const work: Promise<unknown>[] = [];
  const beside = (done: Promise<unknown>, result: unknown): Promise<unknown> => {
    work.push(done.catch(() => "failed"));
    return done.then(() => result);
  };
  for (const { tool: name, args, during, result, callId, aborted } of calls) {
    const controller = new AbortController();
    if (aborted) controller.abort();
    const pause = new Error("pause");
    const execute = (): unknown => {
      switch (during) {
        case "answers":
          return result;
        case "answers late":
          return new Promise((resolve) => setImmediate(resolve, result));
        case "throws":
          throw new TypeError("secret");
        case "rejects":
          return Promise.reject(new RangeError("secret"));
        case "pauses":
          throw pause;
        case "is aborted":
          controller.abort();
          return new Promise(() => undefined);
        case "stops the tool":
          return beside(guard.stop({ tool: "write" }, { by: "ann", why: "a test" }), result);
        case "ends the session":
          return beside(session.end(), result);
        case "closes the log":
          return beside(audit.close(), result);
        case "breaks the clock":
          broken = true;
          return result;
      }
    };
    const port: HostPort = { execute: async () => undefined, isControlFlow: (error) => error === pause };
    Reflect.set(port, "execute", execute); // a host in JavaScript may answer at once, and throw
    const call = { tool: name, args, ...(callId === undefined ? {} : { callId }), signal: controller.signal };
    outcomes.push(await ended(session, call, port));
    outcomes.push(await Promise.all(work));
    broken = false;
  }
  return { outcomes, records: alike(text()) };
}

async function ended(session: Session, ...[call, port]: Parameters<Session["call"]>): Promise<unknown> {
  try {
    const { call: id, ...outcome } = await session.call(call, port);
    return { ...outcome, known: id !== "" };
  } catch (error) {
    return { threw: error instanceof Error ? error.message : "something" };
  }
}

/**
 * The records, without what is drawn anew each time, how long a tool ran, and their order: what is ordered while a call
 * runs is recorded before or after its end.
 */
function alike(log: string): readonly string[] {
  return log
    .split("\n")
    .slice(0, -1)
    .map((line) =>
      line
        .slice(65)
        .replace(/"(prev|ms|seq)":[^,]+,/g, "")
        .replace(/\b[cs]_[0-9a-f]{32}\b/g, "drawn"),
    )
    .toSorted();
}

test("lesson 11: a call that waits for nothing ends as one that waits for everything, and leaves the same records", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 5 }), async (calls) => {
      expect(await story(calls, prompt())).toEqual(await story(calls, waitedFor()));
    }),
    { numRuns: runs(300, "slow") },
  );
});
