import { holdProcess } from "../faults/deadlines.js";
import { promptly } from "../faults/prompt.js";
import { GuardError } from "../errors.js";
import { REFUSALS } from "../messages.js";
import type { AuditSink } from "../ports/audit-sink.js";
import type { Clock } from "../ports/clock.js";
import type { StateStore, Versioned } from "../ports/state-store.js";
import { quietly } from "../quietly.js";
import type { Ending, Flight, Flights } from "./flights.js";
import {
  describeTarget,
  hits,
  MAX_STOPS,
  readOrder,
  readTarget,
  sameTarget,
  stopsFromJson,
  stopsToJson,
  type StopOrder,
  type Stopped,
  type StopTarget,
} from "./stop-order.js";

/** Where the stops stand in the store, all of them together: one look tells. */
const KEY = "stops";
/** How often a guard with calls under way looks for stops of other processes, in milliseconds. */
const POLL = 1000;
const ATTEMPTS = 64;

interface Ports {
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly flights: Flights;
}

type Asked = Pick<Flight, "tools" | "agents">;

/**
 * The kill switch. It works in this process before it is written anywhere; it is kept in the state store, so it holds
 * after a restart and for every process on that store. What cannot be read stops everything.
 */
export class Stops {
  readonly #ports: Ports;
  #known: readonly Stopped[] = [];
  /** Ordered here and not known to be in the store: these hold whatever the store says. */
  #own: readonly Stopped[] = [];
  /** Changes made here: an answer that was asked for before one of them is old. */
  #changes = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(ports: Ports) {
    this.#ports = ports;
  }

  static async open(ports: Ports): Promise<Stops> {
    const stops = new Stops(ports);
    await stops.look();
    const poll = (): void => void (ports.flights.size > 0 && quietly(stops.look()));
    stops.#timer = setInterval(poll, POLL);
    holdProcess(stops.#timer, false);
    return stops;
  }

  get inForce(): readonly Stopped[] {
    return [...this.#known, ...this.#own];
  }

  /** What stops a call, as far as this process knows. */
  of(asked: Asked): Ending | undefined {
    if (this.#known.length === 0 && this.#own.length === 0) return undefined;
    const found = this.inForce.find((stop) => hits(stop, asked));
    return found === undefined ? undefined : endingOf(found);
  }

  /**
   * The same after a look into the store, at once where that answers at once. Rejects, or throws, where the store does not
   * answer: then nothing may start.
   */
  lookFor(asked: Asked): Ending | undefined | Promise<Ending | undefined> {
    const now = promptly(this.#ports.state);
    if (now === undefined) return this.look().then((read) => this.#found(asked, read));
    return this.#found(asked, this.#take(now.get(KEY), this.#changes));
  }

  #found(asked: Asked, read: readonly Stopped[]): Ending | undefined {
    if (read.length === 0 && this.#own.length === 0) return undefined;
    const found = [...read, ...this.#own].find((stop) => hits(stop, asked));
    return found === undefined ? undefined : endingOf(found);
  }

  /** Reads the store, and ends what must not go on. */
  async look(): Promise<readonly Stopped[]> {
    const before = this.#changes;
    return this.#take(await this.#ports.state.get(KEY), before);
  }

  /** Takes in what the store held when so many changes had been made here. */
  #take(found: Versioned | undefined, before: number): readonly Stopped[] {
    const read = found === undefined ? NONE : (stopsFromJson(found.value) ?? [UNREADABLE]);
    if (before === this.#changes) this.#known = read;
    this.#endHit();
    return before === this.#changes ? read : [...read, ...this.#known];
  }

  async stop(given: StopTarget, order: StopOrder): Promise<void> {
    const target = readTarget(given);
    const stopped: Stopped = { target, ...readOrder(order), at: this.#ports.clock.now() };
    this.#own = [...this.#own, stopped];
    this.#endHit();
    await this.#change((stops) => [...stops.filter((other) => !sameTarget(other.target, target)), stopped]);
    this.#own = this.#own.filter((other) => other !== stopped);
    await this.#record("stopped", stopped);
  }

  /** Lifts a stop. Recorded before, and where it cannot be recorded it is not lifted; false where there was none. */
  async resume(given: StopTarget, order: StopOrder): Promise<boolean> {
    const target = readTarget(given);
    const read = readOrder(order);
    const matches = (stop: Stopped): boolean => sameTarget(stop.target, target);
    if (![...(await this.look()), ...this.#own].some(matches)) return false;
    await this.#record("resumed", { target, ...read, at: this.#ports.clock.now() });
    await this.#change((stops) => stops.filter((stop) => !matches(stop)));
    this.#own = this.#own.filter((stop) => !matches(stop));
    return true;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #endHit(): void {
    if (this.#known.length === 0 && this.#own.length === 0) return;
    this.#ports.flights.end((flight) => this.of(flight));
  }

  async #change(made: (stops: readonly Stopped[]) => readonly Stopped[]): Promise<void> {
    const { state } = this.#ports;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await state.get(KEY);
      const before = found === undefined ? [] : (stopsFromJson(found.value) ?? [UNREADABLE]);
      const after = made(before);
      if (after.length > MAX_STOPS)
        throw new GuardError("misuse", `more than ${MAX_STOPS} stops are in force: stop everything instead`);
      const value = after.length === 0 ? undefined : stopsToJson(after);
      if (await state.compareAndSet(KEY, found?.version, value)) {
        this.#changes += 1;
        this.#known = after;
        return;
      }
    }
    throw new GuardError("state_busy", "the stops in the state store change all the time; try again");
  }

  async #record(what: "stopped" | "resumed", { target, by, why, at }: Stopped): Promise<void> {
    const tool = typeof target === "object" && "tool" in target ? { tool: target.tool } : {};
    await this.#ports.audit.append(
      { type: "incident", at, code: what, message: `${describeTarget(target)}, by ${by}: ${why}`, ...tool },
      { durable: true },
    );
  }
}

const NONE: readonly Stopped[] = [];

const UNREADABLE: Stopped = {
  target: "everything",
  by: "the guard",
  why: "the stops in the state store cannot be read",
  at: 0,
};

function endingOf({ target, by, why }: Stopped): Ending {
  return {
    cause: "stopped",
    message: REFUSALS.stopped,
    why: `${describeTarget(target)} was stopped by ${by}: ${why}`,
  };
}
