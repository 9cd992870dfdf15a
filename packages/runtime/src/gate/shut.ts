import type { SessionMemories } from "../flow/session-memories.js";
import { GuardError } from "../errors.js";
import { LONGEST_WAIT } from "../faults/deadlines.js";
import { REFUSALS } from "../messages.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { StateStore } from "../ports/state-store.js";
import type { Sandbox } from "../ports/sandbox.js";
import { quietly } from "../quietly.js";
import type { Flights } from "./flights.js";
import type { Stops } from "./stops.js";

/** How long a close waits for calls under way where the host says nothing else, in milliseconds. */
export const DRAIN = 10_000;
/** How long aborted calls have to write their outcomes: a log and a store that hang must not hold the close for ever. */
const GRACE = 30_000;

export function readDrain(drain: number): number {
  if (Number.isSafeInteger(drain) && drain >= 0 && drain <= LONGEST_WAIT) return drain;
  throw new GuardError("misuse", `drain is a whole number of milliseconds, from 0 to ${LONGEST_WAIT}`);
}

/** Waits for what is under way, ends the rest, and lets go of the log and the state, whatever the other does. */
export async function shut(
  parts: {
    readonly flights: Flights;
    readonly stops: Stops;
    readonly memories: SessionMemories;
    readonly audit: AuditSink;
    readonly state: StateStore;
    readonly sandbox: Sandbox | undefined;
  },
  drain: number,
): Promise<void> {
  const { flights, stops, memories, audit, state, sandbox } = parts;
  if (!(await flights.idle(drain))) {
    flights.end(() => ({ cause: "closed", message: REFUSALS.closed, why: "the guard was closed" }));
    await flights.idle(GRACE);
  }
  stops.close();
  if (sandbox !== undefined) await quietly(sandbox.close());
  await memories.close();
  const [log] = await Promise.allSettled([audit.close()]);
  await state.close();
  if (log.status === "rejected") throw log.reason;
}
