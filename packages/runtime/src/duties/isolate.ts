import type { Json, Tier } from "@writ/ir";
import type { OutcomeRecord } from "../audit/record.js";
import { Deadlines, LONGEST_WAIT, type Wait } from "../faults/deadlines.js";
import type { HeldPort } from "../faults/held-port.js";
import { Flight, type Ending } from "../gate/flights.js";

/** How long a tool may run where its tier sets no time, in milliseconds. */
export const DEFAULT_TIME = 120_000;

export type Run =
  | {
      readonly status: "done";
      readonly result: unknown;
      /** What it changed on a copy of a workspace, and was kept. */
      readonly changes?: NonNullable<OutcomeRecord["changes"]> | undefined;
    }
  /** `kind` names the class of the error and holds none of its words. */
  | { readonly status: "failed" | "timeout" | "aborted"; readonly error: string; readonly kind: string }
  | { readonly status: "paused"; readonly signal: unknown };

/**
 * Runs a tool inline: a function of the host process, mediated and not isolated. The wait ends at the tier's time
 * limit or when the caller aborts; a function that runs on is no longer heard, since nothing can end it.
 */
export function runInline(
  port: HeldPort,
  args: Json,
  tier: Tier,
  outer: AbortSignal | undefined,
  flight: Flight = new Flight([], []),
): Promise<Run> {
  const run = Running.begin(timeOf(tier), outer, flight);
  if (!(run instanceof Running)) return Promise.resolve(run);
  if (!run.over) void execute(port, args, run);
  return run.ended;
}

/** How long a call of this tier may take, in milliseconds. */
export function timeOf(tier: Tier): number {
  return Math.min(tier.time ?? DEFAULT_TIME, LONGEST_WAIT);
}

/** Waits for what `begin` runs, which never rejects: until it ends, the time is over, or somebody ends it, what comes first. */
export function runWithin(
  time: number,
  outer: AbortSignal | undefined,
  flight: Flight,
  begin: (signal: AbortSignal) => Promise<Run>,
): Promise<Run> {
  const run = Running.begin(time, outer, flight);
  if (!(run instanceof Running)) return Promise.resolve(run);
  if (!run.over) void begin(run.signal).then((ended) => run.end(ended));
  return run.ended;
}

/** A run under way. What comes first is its end: whatever comes after is not heard. */
export class Running {
  readonly ended: Promise<Run>;
  readonly #resolve: (run: Run) => void;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #flight: Flight;
  readonly #limit: Deadlines | undefined;
  readonly #wait: Wait | undefined;
  #over = false;

  private constructor(time: number, outer: AbortSignal | undefined, flight: Flight) {
    const { promise, resolve } = Promise.withResolvers<Run>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#outer = outer;
    this.#flight = flight;
    if (outer !== undefined) {
      this.#onAbort = () => this.#cut(ABORTED, outer.reason);
      outer.addEventListener("abort", this.#onAbort, { once: true });
    }
    this.#limit = timeLimit(time);
    this.#wait = this.#limit.begin(() => {
      const error = `the tool took longer than ${time} ms`;
      this.#cut({ status: "timeout", error, kind: "timeout" }, new Error(error));
    });
    if (this.#over) this.#limit.end(this.#wait); // aborted while it began to listen
    else flight.running(this);
  }

  /** Begins a run; how it ended where it may not begin. */
  static begin(time: number, outer: AbortSignal | undefined, flight: Flight): Running | Run {
    if (outer?.aborted === true) return ABORTED;
    return flight.ending === undefined ? new Running(time, outer, flight) : endedBy(flight.ending);
  }

  /** One that is over. */
  static example(): Running {
    const run = new Running(DEFAULT_TIME, undefined, new Flight([], []));
    run.end(ABORTED);
    return run;
  }

  /** Also before anything ran: then nothing is begun. */
  get over(): boolean {
    return this.#over;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It ended by itself. Never throws. */
  end(run: Run): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#wait !== undefined) this.#limit?.end(this.#wait);
    this.#flight.landed();
    this.#resolve(run);
    if (this.#onAbort !== undefined) this.#listenNoMore(this.#onAbort);
  }

  /** The signal is the host's: whatever it does, the run has ended. */
  #listenNoMore(listener: () => void): void {
    try {
      this.#outer?.removeEventListener("abort", listener);
    } catch {
      // Nobody is told: what the listener would do is done.
    }
  }

  /** The flight has to end before its time. */
  abort(ending: Ending): void {
    this.#cut(endedBy(ending), new Error(ending.why));
  }

  #cut(run: Run, reason: unknown): void {
    if (this.#over) return;
    this.end(run);
    this.#controller.abort(reason);
  }
}

const ABORTED: Run = { status: "aborted", error: "the call was aborted", kind: "aborted" };

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

/** Never rejects. */
async function execute(port: HeldPort, args: Json, run: Running): Promise<void> {
  let ended: Run;
  try {
    ended = { status: "done", result: await port.execute(args, run.signal) };
  } catch (error) {
    ended = endedWith(port, error);
  }
  run.end(ended);
}

function endedWith(port: HeldPort, error: unknown): Run {
  return isPause(port, error) ? { status: "paused", signal: error } : { status: "failed", ...describe(error) };
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
