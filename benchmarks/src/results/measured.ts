import type { TargetId } from "../targets/target-list.js";
import type { Measured } from "./suite-result.js";

/** A figure that a target is held to; where there is none, the note says why. */
export function measured(id: TargetId, value: number | undefined, note?: string): Measured {
  return {
    id,
    ...(value === undefined || !Number.isFinite(value) ? {} : { value }),
    ...(note === undefined ? {} : { note }),
  };
}
