import type { Json } from "@writ/ir";
import type { Takes } from "../ports/state-store.js";
import type { Sighting } from "./distinct-count.js";
import type { Moment } from "./window-count.js";

type Window = number | "session";
/** A place under a counter; one call where it says nothing else. */
export type Name = readonly [key: string, window: Window] | readonly [key: string, window: Window, takes: Takes];

/**
 * One change of a store's state, as a journal holds it. Times never go back within a journal. Each journal that takes
 * the place of another has a higher generation; `moved` ends the one before, and says where in the next one its state ends.
 */
export type StateChange =
  | readonly ["base", version: number, time: number, generation: number]
  | readonly ["moved", generation: number, end: number, sum: string]
  | readonly ["set", key: string, version: number, value: Json]
  | readonly ["delete", key: string, version: number]
  | readonly ["append", key: string, first: number, values: readonly Json[]]
  | readonly ["drop", key: string, before: number]
  | readonly ["forget", prefix: string]
  | readonly ["counter", key: string, window: Window, moments: readonly Moment[]]
  | readonly ["distinct", key: string, window: Window, sightings: readonly Sighting[]]
  | readonly ["reserve", id: string, time: number, claims: readonly Name[], owner: string]
  | readonly ["commit", id: string, time: number]
  | readonly ["release", id: string]
  | readonly ["finish", id: string]
  | readonly ["adopt", owner: string, time: number];

/** Reads a change from a journal; undefined when it is none. `value` comes from `JSON.parse`. */
export function readChange(value: unknown): StateChange | undefined {
  return isChange(value) ? value : undefined;
}

function isChange(value: unknown): value is StateChange {
  if (!Array.isArray(value)) return false;
  const parts: readonly unknown[] = value;
  const [kind, a, b, c, d] = parts;
  switch (kind) {
    case "base":
      return value.length === 4 && isInteger(a) && isInteger(b) && isInteger(c);
    case "moved":
      return value.length === 4 && isInteger(a) && isInteger(b) && typeof c === "string";
    case "set":
      return value.length === 4 && typeof a === "string" && isInteger(b) && c !== undefined;
    case "delete":
      return value.length === 3 && typeof a === "string" && isInteger(b);
    case "append":
      return value.length === 4 && typeof a === "string" && isInteger(b) && Array.isArray(c);
    case "drop":
      return value.length === 3 && typeof a === "string" && isInteger(b);
    case "counter":
      return value.length === 4 && typeof a === "string" && isWindow(b) && Array.isArray(c) && c.every(isMoment);
    case "distinct":
      return value.length === 4 && typeof a === "string" && isWindow(b) && Array.isArray(c) && c.every(isSighting);
    case "reserve":
      return (
        value.length === 5 &&
        typeof a === "string" &&
        isInteger(b) &&
        Array.isArray(c) &&
        c.every(isName) &&
        typeof d === "string"
      );
    case "commit":
    case "adopt":
      return value.length === 3 && typeof a === "string" && isInteger(b);
    case "release":
    case "finish":
    case "forget":
      return value.length === 2 && typeof a === "string";
    default:
      return false;
  }
}

function isInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isWindow(value: unknown): value is Window {
  return value === "session" || isInteger(value);
}

function isName(value: unknown): value is Name {
  if (!Array.isArray(value) || typeof value[0] !== "string" || !isWindow(value[1])) return false;
  return value.length === 2 || (value.length === 3 && isTakes(value[2]));
}

function isTakes(value: unknown): value is Takes {
  return (
    value === "concurrent" ||
    isInteger(value) ||
    (Array.isArray(value) && value.every((one) => typeof one === "string"))
  );
}

function isSighting(value: unknown): value is Sighting {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && isInteger(value[1]);
}

function isMoment(value: unknown): value is Moment {
  return Array.isArray(value) && value.length === 2 && isInteger(value[0]) && isInteger(value[1]);
}
