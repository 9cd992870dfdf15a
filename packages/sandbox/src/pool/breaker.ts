import type { PoolClock } from "./clock.js";

const FAILURES = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps a pool from starting again and again what does not start. After three failures in a row it opens: for a while
 * nothing is tried, then one start is, and each further failure doubles the while.
 */
export class Breaker {
  readonly #clock: PoolClock;
  #failures = 0;
  #pause = FIRST_PAUSE_MS;
  #until = 0;
  #why = "";

  constructor(clock: PoolClock) {
    this.#clock = clock;
  }

  /** Why nothing is tried now; undefined where something may be. */
  get open(): string | undefined {
    return this.#failures >= FAILURES && this.#clock.now() < this.#until ? this.#why : undefined;
  }

  /** How many may be started at once: a breaker that was open lets one be tried. */
  get most(): number {
    return this.#failures >= FAILURES ? 1 : Number.POSITIVE_INFINITY;
  }

  /** Milliseconds until something may be tried. */
  get pause(): number {
    return this.#failures === 0 ? 0 : Math.max(0, this.#until - this.#clock.now());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pause = FIRST_PAUSE_MS;
  }

  failed(why: string): void {
    this.#failures += 1;
    this.#why = why;
    if (this.#failures < FAILURES) return;
    this.#until = this.#clock.now() + this.#pause;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }
}
