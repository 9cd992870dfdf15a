import { GuardError } from "../errors.js";
import type { RefusalCause } from "../outcome.js";

/**
 * When refusals of one session trip the breaker. It only ever refuses more: no value of these lets a call through that
 * the policy does not allow. Whole numbers from 1.
 */
export interface BreakerOptions {
  /** The same call (tool and canonical arguments) refused so often is refused unlooked at for `pause`. Default 3. */
  readonly sameCall?: number;
  /** Calls of one tool refused so often for one cause, whatever their arguments: the tool is paused. Default 20. */
  readonly sameTool?: number;
  /** Refused calls of a session within `window`: all its calls but the final answer are refused. Default 200. */
  readonly session?: number;
  /** Milliseconds in which refusals count together. Default 10 minutes. */
  readonly window?: number;
  /** Milliseconds for which a call or a tool is paused. Default 1 minute. */
  readonly pause?: number;
}

export type BreakerLimits = Required<BreakerOptions>;

const DEFAULTS: BreakerLimits = { sameCall: 3, sameTool: 20, session: 200, window: 600_000, pause: 60_000 };
const MOST = 1e9;

/** Throws a {@link GuardError} `misuse` on anything that is no whole number from 1. */
export function readBreaker(given: BreakerOptions = {}): BreakerLimits {
  const limits = { ...DEFAULTS, ...given };
  for (const name of ["sameCall", "sameTool", "session", "window", "pause"] as const)
    if (!Number.isSafeInteger(limits[name]) || limits[name] < 1 || limits[name] > MOST)
      throw new GuardError("misuse", `breaker.${name} is a whole number from 1 to ${MOST}`);
  return limits;
}

/** What a breaker tripped over. `count`: refusals until then. */
export interface Trip {
  readonly what: "call" | "tool" | "session";
  readonly tool: string;
  readonly count: number;
  /** Whether it tripped just now: this is recorded once. */
  readonly fresh: boolean;
}

/**
 * Refusals that say something about the caller. Those of the machinery (a log that fails, a guard that closes), of a
 * limit, which counts by itself, and of the kill switch do not.
 */
const COUNTED: ReadonlySet<RefusalCause> = new Set([
  "policy",
  "input",
  "tier",
  "pin",
  "rejected",
  "expired",
  "overload",
]);

interface Count {
  refusals: number;
  last: number;
  /** Refused until then. */
  until: number;
}

/** Calls and tools that are counted apart; the oldest is forgotten, and the session's own count goes on. */
const MAX_COUNTS = 1024;
const MAX_SEEN = 1024;

/** Counts the refusals of one session. Times in milliseconds since 1970; a clock that goes back frees nothing. */
export class Breaker {
  readonly #limits: BreakerLimits;
  readonly #counts = new Map<string, Count>();
  readonly #tools = new Set<string>();
  /** Calls with a host's id that were counted: a step that is replayed is refused again and counts once. */
  readonly #seen = new Set<string>();
  #recent: number[] = [];
  #told = false;
  #now = 0;

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  /** Whether nothing was refused that counts: then nothing is blocked. */
  get quiet(): boolean {
    return this.#recent.length === 0 && this.#tools.size === 0;
  }

  /** Whether a call is refused unlooked at. `args` gives what tells the same call apart; it is asked only where it matters. */
  blocks(tool: string, args: () => string, at: number): Trip | undefined {
    const now = this.#time(at);
    this.#recent = this.#recent.filter((time) => now - time < this.#limits.window);
    if (this.#recent.length >= this.#limits.session)
      return { what: "session", tool, count: this.#recent.length, fresh: false };
    this.#told = false;
    if (!this.#tools.has(tool)) return undefined;
    for (const cause of COUNTED) {
      const count = this.#counts.get(toolKey(tool, cause));
      if (count !== undefined && count.until > now) return { what: "tool", tool, count: count.refusals, fresh: false };
    }
    const count = this.#counts.get(callKey(tool, args()));
    return count !== undefined && count.until > now
      ? { what: "call", tool, count: count.refusals, fresh: false }
      : undefined;
  }

  /** A call was refused; gives what trips by it. `key`: the journal's, of a call with a host's id. */
  refused(
    call: { readonly tool: string; readonly args: string; readonly key: string | undefined },
    cause: RefusalCause,
    at: number,
  ): Trip | undefined {
    const now = this.#time(at);
    if (cause === "breaker") return this.#session(call.tool, now);
    if (!COUNTED.has(cause) || this.#again(call.key)) return undefined;
    this.#tools.add(call.tool);
    const same = this.#count(callKey(call.tool, call.args), this.#limits.sameCall, now);
    const tool = this.#count(toolKey(call.tool, cause), this.#limits.sameTool, now);
    const session = this.#session(call.tool, now);
    if (session !== undefined) return session;
    if (tool !== undefined) return { what: "tool", tool: call.tool, count: tool, fresh: true };
    return same === undefined ? undefined : { what: "call", tool: call.tool, count: same, fresh: true };
  }

  /** A call ran: what was counted against it and its tool is over. */
  ran(tool: string, args: () => string): void {
    if (!this.#tools.has(tool)) return;
    this.#counts.delete(callKey(tool, args()));
    for (const cause of COUNTED) this.#counts.delete(toolKey(tool, cause));
  }

  #time(at: number): number {
    this.#now = Math.max(this.#now, at);
    return this.#now;
  }

  #again(key: string | undefined): boolean {
    if (key === undefined) return false;
    if (this.#seen.has(key)) return true;
    dropOldest(this.#seen, MAX_SEEN);
    this.#seen.add(key);
    return false;
  }

  #session(tool: string, now: number): Trip | undefined {
    this.#recent.push(now);
    if (this.#recent.length > this.#limits.session) this.#recent.shift();
    if (this.#recent.length < this.#limits.session || this.#told) return undefined;
    this.#told = true;
    return { what: "session", tool, count: this.#recent.length, fresh: true };
  }

  /** Counts one more; gives how many there were where that trips. */
  #count(key: string, most: number, now: number): number | undefined {
    const known = this.#counts.get(key);
    const count =
      known !== undefined && now - known.last < this.#limits.window ? known : { refusals: 0, last: now, until: 0 };
    count.refusals += 1;
    count.last = now;
    this.#counts.delete(key);
    dropOldest(this.#counts, MAX_COUNTS);
    this.#counts.set(key, count);
    if (count.refusals < most) return undefined;
    const fresh = count.until <= now;
    count.until = now + this.#limits.pause;
    return fresh ? count.refusals : undefined;
  }
}

function dropOldest(kept: Map<string, unknown> | Set<string>, most: number): void {
  const oldest = kept.size < most ? undefined : kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
}

function callKey(tool: string, args: string): string {
  return `call ${tool} ${args}`;
}

function toolKey(tool: string, cause: RefusalCause): string {
  return `tool ${cause} ${tool}`;
}

/** Sessions of threads whose breaker is kept: a host may ask for the session of a thread anew at every step. */
const MAX_SESSIONS = 10_000;

/** The breakers of a guard's sessions. */
export class Breakers {
  readonly #limits: BreakerLimits;
  readonly #byId = new Map<string, Breaker>();

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  of(session: string): Breaker {
    const known = this.#byId.get(session);
    const breaker = known ?? new Breaker(this.#limits);
    this.#byId.delete(session);
    dropOldest(this.#byId, MAX_SESSIONS);
    this.#byId.set(session, breaker);
    return breaker;
  }
}
