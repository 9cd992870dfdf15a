import type { Comparison } from "@writ/ir";
import { Decimal, Money, type Value } from "@writ/ir/values";
import type { Code } from "./code.js";
import type { Draft } from "./draft.js";
import * as op from "./operations.js";
import { READ_MONEY, type Slots } from "./slots.js";

/** Where comparisons put their constants, and what their slots hold. */
export interface Comparing {
  readonly code: Code;
  readonly slots: Slots;
}

const CHEAP = 1;

/** Comparisons of a slot with constants; undefined where the tree has to be walked. */
export const drafts = { compare, between, among };

/** A truth that is known before any call. */
export function constantDraft(truth: number): Draft {
  return { operation: op.CONSTANT, slot: 0, constant: truth, cost: 0 };
}

function compare(at: Comparing, operator: Comparison, slot: number, constant: Value): Draft | undefined {
  if (operator === "!=") {
    const equal = compare(at, "==", slot, constant);
    return equal === undefined ? undefined : { ...equal, operation: equal.operation ^ op.NOT };
  }
  const money = at.slots.params.kinds[slot] === READ_MONEY;
  if (constant instanceof Money) {
    if (!money) return undefined;
    const minor = at.code.money(constant);
    return { operation: MONEY[operator], slot, constant: minor, cost: CHEAP };
  }
  if (money) return undefined;
  if (typeof constant === "number" || constant instanceof Decimal) {
    const number = asDouble(constant);
    return number === undefined
      ? undefined
      : { operation: NUMBER[operator], slot, constant: at.code.number(number, constant), cost: CHEAP };
  }
  if (operator !== "==") return undefined;
  if (typeof constant === "string")
    return { operation: op.TEXT_EQUALS, slot, constant: at.code.text(constant), cost: CHEAP };
  if (typeof constant === "boolean")
    return { operation: op.HOLDS ^ (constant ? 0 : op.NOT), slot, constant: 0, cost: CHEAP };
  return undefined;
}

function between(at: Comparing, slot: number, low: Value, high: Value): Draft | undefined {
  const parts = [compare(at, ">=", slot, low), compare(at, "<=", slot, high)];
  const [from, to] = parts;
  if (from === undefined || to === undefined) return undefined;
  // Its two constants were just kept side by side.
  if (from.operation === op.NUMBER_AT_LEAST && to.operation === op.NUMBER_AT_MOST)
    return { operation: op.NUMBER_BETWEEN, slot, constant: from.constant, cost: CHEAP };
  return { operation: op.ALL, slot: 0, constant: 0, cost: 3, parts: [from, to] };
}

function among(at: Comparing, slot: number, list: readonly Value[]): Draft | undefined {
  const texts = list.filter((item) => typeof item === "string");
  if (texts.length === list.length) {
    const [only = ""] = texts;
    return list.length === 1
      ? compare(at, "==", slot, only)
      : at.slots.params.kinds[slot] === READ_MONEY
        ? undefined
        : { operation: op.TEXT_IN, slot, constant: at.code.list(texts), cost: CHEAP };
  }
  const parts: Draft[] = [];
  for (const item of list) {
    const part = compare(at, "==", slot, item);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { operation: op.ANY, slot: 0, constant: 0, cost: 3, parts };
}

const NUMBER = {
  "==": op.NUMBER_EQUALS,
  "<": op.NUMBER_BELOW,
  "<=": op.NUMBER_AT_MOST,
  ">": op.NUMBER_ABOVE,
  ">=": op.NUMBER_AT_LEAST,
} as const;

const MONEY = {
  "==": op.MONEY_EQUALS,
  "<": op.MONEY_BELOW,
  "<=": op.MONEY_AT_MOST,
  ">": op.MONEY_ABOVE,
  ">=": op.MONEY_AT_LEAST,
} as const;

const DIGITS = 10n ** 15n;

/**
 * A number as a double that compares as it does: decimals of at most 15 digits and doubles name each other one to one,
 * and in the same order.
 */
function asDouble(value: number | Decimal): number | undefined {
  if (typeof value === "number") return value;
  const { digits } = value;
  return digits < DIGITS && digits > -DIGITS && value.scale <= 60 ? Number(value.toString()) : undefined;
}
