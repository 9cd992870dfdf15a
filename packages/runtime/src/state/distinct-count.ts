/** A value and the newest moment at which a call with it started. */
export type Sighting = readonly [value: string, at: number];

/**
 * The distinct values that calls carried in a sliding window `(now - window, now]`, with those of calls in flight. It
 * holds no more values than the limit admits, and a few that have just passed. `now` never goes back.
 */
export class DistinctCount {
  readonly #window: number;
  /** In the order of their newest start. */
  readonly #started = new Map<string, number>();
  readonly #inFlight = new Map<string, number>();

  constructor(window: number, sightings: readonly Sighting[] = []) {
    this.#window = window;
    for (const [value, at] of sightings) this.#started.set(value, at);
  }

  /** How many values there would be with these. */
  countWith(values: readonly string[], now: number): number {
    this.#forget(now);
    const all = new Set([...this.#inFlight.keys(), ...values]);
    let count = this.#started.size;
    for (const value of all) if (!this.#started.has(value)) count += 1;
    return count;
  }

  hold(values: readonly string[]): void {
    for (const value of new Set(values)) this.#inFlight.set(value, (this.#inFlight.get(value) ?? 0) + 1);
  }

  unhold(values: readonly string[]): void {
    for (const value of new Set(values)) {
      const left = (this.#inFlight.get(value) ?? 0) - 1;
      if (left > 0) this.#inFlight.set(value, left);
      else this.#inFlight.delete(value);
    }
  }

  /** A call with these values starts; gives what undoes it. */
  start(values: readonly string[], now: number): () => void {
    const before = [...new Set(values)].map((value) => [value, this.#started.get(value)] as const);
    for (const [value] of before) {
      this.#started.delete(value);
      this.#started.set(value, now);
    }
    return () => {
      const all = new Map(this.#started);
      for (const [value, at] of before) {
        if (at === undefined) all.delete(value);
        else all.set(value, at);
      }
      this.#started.clear();
      for (const [value, at] of [...all].toSorted((a, b) => a[1] - b[1])) this.#started.set(value, at);
    };
  }

  /** What counts, oldest first, for a snapshot. */
  sightings(now: number): readonly Sighting[] {
    this.#forget(now);
    return [...this.#started];
  }

  idle(now: number): boolean {
    this.#forget(now);
    return this.#started.size === 0 && this.#inFlight.size === 0;
  }

  #forget(now: number): void {
    for (const [value, at] of this.#started) {
      if (at > now - this.#window) return;
      this.#started.delete(value);
    }
  }
}
