import { copyJson, type Json } from "@writ/ir";
import type { LimitClaim, Takes } from "../ports/state-store.js";
import { isList } from "../duties/json-path.js";
import { StateError } from "./state-error.js";

const MAX_TEXT = 4096;
const MAX_CLAIMS = 256;
const MAX_VALUES = 10_000;
/** The largest value, and the bounds of its shape. */
const VALUE_BOUNDS = { depth: 80, nodes: 400_000, bytes: 2 * 1024 * 1024 };

/** A key or an id as every store takes it. */
export function checkText(value: unknown, what: string): string {
  if (typeof value === "string" && value.length <= MAX_TEXT && value.isWellFormed()) return value;
  throw new StateError("state_invalid", `${what} must be a text of at most ${MAX_TEXT} characters.`);
}

/** A value, copied, so that a later change to the caller's object changes nothing here. */
export function checkValue(value: unknown): Json {
  const copied = copyJson(value, VALUE_BOUNDS);
  if (copied.ok) return freeze(copied.value);
  throw new StateError(
    "state_invalid",
    `The value to store is refused: ${copied.fault.path === "" ? "" : `${copied.fault.path}: `}${copied.fault.message}.`,
  );
}

/** Readers share what is stored: none may change it. */
export function freeze(value: Json): Json {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

/** Values for a log, copied; together as small as one value. */
export function checkValues(values: readonly Json[]): readonly Json[] {
  if (Array.isArray(values) && values.length <= MAX_VALUES) {
    const copied = checkValue(values);
    if (isList(copied)) return copied;
  }
  throw new StateError("state_invalid", "What is appended to a log must be a list of values.");
}

export function checkPosition(position: unknown): number {
  if (typeof position === "number" && Number.isSafeInteger(position) && position >= 0) return position;
  throw new StateError("state_invalid", "A position in a log must be an integer from 0.");
}

/** A prefix of keys to forget: never all keys. */
export function checkPrefix(prefix: unknown): string {
  const checked = checkText(prefix, "A prefix");
  if (checked !== "") return checked;
  throw new StateError("state_invalid", "A prefix of keys to forget must not be empty: that would forget everything.");
}

export function checkTime(now: unknown): number {
  if (typeof now === "number" && Number.isSafeInteger(now) && now >= 0) return now;
  throw new StateError("state_invalid", "The time must be milliseconds since 1970, an integer.");
}

export function checkVersion(expected: unknown): number | undefined {
  if (expected === undefined || (typeof expected === "number" && Number.isSafeInteger(expected))) return expected;
  throw new StateError("state_invalid", "The expected version must be an integer, or undefined for absent.");
}

/** The claims of a reservation, copied. */
export function checkClaims(claims: readonly LimitClaim[]): readonly LimitClaim[] {
  if (!Array.isArray(claims) || claims.length > MAX_CLAIMS) {
    throw new StateError("state_invalid", `A reservation has a list of at most ${MAX_CLAIMS} claims.`);
  }
  return claims.map(({ key, count, window, takes }: LimitClaim) => {
    checkText(key, "A limit's key");
    if (!Number.isSafeInteger(count) || count < 0)
      throw new StateError("state_invalid", "A limit's count must be an integer from 0.");
    if (window !== "session" && (!Number.isSafeInteger(window) || window < 1)) {
      throw new StateError("state_invalid", 'A limit\'s window must be milliseconds from 1, an integer, or "session".');
    }
    return takes === undefined ? { key, count, window } : { key, count, window, takes: checkTakes(takes) };
  });
}

function checkTakes(takes: unknown): Takes {
  if (takes === "concurrent") return takes;
  if (typeof takes === "number" && Number.isSafeInteger(takes) && takes >= 0) return takes;
  if (Array.isArray(takes) && takes.length <= MAX_VALUES)
    return takes.map((value: unknown) => checkText(value, "A value to count"));
  throw new StateError(
    "state_invalid",
    `A claim takes an integer from 0, at most ${MAX_VALUES} texts, or "concurrent".`,
  );
}
