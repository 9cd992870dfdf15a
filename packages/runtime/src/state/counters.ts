import type { Counter, CounterName } from "./counter.js";

const NONE: readonly Counter[] = [];

/** The counters of a table by key, and of one key by window: nearly every key has one. */
export class Counters {
  readonly #byKey = new Map<string, readonly Counter[]>();
  #size = 0;
  /** Where {@link next} is: in which round, and in which list of it. */
  #round: Iterator<readonly Counter[], undefined> | undefined;
  #list: readonly Counter[] = NONE;
  #at = 0;

  get size(): number {
    return this.#size;
  }

  get({ key, window }: CounterName): Counter | undefined {
    const named = this.#byKey.get(key);
    if (named !== undefined) for (const counter of named) if (counter.window === window) return counter;
    return undefined;
  }

  /** Keeps a counter, in place of another of its name. */
  set(counter: Counter): void {
    const { key, window } = counter;
    const named = this.#byKey.get(key) ?? [];
    this.#replace(key, named, [...named.filter((other) => other.window !== window), counter]);
  }

  /** Drops this very counter: another that has its name by now stays. */
  delete(counter: Counter): void {
    const { key } = counter;
    const named = this.#byKey.get(key);
    if (named !== undefined)
      this.#replace(
        key,
        named,
        named.filter((other) => other !== counter),
      );
  }

  #replace(key: string, before: readonly Counter[], after: readonly Counter[]): void {
    this.#size += after.length - before.length;
    if (after.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, after);
  }

  /** Goes through them round after round, one each time: undefined at the end of a round. Some may have been dropped since. */
  next(): Counter | undefined {
    for (;;) {
      const counter = this.#list[this.#at];
      this.#at += 1;
      if (counter !== undefined) return counter;
      this.#round ??= this.#byKey.values();
      const { value } = this.#round.next();
      this.#list = value ?? NONE;
      this.#at = 0;
      if (value !== undefined) continue;
      this.#round = undefined;
      return undefined;
    }
  }

  /** In the order in which their keys came; what is kept or dropped meanwhile may come or not. */
  *values(): Generator<Counter, undefined> {
    for (const named of this.#byKey.values()) for (const counter of named) yield counter;
    return undefined;
  }
}
