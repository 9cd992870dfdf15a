import type { Takes } from "../ports/state-store.js";
import { DistinctCount, type Sighting } from "./distinct-count.js";
import { WindowCount, type Moment } from "./window-count.js";

/** A key under one window. */
export interface CounterName {
  readonly key: string;
  readonly window: number | "session";
}

/** `session` never slides; a window longer than any clock says the same in numbers. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** What one limit counts under one key: amounts (a call is 1), distinct values, or calls that run now. */
export class Counter implements CounterName {
  readonly key: string;
  readonly window: number | "session";
  readonly #length: number;
  #started: WindowCount;
  readonly #values: DistinctCount;
  #inFlight = 0;
  #running = 0;

  constructor({ key, window }: CounterName, moments: readonly Moment[] = [], sightings: readonly Sighting[] = []) {
    this.key = key;
    this.window = window;
    this.#length = window === "session" ? FOREVER : window;
    this.#started = new WindowCount(this.#length, moments);
    this.#values = new DistinctCount(this.#length, sightings);
  }

  /** Whether a call that takes this fits under a limit. */
  admits(takes: Takes, limit: number, time: number): boolean {
    if (takes === "concurrent") return this.#running < limit;
    if (typeof takes === "number") return takes <= limit - this.#used(time);
    return takes.length === 0 || this.#values.countWith(takes, time) <= limit;
  }

  /** Milliseconds until it could fit; undefined where only an end of calls in flight, or nothing, can help. */
  retryAfter(takes: Takes, limit: number, time: number): number | undefined {
    if (typeof takes !== "number" || takes > limit || this.window === "session") return undefined;
    return this.#started.until(this.#used(time) - limit + takes, time);
  }

  hold(takes: Takes): void {
    if (takes === "concurrent") this.#running += 1;
    else if (typeof takes === "number") this.#inFlight += takes;
    else this.#values.hold(takes);
  }

  unhold(takes: Takes): void {
    if (takes === "concurrent") this.#running -= 1;
    else if (typeof takes === "number") this.#inFlight -= takes;
    else this.#values.unhold(takes);
  }

  /** What was held counts from now on; gives what undoes it. What counts only while the call runs stays held. */
  start(takes: Takes, time: number): () => void {
    if (takes === "concurrent") return () => undefined;
    this.unhold(takes);
    if (typeof takes === "number") {
      this.#started.add(time, takes);
      return () => {
        this.hold(takes);
        this.#started.remove(time, takes);
      };
    }
    const undo = this.#values.start(takes, time);
    return () => {
      this.hold(takes);
      undo();
    };
  }

  /** Forgets the calls that started, and keeps what calls in flight hold; gives what undoes it. */
  forget(): () => void {
    const started = this.#started;
    this.#started = new WindowCount(this.#length);
    const undo = this.#values.forget();
    return () => {
      this.#started = started;
      undo();
    };
  }

  /** Whether it counts nothing. */
  idle(time: number): boolean {
    return this.#inFlight === 0 && this.#running === 0 && this.#started.count(time) === 0 && this.#values.idle(time);
  }

  /** What it counts of calls that started, for a snapshot. */
  state(time: number): { readonly moments: readonly Moment[]; readonly sightings: readonly Sighting[] } {
    return {
      moments: this.#started.count(time) > 0 ? this.#started.moments() : [],
      sightings: this.#values.sightings(time),
    };
  }

  #used(time: number): number {
    return this.#started.count(time) + this.#inFlight;
  }
}
