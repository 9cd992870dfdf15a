/** Time as a pool has it: it never goes back. */
export interface PoolClock {
  /** Milliseconds since some start. */
  now(): number;
  /** Calls `run` once, later; gives what stops that. Where nothing else goes on, only a `held` one keeps the process. */
  after(ms: number, run: () => void, held?: boolean): () => void;
}

export const poolClock: PoolClock = {
  now: () => performance.now(),
  after: (ms, run, held = false) => {
    const timer = setTimeout(run, ms);
    if (!held) timer.unref();
    return () => clearTimeout(timer);
  },
};
