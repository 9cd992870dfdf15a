import { canonicalBytes, digest, sha256Hex, type FunctionName } from "@writ/ir";
import {
  calculate,
  canonicalHost,
  Decimal,
  isListValue,
  Money,
  Opaque,
  orderValues,
  readValue,
  registrableDomain,
  type NamedTypes,
  type Value,
} from "@writ/ir/values";

const encoder = new TextEncoder();
const NO_TYPES: NamedTypes = new Map();

/** A function of the language on canonical values; undefined, which is unknown, where it has no result. */
export function applyFunction(name: FunctionName, args: readonly Value[]): Value | undefined {
  const first = args[0];
  if (first === undefined) return undefined;
  switch (name) {
    case "size":
      return sizeOf(first);
    case "count":
      return isListValue(first) ? first.length : undefined;
    case "lower":
      return typeof first === "string" ? first.toLowerCase() : undefined;
    case "upper":
      return typeof first === "string" ? first.toUpperCase() : undefined;
    case "trim":
      return typeof first === "string" ? first.trim() : undefined;
    case "path": {
      const read = typeof first === "string" ? readValue({ kind: "Path" }, first, NO_TYPES) : undefined;
      return read?.ok === true ? read.value : undefined;
    }
    case "host":
      return typeof first === "string" ? canonicalHost(first) : undefined;
    case "domain":
      return typeof first === "string" ? registrableDomain(canonicalHost(first) ?? "") : undefined;
    case "hash":
      return typeof first === "string"
        ? sha256Hex(first)
        : first instanceof Opaque
          ? digest(first.json).slice("sha256:".length)
          : undefined;
    case "min":
    case "max":
      return extreme(name, args.length === 1 && isListValue(first) ? first : args);
    case "sum":
      return isListValue(first) ? sum(first) : undefined;
  }
}

/** Bytes of a text (UTF-8) or of any JSON in its canonical form; elements of a list. */
function sizeOf(value: Value): number | undefined {
  if (typeof value === "string") return encoder.encode(value).length;
  if (isListValue(value)) return value.length;
  if (value instanceof Opaque) return canonicalBytes(value.json).length;
  return undefined;
}

function extreme(name: "min" | "max", values: readonly Value[]): Value | undefined {
  let best = values[0];
  for (const value of values.slice(1)) {
    const order = best === undefined ? undefined : orderValues(value, best);
    if (order === undefined) return undefined;
    if (name === "min" ? order < 0 : order > 0) best = value;
  }
  return best instanceof Money || best instanceof Decimal || typeof best === "number" ? best : undefined;
}

function sum(values: readonly Value[]): Value | undefined {
  // An empty sum of money has no currency, so it is unknown rather than a guess.
  let total = values[0];
  for (const value of values.slice(1)) total = total === undefined ? undefined : calculate("+", total, value);
  return total;
}
