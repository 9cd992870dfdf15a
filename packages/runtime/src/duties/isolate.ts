import type { Json, Tier } from "@writ/ir";
import { Deadlines, LONGEST_WAIT } from "../faults/deadlines.js";
import type { HeldPort } from "../faults/held-port.js";
import { Flight, type Ending } from "../gate/flights.js";

/** How long a tool may run where its tier sets no time, in milliseconds. */
export const DEFAULT_TIME = 120_000;

export type Run =
  | { readonly status: "done"; readonly result: unknown }
  /** `kind` names the class of the error and holds none of its words. */
  | { readonly status: "failed" | "timeout" | "aborted"; readonly error: string; readonly kind: string }
  | { readonly status: "paused"; readonly signal: unknown };

/**
 * Runs a tool inline: a function of the host process, mediated and not isolated. The wait ends at the tier's time
 * limit or when the caller aborts; a function that runs on is no longer heard, since nothing can end it.
 */
export async function runInline(
  port: HeldPort,
  args: Json,
  tier: Tier,
  outer: AbortSignal | undefined,
  flight: Flight = new Flight([], []),
): Promise<Run> {
  return runWithin(timeOf(tier), outer, flight, (signal) => execute(port, args, signal));
}

/** How long a call of this tier may take, in milliseconds. */
export function timeOf(tier: Tier): number {
  return Math.min(tier.time ?? DEFAULT_TIME, LONGEST_WAIT);
}

/** Waits for what `begin` runs, which never rejects: until it ends, the time is over, or somebody ends it, what comes first. */
export async function runWithin(
  time: number,
  outer: AbortSignal | undefined,
  flight: Flight,
  begin: (signal: AbortSignal) => Promise<Run>,
): Promise<Run> {
  if (outer?.aborted === true) return { status: "aborted", error: "the call was aborted", kind: "aborted" };
  if (flight.ending !== undefined) return endedBy(flight.ending);
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Run>();
  const end = (run: Run, reason: unknown): void => {
    resolve(run);
    controller.abort(reason);
  };
  const limit = timeLimit(time);
  const wait = limit.begin(() => {
    const error = `the tool took longer than ${time} ms`;
    end({ status: "timeout", error, kind: "timeout" }, new Error(error));
  });
  const onAbort = (): void => end({ status: "aborted", error: "the call was aborted", kind: "aborted" }, outer?.reason);
  outer?.addEventListener("abort", onAbort, { once: true });
  flight.running((ending) => end(endedBy(ending), new Error(ending.why)));
  // It never rejects, and what comes first is the end.
  void begin(controller.signal).then(resolve);
  try {
    return await promise;
  } finally {
    limit.end(wait);
    flight.landed();
    outer?.removeEventListener("abort", onAbort);
  }
}

/** Calls with the same time limit share a timer: one of its own for each would cost more than most of what a call does. */
const limits = new Map<number, Deadlines>();

function timeLimit(ms: number): Deadlines {
  let limit = limits.get(ms);
  if (limit === undefined) {
    limit = new Deadlines(ms);
    limits.set(ms, limit);
  }
  return limit;
}

function endedBy({ cause, message }: Ending): Run {
  return { status: "aborted", error: message, kind: cause };
}

async function execute(port: HeldPort, args: Json, signal: AbortSignal): Promise<Run> {
  try {
    return { status: "done", result: await port.execute(args, signal) };
  } catch (error) {
    return isPause(port, error) ? { status: "paused", signal: error } : { status: "failed", ...describe(error) };
  }
}

function isPause(port: HeldPort, error: unknown): boolean {
  try {
    return port.isControlFlow(error);
  } catch {
    return false;
  }
}

/** The words of an error of the tool, bounded; a hostile error may have getters that throw. */
function describe(error: unknown): { readonly error: string; readonly kind: string } {
  try {
    if (!(error instanceof Error)) return { error: String(error).slice(0, 2000), kind: typeof error };
    const kind = /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : "Error";
    return { error: `${kind}: ${error.message}`.slice(0, 2000), kind };
  } catch {
    return { error: "the tool failed with an error that cannot be read", kind: "unreadable" };
  }
}
