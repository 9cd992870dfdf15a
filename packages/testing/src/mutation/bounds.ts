import type { Json, Type } from "@writ/ir";
import { formatDuration, formatTime, readValue } from "@writ/ir/values";

const DAY = 86_400_000;

/** A bound twice as high or half as high, an instant a day later or earlier; undefined where a type has no order. */
export function movedBound(type: Type, value: Json, up: boolean): Json | undefined {
  const moved = move(type, value, up);
  return moved !== undefined && readValue(type, moved, new Map()).ok ? moved : undefined;
}

function move(type: Type, value: Json, up: boolean): Json | undefined {
  switch (type.kind) {
    case "Int":
    case "Decimal": {
      const number = numberOf(value);
      return number === undefined ? undefined : scaled(number, up);
    }
    case "Money": {
      if (typeof value !== "object" || value === null || !("amount" in value)) {
        const number = numberOf(value);
        return number === undefined ? undefined : scaled(number, up);
      }
      const number = numberOf(value.amount);
      return number === undefined ? undefined : { ...value, amount: scaled(number, up) };
    }
    case "Duration": {
      const read = readValue(type, value, new Map());
      return read.ok && typeof read.value === "number"
        ? formatDuration(Math.max(0, scaled(read.value, up)))
        : undefined;
    }
    case "Time": {
      const read = readValue(type, value, new Map());
      return read.ok && typeof read.value === "number" ? formatTime(read.value + (up ? DAY : -DAY)) : undefined;
    }
    default:
      return undefined;
  }
}

/** Whole where it was halved: a currency may have no smaller unit. */
function scaled(number: number, up: boolean): number {
  if (number === 0) return up ? 1 : -1;
  return up === number > 0 ? number * 2 : Math.trunc(number / 2);
}

function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === "number" ? value : typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
