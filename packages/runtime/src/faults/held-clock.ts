import { GuardError } from "../errors.js";
import type { Clock } from "../ports/clock.js";

/** A clock that gives whole milliseconds, or throws: with a time that is no number nothing would ever expire. */
export function heldClock(clock: Clock): Clock {
  return {
    now() {
      const now: unknown = clock.now();
      if (typeof now === "number" && Number.isSafeInteger(now) && now >= 0) return now;
      throw new GuardError("clock_failed", "the clock did not give milliseconds since 1970, a whole number");
    },
  };
}
