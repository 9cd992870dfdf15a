/** Where the runtime takes the time from. A test gives its own; production gives {@link systemClock}. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, an integer. It may go back: nothing may be freed when it does. */
  now(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() };
