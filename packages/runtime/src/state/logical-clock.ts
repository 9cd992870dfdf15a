/** How far a clock may go back before that is taken for a correction and not for disorder, milliseconds. */
const CORRECTION = 60_000;

/**
 * Time that never goes back. A reading a little behind the newest is disorder (calls that overtook each other, a
 * small step): time stands still. A large step back is a corrected clock: time goes on from where it was, at the
 * pace of the readings, so that nothing is freed and nothing waits for years. When the readings pass the newest
 * again, they are taken as they are.
 */
export class LogicalClock {
  #newest = 0;
  #offset = 0;

  get newest(): number {
    return this.#newest;
  }

  /** Takes a time that this clock, or another on the same state, gave before. */
  restore(time: number): void {
    this.#newest = Math.max(this.#newest, time);
  }

  /** Takes a reading and gives the time. */
  read(now: number): number {
    if (now >= this.#newest) {
      this.#offset = 0;
      this.#newest = now;
      return now;
    }
    if (now + this.#offset < this.#newest - CORRECTION) this.#offset = this.#newest - now;
    this.#newest = Math.max(this.#newest, now + this.#offset);
    return this.#newest;
  }
}
