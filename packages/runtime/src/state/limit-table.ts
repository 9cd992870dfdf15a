import type { LimitClaim, Reservation, Takes } from "../ports/state-store.js";
import { Counter, type CounterName } from "./counter.js";
import type { Sighting } from "./distinct-count.js";
import { LogicalClock } from "./logical-clock.js";
import { StateError } from "./state-error.js";
import type { Moment } from "./window-count.js";

/** What a call holds under one counter. */
export interface HeldClaim extends CounterName {
  readonly takes: Takes;
}

/** What a counter counts, as plain data. */
export interface CounterState extends CounterName {
  readonly moments: readonly Moment[];
  readonly sightings?: readonly Sighting[];
}

interface Place {
  readonly counter: Counter;
  readonly takes: Takes;
}

const SWEEP = 2;

/** Limits over sliding windows: reserve, then commit or release. Synchronous, therefore atomic. */
export class LimitTable {
  readonly #counters = new Map<string, Counter>();
  readonly #held = new Map<string, readonly Place[]>();
  /** What calls that started hold until they end. */
  readonly #running = new Map<string, readonly Place[]>();
  readonly #clock = new LogicalClock();
  #sweeper: Iterator<[string, Counter]> | undefined;

  /** Takes a place under each claim or under none. Throws a {@link StateError} on an id that is held already. */
  reserve(id: string, claims: readonly LimitClaim[], now: number): Reservation {
    if (this.#held.has(id) || this.#running.has(id))
      throw new StateError(
        "state_conflict",
        `The call ${JSON.stringify(id)} holds its places already: each call needs an id of its own.`,
      );
    const time = this.#clock.read(now);
    this.#sweep(time);
    const taken: Place[] = [];
    for (const [index, claim] of claims.entries()) {
      const { count, takes = 1 } = claim;
      const counter = this.#counter(claim);
      if (!counter.admits(takes, count, time)) {
        for (const place of taken) place.counter.unhold(place.takes);
        this.#dropUnused([...taken.map((place) => place.counter), counter], time);
        const wait = counter.retryAfter(takes, count, time);
        return wait === undefined ? { ok: false, index } : { ok: false, index, retryAfter: wait };
      }
      counter.hold(takes);
      taken.push({ counter, takes });
    }
    this.#held.set(id, taken);
    return { ok: true };
  }

  /** The call starts; gives what undoes it. */
  commit(id: string, now: number): () => void {
    const held = this.#held.get(id);
    if (held === undefined)
      throw new StateError(
        "state_conflict",
        `The call ${JSON.stringify(id)} holds no places: it was never reserved, or it was committed or released before.`,
      );
    const time = this.#clock.read(now);
    this.#held.delete(id);
    const undos = held.map(({ counter, takes }) => counter.start(takes, time));
    const running = held.filter(({ takes }) => takes === "concurrent");
    if (running.length > 0) this.#running.set(id, running);
    return () => {
      this.#running.delete(id);
      this.#held.set(id, held);
      for (const undo of undos.toReversed()) undo();
      this.#keep(held);
    };
  }

  /** The call never started; gives what undoes it, or undefined when the id holds nothing. */
  release(id: string): (() => void) | undefined {
    return this.#letGo(this.#held, id);
  }

  /** The call ended; gives what undoes it, or undefined when the id holds nothing. */
  finish(id: string): (() => void) | undefined {
    return this.#letGo(this.#running, id);
  }

  #letGo(from: Map<string, readonly Place[]>, id: string): (() => void) | undefined {
    const places = from.get(id);
    if (places === undefined) return undefined;
    from.delete(id);
    for (const { counter, takes } of places) counter.unhold(takes);
    return () => {
      from.set(id, places);
      for (const { counter, takes } of places) counter.hold(takes);
      this.#keep(places);
    };
  }

  /** Forgets what is counted under keys with this prefix; gives what undoes it, or undefined where there is none. */
  forget(prefix: string): (() => void) | undefined {
    const gone = [...this.#counters].filter(([, counter]) => counter.key.startsWith(prefix));
    if (gone.length === 0) return undefined;
    for (const [name] of gone) this.#counters.delete(name);
    return () => {
      for (const [name, counter] of gone) this.#counters.set(name, counter);
    };
  }

  /** Puts counters back that may have been swept away. */
  #keep(places: readonly Place[]): void {
    for (const { counter } of places) this.#counters.set(counterKey(counter), counter);
  }

  /** After a crash: what was reserved may have started, so it counts as started now, and nothing runs any more. Gives how many calls there were. */
  adopt(now: number): number {
    const ids = [...this.#held.keys()];
    for (const id of ids) this.commit(id, now);
    const running = [...this.#running.keys()];
    for (const id of running) this.finish(id);
    return new Set([...ids, ...running]).size;
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
  *counters(): Iterable<Required<CounterState>> {
    for (const counter of this.#counters.values()) {
      const { moments, sightings } = counter.state(this.time);
      if (moments.length > 0 || sightings.length > 0)
        yield { key: counter.key, window: counter.window, moments, sightings };
    }
  }

  /** Every reservation that is open, for a snapshot. */
  *held(): Iterable<{ readonly id: string; readonly claims: readonly HeldClaim[] }> {
    for (const [id, places] of this.#held) yield { id, claims: places.map(asClaim) };
  }

  /** What calls hold that started and have not ended, for a snapshot. */
  *running(): Iterable<{ readonly id: string; readonly claims: readonly HeldClaim[] }> {
    for (const [id, places] of this.#running) yield { id, claims: places.map(asClaim) };
  }

  /** Puts back the time of a snapshot or a journal. */
  restoreTime(time: number): void {
    this.#clock.read(time);
  }

  /** Puts back a counter of a snapshot. */
  restoreCounter(state: CounterState): void {
    const { moments, sightings = [] } = state;
    const counter = new Counter(state, moments, sightings);
    this.#counters.set(counterKey(counter), counter);
  }

  /** Puts back a reservation that was admitted, unasked. */
  restoreHeld(id: string, claims: readonly (CounterName & { readonly takes?: Takes })[]): void {
    const places = claims.map((claim) => ({ counter: this.#counter(claim), takes: claim.takes ?? 1 }));
    for (const { counter, takes } of places) counter.hold(takes);
    this.#held.set(id, places);
  }

  #counter(name: CounterName): Counter {
    const key = counterKey(name);
    const found = this.#counters.get(key);
    if (found !== undefined) return found;
    const made = new Counter(name);
    this.#counters.set(key, made);
    return made;
  }

  #dropUnused(counters: readonly Counter[], time: number): void {
    for (const counter of counters) if (counter.idle(time)) this.#counters.delete(counterKey(counter));
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

function asClaim({ counter: { key, window }, takes }: Place): HeldClaim {
  return { key, window, takes };
}

function counterKey({ key, window }: CounterName): string {
  return `${window} ${key}`;
}
