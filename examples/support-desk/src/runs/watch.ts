import type { Observed, Observer } from "@writ/runtime";

/** Where the guard tells of its calls, and whoever listens just then: the screen tells more than the model may know. */
export class Watch {
  #listener: Observer | undefined;

  readonly observe: Observer = (seen) => this.#listener?.(seen);

  /** Tells `listener` of every call until `work` has ended. */
  async during<T>(listener: (seen: Observed) => void, work: () => Promise<T>): Promise<T> {
    this.#listener = listener;
    try {
      return await work();
    } finally {
      this.#listener = undefined;
    }
  }
}
