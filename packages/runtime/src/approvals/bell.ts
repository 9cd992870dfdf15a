/** Tells those in this process who wait for an approval that it may have changed. It says nothing of what it is now. */
export class Bell {
  readonly #waiting = new Map<string, Set<() => void>>();

  ring(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  ringAll(): void {
    for (const id of this.#waiting.keys()) this.ring(id);
  }

  /** Resolves when it rings, when the signal fires, or after `ms`, whatever is first. */
  async heard(id: string, ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wakers = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, wakers.add(resolve));
    const timer = setTimeout(resolve, ms);
    const onAbort = (): void => resolve();
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) resolve();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      wakers.delete(resolve);
      if (wakers.size === 0 && this.#waiting.get(id) === wakers) this.#waiting.delete(id);
    }
  }
}
