import type { LimitClaim, Reservation, Takes } from "../ports/state-store.js";
import { Counter, type CounterName } from "./counter.js";
import { Counters } from "./counters.js";
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

/** What a call holds, and the process that made it. */
interface Hold {
  readonly owner: string;
  readonly places: readonly Place[];
}

/** What a call holds, for a snapshot. */
export interface HeldCall {
  readonly id: string;
  readonly owner: string;
  readonly claims: readonly HeldClaim[];
}

const SWEEP = 2;

/** Limits over sliding windows: reserve, then commit or release. Synchronous, therefore atomic. */
export class LimitTable {
  readonly #counters = new Counters();
  readonly #held = new Map<string, Hold>();
  /** What calls that started hold until they end. */
  readonly #running = new Map<string, Hold>();
  readonly #clock = new LogicalClock();

  /** Takes a place under each claim or under none. Throws a {@link StateError} on an id that is held already. */
  reserve(id: string, claims: readonly LimitClaim[], now: number, owner = ""): Reservation {
    if (this.#held.has(id) || this.#running.has(id))
      throw new StateError(
        "state_conflict",
        `The call ${JSON.stringify(id)} holds its places already: each call needs an id of its own.`,
      );
    const time = this.#clock.read(now);
    this.#sweep(time);
    const taken: Place[] = [];
    for (let index = 0; index < claims.length; index += 1) {
      const claim = claims[index];
      if (claim === undefined) continue;
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
    this.#held.set(id, { owner, places: taken });
    return { ok: true };
  }

  /** The call starts; gives what undoes it. */
  commit(id: string, now: number): () => void {
    return this.commitAt(id, this.#clock.read(now));
  }

  /** The same where nothing is ever taken back. */
  commitForGood(id: string, now: number): void {
    const time = this.#clock.read(now);
    const held = this.#startOf(id, time);
    for (const { counter, takes } of held.places) counter.start(takes, time);
    this.#run(id, held);
  }

  /** The same as {@link commit} at a time that was given before. */
  commitAt(id: string, time: number): () => void {
    const held = this.#startOf(id, time);
    const { places } = held;
    const undos = places.map(({ counter, takes }) => counter.start(takes, time));
    this.#run(id, held);
    return () => {
      this.#running.delete(id);
      this.#held.set(id, held);
      for (const undo of undos.toReversed()) undo();
      this.#keep(places);
    };
  }

  /** What a call held until now. */
  #startOf(id: string, time: number): Hold {
    const held = this.#held.get(id);
    if (held === undefined)
      throw new StateError(
        "state_conflict",
        `The call ${JSON.stringify(id)} holds no places: it was never reserved, or it was committed or released before.`,
      );
    this.#clock.restore(time);
    this.#held.delete(id);
    return held;
  }

  #run(id: string, { owner, places }: Hold): void {
    if (!places.some(isConcurrent)) return;
    this.#running.set(id, { owner, places: places.filter(isConcurrent) });
  }

  /** The call never started; gives what undoes it, or undefined when the id holds nothing. */
  release(id: string): (() => void) | undefined {
    return this.#letGo(this.#held, id);
  }

  /** The call ended; gives what undoes it, or undefined when the id holds nothing. */
  finish(id: string): (() => void) | undefined {
    return this.#letGo(this.#running, id);
  }

  #letGo(from: Map<string, Hold>, id: string): (() => void) | undefined {
    const hold = from.get(id);
    if (hold === undefined) return undefined;
    const { places } = hold;
    from.delete(id);
    for (const { counter, takes } of places) counter.unhold(takes);
    return () => {
      from.set(id, hold);
      for (const { counter, takes } of places) counter.hold(takes);
      this.#keep(places);
    };
  }

  /** Forgets the calls that started under keys with this prefix, not what is held; gives what undoes it, or undefined where there is none. */
  forget(prefix: string): (() => void) | undefined {
    const named = [...this.#counters.values()].filter(({ key }) => key.startsWith(prefix));
    if (named.length === 0) return undefined;
    const undos = named.map((counter) => counter.forget());
    this.#dropUnused(named, this.time);
    return () => {
      for (const undo of undos) undo();
      for (const counter of named) this.#counters.set(counter);
    };
  }

  /** Puts counters back that may have been swept away. */
  #keep(places: readonly Place[]): void {
    for (const { counter } of places) this.#counters.set(counter);
  }

  /**
   * A process is gone: what it had reserved may have started, so it counts as started at this time, and nothing of it
   * runs any more.
   */
  adopt(owner: string, time: number): void {
    for (const id of ofOwner(this.#held, owner)) this.commitAt(id, time);
    for (const id of ofOwner(this.#running, owner)) this.finish(id);
  }

  /** Whether a process reserved what it has not committed. */
  isHolding(owner: string): boolean {
    return [...this.#held.values()].some((hold) => hold.owner === owner);
  }

  /** The processes whose calls hold something. */
  owners(): ReadonlySet<string> {
    return new Set([...this.#held.values(), ...this.#running.values()].map(({ owner }) => owner));
  }

  /** The time of a reading of the clock. */
  read(now: number): number {
    return this.#clock.read(now);
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
  *held(): Iterable<HeldCall> {
    for (const [id, { owner, places }] of this.#held) yield { id, owner, claims: places.map(asClaim) };
  }

  /** What calls hold that started and have not ended, for a snapshot. */
  *running(): Iterable<HeldCall> {
    for (const [id, { owner, places }] of this.#running) yield { id, owner, claims: places.map(asClaim) };
  }

  /** Puts back the time of a snapshot or a journal. */
  restoreTime(time: number): void {
    this.#clock.restore(time);
  }

  /** Puts back a counter of a snapshot. */
  restoreCounter(state: CounterState): void {
    const { moments, sightings = [] } = state;
    const counter = new Counter(state, moments, sightings);
    this.#counters.set(counter);
  }

  /** Puts back a reservation that was admitted, unasked. */
  restoreHeld(id: string, claims: readonly (CounterName & { readonly takes?: Takes })[], owner = ""): void {
    const places = claims.map((claim) => ({ counter: this.#counter(claim), takes: claim.takes ?? 1 }));
    for (const { counter, takes } of places) counter.hold(takes);
    this.#held.set(id, { owner, places });
  }

  #counter(name: CounterName): Counter {
    const found = this.#counters.get(name);
    if (found !== undefined) return found;
    const made = new Counter(name);
    this.#counters.set(made);
    return made;
  }

  #dropUnused(counters: readonly Counter[], time: number): void {
    for (const counter of counters) if (counter.idle(time)) this.#counters.delete(counter);
  }

  /** Looks at a few counters with each call and drops those that count nothing, so that old keys cost no memory. */
  #sweep(time: number): void {
    for (let i = 0; i < SWEEP; i += 1) {
      const counter = this.#counters.next();
      if (counter === undefined) return;
      if (counter.idle(time)) this.#counters.delete(counter);
    }
  }
}

function isConcurrent({ takes }: Place): boolean {
  return takes === "concurrent";
}

function ofOwner(holds: ReadonlyMap<string, Hold>, owner: string): readonly string[] {
  return [...holds].filter(([, hold]) => hold.owner === owner).map(([id]) => id);
}

function asClaim({ counter: { key, window }, takes }: Place): HeldClaim {
  return { key, window, takes };
}
