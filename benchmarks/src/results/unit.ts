import { duration, short } from "../grid.js";

/** What a figure counts. Times are nanoseconds, rates are a second, shares lie between 0 and 1, `yes` is 1 or 0. */
export const UNITS = ["time", "bytes", "rate", "times", "share", "count", "yes"] as const;
export type Unit = (typeof UNITS)[number];

/** A figure as a person reads it. */
export function shown(value: number, unit: Unit): string {
  if (value < 0) return `-${shown(-value, unit)}`;
  switch (unit) {
    case "time":
      return duration(value);
    case "bytes":
      return bytes(value);
    case "rate":
      return `${value >= 100 ? Math.round(value).toLocaleString("en") : short(value)}/s`;
    case "times":
      return `${short(value)}x`;
    case "share":
      return `${(100 * value).toFixed(1)} %`;
    case "count":
      return String(Math.round(value * 100) / 100);
    case "yes":
      return value >= 1 ? "yes" : "no";
    default:
      return String(value);
  }
}

function bytes(value: number): string {
  if (value < 1000) return `${value.toFixed(0)} B`;
  return value < 1e6 ? `${short(value / 1e3)} KB` : `${short(value / 1e6)} MB`;
}
