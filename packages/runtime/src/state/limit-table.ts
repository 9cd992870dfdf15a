import type { LimitClaim, Reservation } from "../ports/state-store.js";
import { LogicalClock } from "./logical-clock.js";
import { StateError } from "./state-error.js";
import { WindowCount, type Moment } from "./window-count.js";

/** A key under one window. */
export interface CounterName {
  readonly key: string;
  readonly window: number | "session";
}

/** What a counter counts, as plain data. */
export interface CounterState extends CounterName {
  readonly moments: readonly Moment[];
}

interface Counter extends CounterName {
  readonly started: WindowCount;
  inFlight: number;
}

interface Held {
  readonly counters: readonly Counter[];
}

const SWEEP = 2;
/** `session` never slides; a window longer than any clock says the same in numbers. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** Limits over sliding windows: reserve, then commit or release. Synchronous, therefore atomic. */
export class LimitTable {
  readonly #counters = new Map<string, Counter>();
  readonly #held = new Map<string, Held>();
  readonly #clock = new LogicalClock();
  #sweeper: Iterator<[string, Counter]> | undefined;

  /** Takes a place under each claim or under none. Throws a {@link StateError} on an id that is held already. */
  reserve(id: string, claims: readonly LimitClaim[], now: number): Reservation {
    if (this.#held.has(id)) throw new StateError("state_conflict", `The call ${JSON.stringify(id)} holds its places already: each call needs an id of its own.`);
    const time = this.#clock.read(now);
    this.#sweep(time);
    const taken: Counter[] = [];
    for (const [index, claim] of claims.entries()) {
      const counter = this.#counter(claim);
      const used = counter.started.count(time) + counter.inFlight;
      if (used >= claim.count) {
        for (const other of taken) other.inFlight -= 1;
        this.#dropUnused([...taken, counter], time);
        return refusal(index, claim, counter, used, time);
      }
      counter.inFlight += 1;
      taken.push(counter);
    }
    this.#held.set(id, { counters: taken });
    return { ok: true };
  }

  /** The call starts; gives what undoes it. */
  commit(id: string, now: number): () => void {
    const held = this.#held.get(id);
    if (held === undefined) throw new StateError("state_conflict", `The call ${JSON.stringify(id)} holds no places: it was never reserved, or it was committed or released before.`);
    const time = this.#clock.read(now);
    this.#held.delete(id);
    for (const counter of held.counters) {
      counter.inFlight -= 1;
      counter.started.add(time);
    }
    return () => {
      this.#held.set(id, held);
      for (const counter of held.counters) {
        counter.inFlight += 1;
        counter.started.remove(time);
        this.#counters.set(counterKey(counter.key, counter.window), counter); // it may have been swept away
      }
    };
  }

  /** The call never started; gives what undoes it, or undefined when the id holds nothing. */
  release(id: string): (() => void) | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    this.#held.delete(id);
    for (const counter of held.counters) counter.inFlight -= 1;
    return () => {
      this.#held.set(id, held);
      for (const counter of held.counters) {
        counter.inFlight += 1;
        this.#counters.set(counterKey(counter.key, counter.window), counter);
      }
    };
  }

  /** After a crash: what was reserved may have started, so it counts as started now. Gives how many there were. */
  adopt(now: number): number {
    const ids = [...this.#held.keys()];
    for (const id of ids) this.commit(id, now);
    return ids.length;
  }

  /** The time of the newest operation, which never goes back. */
  get time(): number {
    return this.#clock.newest;
  }

  /** How many counters are kept. */
  get size(): number {
    return this.#counters.size;
  }

  /** Every counter that counts something, for a snapshot. */
  *counters(): Iterable<CounterState> {
    for (const { key, window, started } of this.#counters.values()) {
      if (started.count(this.time) > 0) yield { key, window, moments: started.moments() };
    }
  }

  /** Every reservation that is open, for a snapshot. */
  *held(): Iterable<{ readonly id: string; readonly claims: readonly CounterName[] }> {
    for (const [id, { counters }] of this.#held) yield { id, claims: counters };
  }

  /** Puts back the time of a snapshot or a journal. */
  restoreTime(time: number): void {
    this.#clock.read(time);
  }

  /** Puts back a counter of a snapshot. */
  restoreCounter({ key, window, moments }: CounterState): void {
    this.#counters.set(counterKey(key, window), { key, window, started: new WindowCount(lengthOf(window), moments), inFlight: 0 });
  }

  /** Puts back a reservation that was admitted, unasked. */
  restoreHeld(id: string, claims: readonly CounterName[]): void {
    const counters = claims.map((claim) => this.#counter(claim));
    for (const counter of counters) counter.inFlight += 1;
    this.#held.set(id, { counters });
  }

  #counter({ key, window }: CounterName): Counter {
    const name = counterKey(key, window);
    const found = this.#counters.get(name);
    if (found !== undefined) return found;
    const made: Counter = { key, window, started: new WindowCount(lengthOf(window)), inFlight: 0 };
    this.#counters.set(name, made);
    return made;
  }

  #dropUnused(counters: readonly Counter[], time: number): void {
    for (const counter of counters) {
      if (counter.inFlight === 0 && counter.started.count(time) === 0) this.#counters.delete(counterKey(counter.key, counter.window));
    }
  }

  /** Looks at a few counters with each call and drops those that count nothing, so that old keys cost no memory. */
  #sweep(time: number): void {
    for (let i = 0; i < SWEEP; i += 1) {
      this.#sweeper ??= this.#counters.entries();
      const next = this.#sweeper.next();
      if (next.done === true) {
        this.#sweeper = undefined;
        return;
      }
      this.#dropUnused([next.value[1]], time);
    }
  }
}

function refusal(index: number, claim: LimitClaim, counter: Counter, used: number, time: number): Reservation {
  if (claim.count < 1 || claim.window === "session") return { ok: false, index };
  const wait = counter.started.until(used - claim.count + 1, time);
  return wait === undefined ? { ok: false, index } : { ok: false, index, retryAfter: wait };
}

function lengthOf(window: number | "session"): number {
  return window === "session" ? FOREVER : window;
}

function counterKey(key: string, window: number | "session"): string {
  return `${window} ${key}`;
}
