import { decimalOf } from "./decimal.js";
import { Decimal, Money, type Value } from "./value.js";

export type Operator = "+" | "-" | "*" | "/";

const MAX_BITS = 10n ** 40n;

/**
 * `+ - * /` on canonical values. Undefined, which is unknown to a rule, where the result does not exist or is not
 * exact: overflow, division by zero or with a remainder that no decimal holds, amounts of different currencies.
 */
export function calculate(operator: Operator, a: Value, b: Value): Value | undefined {
  if (typeof a === "number" && typeof b === "number") return integers(operator, a, b);
  if (a instanceof Money || b instanceof Money) return money(operator, a, b);
  const left = typeof a === "number" ? decimalOf(a) : a;
  const right = typeof b === "number" ? decimalOf(b) : b;
  return left instanceof Decimal && right instanceof Decimal ? decimals(operator, left, right) : undefined;
}

function integers(operator: Operator, a: number, b: number): number | Decimal | undefined {
  if (operator === "/") return decimals("/", decimalOf(a), decimalOf(b));
  const result = operator === "+" ? a + b : operator === "-" ? a - b : a * b;
  return Number.isSafeInteger(result) ? result : undefined;
}

function decimals(operator: Operator, a: Decimal, b: Decimal): Decimal | undefined {
  if (operator === "*") return bounded(new Decimal(a.digits * b.digits, a.scale + b.scale));
  if (operator === "/") return divide(a, b);
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return bounded(new Decimal(operator === "+" ? left + right : left - right, scale));
}

function divide(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  // Exact to 34 places or not at all: a third has no decimal.
  const shifted = a.digits * 10n ** BigInt(34 + b.scale);
  if (shifted % b.digits !== 0n) return undefined;
  return bounded(new Decimal(shifted / b.digits, 34 + a.scale));
}

function bounded(value: Decimal): Decimal | undefined {
  return value.digits > MAX_BITS || value.digits < -MAX_BITS ? undefined : value;
}

function money(operator: Operator, a: Value, b: Value): Value | undefined {
  if (a instanceof Money && b instanceof Money) {
    if (a.currency !== b.currency || operator === "*" || operator === "/") return undefined;
    return boundedMoney(operator === "+" ? a.minor + b.minor : a.minor - b.minor, a.currency);
  }
  const amount = a instanceof Money ? a : b instanceof Money && operator === "*" ? b : undefined;
  const factor = a instanceof Money ? b : a;
  if (amount === undefined || (operator !== "*" && operator !== "/")) return undefined;
  const by = typeof factor === "number" ? decimalOf(factor) : factor;
  if (!(by instanceof Decimal)) return undefined;
  const result = decimals(operator, new Decimal(amount.minor, 0), by);
  return result === undefined || result.scale > 0 ? undefined : boundedMoney(result.digits, amount.currency);
}

function boundedMoney(minor: bigint, currency: string): Money | undefined {
  return minor > MAX_BITS || minor < -MAX_BITS ? undefined : new Money(minor, currency);
}
