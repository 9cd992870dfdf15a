/** Exact moments kept for a key; beyond that, moments of one slice of the window are kept as one. */
const EXACT = 4096;
const SLICES = 2048;

/** Calls that started at one moment; of a slice, the latest moment in it, so that none is forgotten early. */
export type Moment = readonly [at: number, calls: number];

/**
 * Counts the calls that started in a sliding window `(now - window, now]`, in bounded memory: exactly up to some
 * thousands of moments, and above that late by at most a 2,048th of the window, never early. `now` never goes back.
 */
export class WindowCount {
  readonly #window: number;
  #moments: Moment[];
  /** Index of the oldest moment that still counts; those before are dropped now and then, together. */
  #first = 0;
  #total: number;

  constructor(window: number, moments: readonly Moment[] = []) {
    this.#window = window;
    this.#moments = [...moments];
    this.#total = moments.reduce((sum, [, calls]) => sum + calls, 0);
  }

  count(now: number): number {
    let oldest = this.#moments[this.#first];
    while (oldest !== undefined && oldest[0] <= now - this.#window) {
      this.#total -= oldest[1];
      this.#first += 1;
      oldest = this.#moments[this.#first];
    }
    if (this.#first > 64 && this.#first * 2 > this.#moments.length) {
      this.#moments = this.#moments.slice(this.#first);
      this.#first = 0;
    }
    return this.#total;
  }

  add(now: number): void {
    const last = this.#moments.length - 1;
    const newest = this.#moments[last];
    this.#total += 1;
    if (newest !== undefined && last >= this.#first && newest[0] === now) this.#moments[last] = [now, newest[1] + 1];
    else this.#moments.push([now, 1]);
    if (this.#moments.length - this.#first > EXACT) this.#coarsen();
  }

  /** Takes back an `add` of this moment that could not be stored. */
  remove(now: number): void {
    // A moment that was merged since stands under a later one.
    const found = this.#moments.findIndex(([at, calls], i) => i >= this.#first && at >= now && calls > 0);
    const moment = this.#moments[found];
    if (moment === undefined) return;
    this.#total -= 1;
    this.#moments[found] = [moment[0], moment[1] - 1];
  }

  /** Milliseconds until `calls` of those counted are forgotten; undefined when there are not so many. */
  until(calls: number, now: number): number | undefined {
    let left = calls;
    for (let i = this.#first; i < this.#moments.length; i += 1) {
      const [at, count] = this.#moments[i] ?? [0, 0];
      left -= count;
      if (left <= 0) return Math.max(1, at + this.#window - now);
    }
    return undefined;
  }

  /** What counts, oldest first, for a snapshot. */
  moments(): readonly Moment[] {
    return this.#moments.slice(this.#first);
  }

  #coarsen(): void {
    const slice = Math.max(1, this.#window / SLICES);
    const merged: Moment[] = [];
    for (const [at, calls] of this.moments()) {
      const last = merged.at(-1);
      if (last !== undefined && Math.floor(last[0] / slice) === Math.floor(at / slice)) merged[merged.length - 1] = [at, last[1] + calls];
      else merged.push([at, calls]);
    }
    this.#moments = merged;
    this.#first = 0;
  }
}
