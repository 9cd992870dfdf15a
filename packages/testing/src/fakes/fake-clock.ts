import type { Clock } from "@writ/runtime";

/** A clock that stands until it is moved, also backwards. Milliseconds since 1970. */
export interface FakeClock extends Clock {
  /** Moves it by so many milliseconds; a negative number moves it back. */
  advance(ms: number): void;
  set(now: number): void;
}

/** A clock for tests: limits, expiries and records follow it. Begins on 2026-01-05 at 10:00 UTC. */
export function fakeClock(start: number = Date.UTC(2026, 0, 5, 10)): FakeClock {
  let time = start;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    set: (now) => {
      time = now;
    },
  };
}
