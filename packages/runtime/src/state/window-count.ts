/** Exact moments kept for a key; beyond that, moments of one slice of the window are kept as one. */
const EXACT = 4096;
const SLICES = 2048;

/** What started at one moment: calls, or the amounts they took; of a slice, the latest moment in it, so that none is forgotten early. */
export type Moment = readonly [at: number, amount: number];

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

  add(now: number, amount = 1): void {
    if (amount === 0) return;
    const last = this.#moments.length - 1;
    const newest = this.#moments[last];
    this.#total += amount;
    if (newest !== undefined && last >= this.#first && newest[0] === now)
      this.#moments[last] = [now, newest[1] + amount];
    else this.#moments.push([now, amount]);
    if (this.#moments.length - this.#first > EXACT) this.#coarsen();
  }

  /** Takes back an `add` of this moment that could not be stored. */
  remove(now: number, amount = 1): void {
    // A moment that was merged since stands under a later one.
    let left = amount;
    for (let i = this.#first; i < this.#moments.length && left > 0; i += 1) {
      const [at, there] = this.#moments[i] ?? [0, 0];
      if (at < now || there === 0) continue;
      const taken = Math.min(there, left);
      left -= taken;
      this.#total -= taken;
      this.#moments[i] = [at, there - taken];
    }
  }

  /** Milliseconds until `amount` of what is counted is forgotten; undefined when there are not so many. */
  until(amount: number, now: number): number | undefined {
    let left = amount;
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
      if (last !== undefined && Math.floor(last[0] / slice) === Math.floor(at / slice))
        merged[merged.length - 1] = [at, last[1] + calls];
      else merged.push([at, calls]);
    }
    this.#moments = merged;
    this.#first = 0;
  }
}
