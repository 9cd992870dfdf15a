import type { Json } from "../schema/json.js";
import { Decimal, failed, type Reading } from "./value.js";

// 34 digits are IEEE 754 decimal128's; more in one argument is an attack or a mistake.
const MAX_DIGITS = 34;
const PLAIN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads plain or exponent notation exactly, or gives undefined. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = PLAIN.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  if (whole.length + fraction.length > 2 * MAX_DIGITS) return undefined;
  const shift = Number(exponent);
  let digits = BigInt(whole + fraction);
  let scale = fraction.length - shift;
  if (scale < -2 * MAX_DIGITS || scale > 2 * MAX_DIGITS) return undefined;
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  const value = new Decimal(sign === "-" ? -digits : digits, scale);
  return value.digits.toString().replace("-", "").length > MAX_DIGITS ? undefined : value;
}

/** `Decimal`: a JSON number or a decimal text; the form is kept, the text made plain. */
export function readDecimal(input: Json, path: string): Reading {
  if (typeof input !== "number" && typeof input !== "string") return failed(path, "decimal", "expected a number");
  // A number is read as JSON writes it: the shortest text that is that number again.
  const value = parseDecimal(typeof input === "number" ? JSON.stringify(input) : input);
  if (value === undefined) return failed(path, "decimal", `expected a decimal number of at most ${MAX_DIGITS} digits`);
  return { ok: true, wire: typeof input === "number" ? input : value.toString(), value };
}

/** -1, 0 or 1. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An `Int` as a decimal. */
export function decimalOf(value: number): Decimal {
  return new Decimal(BigInt(value), 0);
}
