import type { StateChange } from "../state/state-change.js";

/**
 * Keys whose newest value may not be on stable storage yet, each with the length of the journal that has to be: nobody
 * is told of a value that a crash of the machine could take back.
 */
export class DirtyKeys {
  readonly #keys = new Map<string, number>();
  readonly #prefixes = new Map<string, number>();

  /** A change that somebody waits to be durable, or that another process made. */
  add(change: StateChange, end: number): void {
    if (change[0] === "set" || change[0] === "delete") put(this.#keys, change[1], end);
    else if (change[0] === "forget") put(this.#prefixes, change[1], end);
  }

  /** All up to this length is on stable storage. */
  synced(end: number): void {
    for (const all of [this.#keys, this.#prefixes])
      for (const [key, at] of all) {
        if (at > end) break; // they are in the order of their lengths
        all.delete(key);
      }
  }

  /** The journal goes on in another file: lengths in the one before mean nothing. */
  moved(end: number): void {
    for (const all of [this.#keys, this.#prefixes]) for (const key of all.keys()) all.set(key, end);
  }

  has(key: string): boolean {
    return this.#keys.has(key) || [...this.#prefixes.keys()].some((prefix) => key.startsWith(prefix));
  }

  hasAny(prefix: string): boolean {
    return (
      [...this.#keys.keys()].some((key) => key.startsWith(prefix)) ||
      [...this.#prefixes.keys()].some((other) => other.startsWith(prefix) || prefix.startsWith(other))
    );
  }
}

/** Puts it last. */
function put(all: Map<string, number>, key: string, end: number): void {
  all.delete(key);
  all.set(key, end);
}
