import type { Bundle } from "@writ/ir";
import { afterEach } from "vitest";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Clock,
  type Guard,
  type GuardOptions,
  type Session,
  type StateStore,
} from "../src/index.js";
import { AT, tool } from "./bundle.js";

/** A tool that pays. */
export const pay = tool(
  "pay",
  [
    { name: "to", type: { kind: "Id" } },
    { name: "note", type: { kind: "Text" }, optional: true },
  ],
  { effects: ["pay"] },
);
/** A tool that only reads. */
export const read = tool("read", [{ name: "id", type: { kind: "Id" } }]);
/** `limit N calls per WINDOW by KEYS`. */
export const limit = (
  count: number,
  window: number | "session",
  by: Bundle["rules"][number]["limits"][number]["by"] = [],
) => ({ kind: "calls" as const, count, window, by, at: AT });

/** A guard over memory, with a clock of its own. */
export interface Bench {
  readonly guard: Guard;
  readonly audit: ReturnType<typeof memoryAudit>;
  readonly state: StateStore;
  readonly clock: Clock & { time: number };
  session(user?: string): Promise<Session>;
  /** Leaves the closing to the test. */
  readonly forget: () => void;
}

const open: Guard[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((guard) => guard.close()))));

/** Starts one; it is closed after the test. */
export async function bench(policy: Bundle, more: Partial<GuardOptions> = {}): Promise<Bench> {
  const audit = memoryAudit();
  const state = memoryStore();
  const clock = { time: 1_000_000, now: () => clock.time };
  const guard = await createGuard({ policy, audit, state, clock, ...more });
  open.push(guard);
  return {
    guard,
    audit,
    state,
    clock,
    forget: () => void open.splice(open.indexOf(guard), 1),
    session: (user = "ann") => guard.session({ user: { id: user, groups: ["support"] } }),
  };
}

/** What the log holds, a word a record. */
export const types = (made: Bench): string[] =>
  made.audit
    .records()
    .map((record) =>
      record.type === "intent"
        ? `intent:${record.effect}`
        : record.type === "outcome"
          ? `outcome:${record.status}`
          : record.type === "approval"
            ? `approval:${record.state}`
            : record.type,
    );
