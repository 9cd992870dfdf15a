import type { Json } from "../schema/json.js";
import { failed, type Reading } from "./value.js";

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(\d{1,12})(ms|s|m|h|d)$/;

/** Milliseconds of the units that durations are written in. */
export const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** `Time`: an RFC 3339 instant with `Z` or an offset, to the millisecond. Canonical is UTC, milliseconds where not zero. */
export function readTime(input: Json, path: string): Reading {
  const match = typeof input === "string" ? INSTANT.exec(input) : null;
  const refused = failed(path, "time", "expected an instant such as 2026-01-05T10:00:00Z");
  if (match === null || typeof input !== "string") return refused;
  const value = Date.parse(input);
  if (Number.isNaN(value)) return refused;
  // Date.parse takes 31 February for 3 March; the parts must come out as they went in.
  const [, year, month, day, hour, minute, second, , zone = "Z"] = match;
  const sign = zone.startsWith("-") ? -1 : 1;
  const offset = zone === "Z" ? 0 : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
  const local = new Date(value + offset).toISOString();
  if (!local.startsWith(`${year}-${month}-${day}T${hour}:${minute}:${second}`)) return refused;
  return { ok: true, wire: formatTime(value), value };
}

/** The canonical text of an instant. */
export function formatTime(value: number): string {
  return new Date(value).toISOString().replace(".000Z", "Z");
}

/** `Duration`: a whole number and one of `ms s m h d`. Canonical is the largest unit that divides it. */
export function readDuration(input: Json, path: string): Reading {
  const match = typeof input === "string" ? DURATION.exec(input) : null;
  const unit = DURATION_UNITS.get(match?.[2] ?? "");
  const value = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!Number.isSafeInteger(value)) return failed(path, "duration", "expected a duration such as 15s, 10m or 2h");
  return { ok: true, wire: formatDuration(value), value };
}

/** The canonical text of a duration in milliseconds, which are never negative. */
export function formatDuration(value: number): string {
  for (const [unit, size] of DURATION_UNITS) if (value % size === 0 && value > 0) return `${value / size}${unit}`;
  return `${value}ms`;
}
