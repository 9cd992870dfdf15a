import type { Bundle, Json } from "@writ/ir";
import {
  createGuard,
  memoryAudit,
  memoryStore,
  type Approval,
  type Approver,
  type Guard,
  type GuardOptions,
  type Outcome,
  type Session,
  type StateStore,
} from "../../src/index.js";
import { ask, bundle, tool } from "../bundle.js";

/** A tool that pays, which a manager has to agree to. */
export const refund = tool(
  "refund",
  [
    { name: "customer", type: { kind: "Id" } },
    { name: "amount", type: { kind: "Money" } },
    { name: "note", type: { kind: "Text" } },
  ],
  { effects: ["pay"] },
);
export const big = bundle([refund], [ask("big", ["refund"], undefined, {}, { because: "Refunds need a manager" })]);
export const refundArgs = (amount = 120): Json => ({
  customer: "c9",
  amount: { amount, currency: "USD" },
  note: "as agreed",
});

export const mia = { id: "mia", groups: ["managers"] };
export const max = { id: "max", groups: ["managers"] };
export const ann = { id: "ann", groups: ["support"] };

export interface Desk {
  readonly guard: Guard;
  readonly audit: ReturnType<typeof memoryAudit>;
  readonly state: StateStore;
  readonly clock: { time: number; now(): number };
  readonly session: Session;
  readonly runs: { count: number };
  call(amount?: number, session?: Session): Promise<Outcome>;
  /** The approval that a new call waits for. */
  asked(amount?: number): Promise<Approval>;
  /** States of approvals in the log, oldest first. */
  states(): readonly string[];
}

export async function desk(
  policy: Bundle = big,
  options: Partial<GuardOptions> = {},
  user: Approver = ann,
): Promise<Desk> {
  const audit = memoryAudit();
  const state = options.state ?? memoryStore();
  const clock = { time: 1_000_000, now: () => clock.time };
  const guard = await createGuard({ policy, audit, clock, ...options, state });
  const session = await guard.session({ user, thread: "t" });
  const runs = { count: 0 };
  const call: Desk["call"] = (amount, on = session) =>
    on.call({ tool: "refund", args: refundArgs(amount) }, () => (runs.count += 1));
  return {
    guard,
    audit,
    state,
    clock,
    session,
    runs,
    call,
    asked: async (amount) => waiting(await call(amount)),
    states: () => audit.records().flatMap((record) => (record.type === "approval" ? [record.state] : [])),
  };
}

export function waiting(outcome: Outcome): Approval {
  if (outcome.status !== "waiting") throw new Error(`expected waiting, got ${JSON.stringify(outcome)}`);
  return outcome.approval;
}
