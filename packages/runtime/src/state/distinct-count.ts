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
  /** How many values only calls in flight carry. */
  #onlyInFlight = 0;

  constructor(window: number, sightings: readonly Sighting[] = []) {
    this.#window = window;
    for (const [value, at] of sightings) this.#started.set(value, at);
  }

  /** How many values there would be with these. */
  countWith(values: readonly string[], now: number): number {
    this.#forget(now);
    let count = this.#started.size + this.#onlyInFlight;
    for (const value of new Set(values)) if (!this.#started.has(value) && !this.#inFlight.has(value)) count += 1;
    return count;
  }

  hold(values: readonly string[]): void {
    for (const value of new Set(values)) {
      const held = this.#inFlight.get(value) ?? 0;
      if (held === 0 && !this.#started.has(value)) this.#onlyInFlight += 1;
      this.#inFlight.set(value, held + 1);
    }
  }

  unhold(values: readonly string[]): void {
    for (const value of new Set(values)) {
      const held = this.#inFlight.get(value) ?? 0;
      if (held > 1) this.#inFlight.set(value, held - 1);
      else if (this.#inFlight.delete(value) && !this.#started.has(value)) this.#onlyInFlight -= 1;
    }
  }

  /** A call with these values starts; gives what undoes it. */
  start(values: readonly string[], now: number): () => void {
    const before = [...new Set(values)].map((value) => [value, this.#started.get(value)] as const);
    for (const [value] of before) {
      if (!this.#started.delete(value) && this.#inFlight.has(value)) this.#onlyInFlight -= 1;
      this.#started.set(value, now);
    }
    return () => {
      const all = new Map(this.#started);
      for (const [value, at] of before) {
        if (at === undefined) all.delete(value);
        else all.set(value, at);
      }
      this.#restore(all);
    };
  }

  /** Forgets the values of calls that started; gives what undoes it. */
  forget(): () => void {
    const all = new Map(this.#started);
    this.#restore(new Map());
    return () => this.#restore(new Map([...all, ...this.#started]));
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

  #restore(all: ReadonlyMap<string, number>): void {
    this.#started.clear();
    for (const [value, at] of [...all].toSorted((a, b) => a[1] - b[1])) this.#started.set(value, at);
    this.#onlyInFlight = [...this.#inFlight.keys()].filter((value) => !this.#started.has(value)).length;
  }

  #forget(now: number): void {
    for (const [value, at] of this.#started) {
      if (at > now - this.#window) return;
      this.#started.delete(value);
      if (this.#inFlight.has(value)) this.#onlyInFlight += 1;
    }
  }
}
