/**
 * What was kept last under a name: the oldest goes where there is no room. A map that is asked for its first key passes by
 * every place that was freed before it, thousands of them in a long session; the keys followed as they go cost the same
 * each time.
 */
export class Recent<T> {
  readonly #max: number;
  readonly #kept = new Map<string, T>();
  /** Goes on from the last key that was dropped, through all that were kept since. */
  readonly #oldest = this.#kept.keys();

  /** `max`: from 1. */
  constructor(max: number) {
    this.#max = max;
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  get(key: string): T | undefined {
    return this.#kept.get(key);
  }

  /** Keeps a value under a key that is new; false where the key is there. */
  add(key: string, value: T): boolean {
    if (this.#kept.has(key)) return false;
    if (this.#kept.size >= this.#max) {
      const oldest = this.#oldest.next();
      if (oldest.done !== true) this.#kept.delete(oldest.value);
    }
    this.#kept.set(key, value);
    return true;
  }
}
