import { equalValues, globMatches, isListValue, isUnder, orderValues, textOfValue, type Value } from "@writ/ir/values";
import type { Truth } from "../kleene.js";
import type { Code } from "./code.js";
import type { Frame } from "./frame.js";
import * as op from "./operations.js";

// One by one: a bundler then keeps no object of all operations.
const FALSE = op.FALSE;
const TRUE = op.TRUE;
const UNKNOWN = op.UNKNOWN;

/** A value that is known, or the unknown, against a constant. */
export function compared(
  code: Code,
  operation: number,
  value: Value | undefined,
  frame: Frame,
  slot: number,
  constant: number,
): number {
  switch (operation) {
    case op.GIVEN:
      return value === undefined || (typeof value === "object" && isListValue(value) && value.length === 0)
        ? FALSE
        : TRUE;
    case op.OPTIONAL_LIST_HAS:
      return value === undefined ? FALSE : listHas(value, code.texts[constant] ?? "");
    case op.SLOT_IN_SLOT: {
      const list = frame.value(constant);
      if (list === undefined || typeof list !== "object" || !isListValue(list)) return UNKNOWN;
      if (list.length === 0) return FALSE;
      return value === undefined ? UNKNOWN : among(value, list);
    }
    default:
      break;
  }
  if (value === undefined) return UNKNOWN;
  switch (operation) {
    case op.TEXT_EQUALS: {
      const text = code.texts[constant] ?? "";
      return typeof value === "string" ? (value === text ? TRUE : FALSE) : integer(equalValues(value, text));
    }
    case op.TEXT_IN:
      return typeof value === "string"
        ? asInteger(code.set(constant).has(value))
        : among(value, code.lists[constant] ?? []);
    case op.NUMBER_EQUALS:
      return typeof value === "number"
        ? asInteger(value === code.numbers[constant])
        : integer(equalValues(value, code.exact[constant] ?? ""));
    case op.NUMBER_BELOW:
      return typeof value === "number"
        ? asInteger(value < (code.numbers[constant] ?? Number.NaN))
        : ordered(code, operation, value, constant);
    case op.NUMBER_ABOVE:
      return typeof value === "number"
        ? asInteger(value > (code.numbers[constant] ?? Number.NaN))
        : ordered(code, operation, value, constant);
    case op.NUMBER_AT_MOST:
      return typeof value === "number"
        ? asInteger(value <= (code.numbers[constant] ?? Number.NaN))
        : ordered(code, operation, value, constant);
    case op.NUMBER_AT_LEAST:
      return typeof value === "number"
        ? asInteger(value >= (code.numbers[constant] ?? Number.NaN))
        : ordered(code, operation, value, constant);
    case op.NUMBER_BETWEEN: {
      if (typeof value === "number")
        return asInteger(
          value >= (code.numbers[constant] ?? Number.NaN) && value <= (code.numbers[constant + 1] ?? Number.NaN),
        );
      const low = ordered(code, op.NUMBER_AT_LEAST, value, constant);
      const high = ordered(code, op.NUMBER_AT_MOST, value, constant + 1);
      return low === FALSE || high === FALSE ? FALSE : low === UNKNOWN || high === UNKNOWN ? UNKNOWN : TRUE;
    }
    case op.MONEY_EQUALS:
    case op.MONEY_BELOW:
    case op.MONEY_ABOVE:
    case op.MONEY_AT_MOST:
    case op.MONEY_AT_LEAST:
      // Amounts of different currencies do not compare.
      return typeof value === "number" && frame.units[slot] === code.currencies[constant]
        ? amount(operation, value, code.numbers[constant] ?? Number.NaN)
        : UNKNOWN;
    case op.HOLDS:
      return value === true ? TRUE : value === false ? FALSE : UNKNOWN;
    case op.UNDER:
      return typeof value === "string" ? asInteger(isUnder(value, code.texts[constant] ?? "")) : UNKNOWN;
    case op.HOST_IN:
      return typeof value === "string" ? (code.hosts[constant]?.holds(value) ?? UNKNOWN) : UNKNOWN;
    case op.LIST_HAS:
      return listHas(value, code.texts[constant] ?? "");
    case op.SLOTS_EQUAL: {
      const other = frame.value(constant);
      return other === undefined ? UNKNOWN : integer(equalValues(value, other));
    }
    case op.LIKE: {
      const [text, glob] = [textOfValue(value), code.globs[constant]];
      return text === undefined || glob === undefined ? UNKNOWN : asInteger(globMatches(glob, text));
    }
    case op.MATCHES: {
      const [text, pattern] = [textOfValue(value), code.patterns[constant]];
      return text === undefined || pattern === undefined ? UNKNOWN : asInteger(pattern.matches(text));
    }
    case op.CONTAINS: {
      const text = textOfValue(value);
      return text === undefined ? UNKNOWN : asInteger(text.includes(code.texts[constant] ?? ""));
    }
    default:
      return UNKNOWN;
  }
}

function asInteger(holds: boolean): number {
  return holds ? TRUE : FALSE;
}

function integer(found: Truth): number {
  return found === undefined ? UNKNOWN : found ? TRUE : FALSE;
}

function listHas(list: Value, text: string): number {
  if (typeof list !== "object" || !isListValue(list)) return UNKNOWN;
  let found = FALSE;
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i];
    if (typeof item === "string") {
      if (item === text) return TRUE;
    } else {
      const same = item === undefined ? undefined : equalValues(text, item);
      if (same === true) return TRUE;
      if (same === undefined) found = UNKNOWN;
    }
  }
  return found;
}

function among(value: Value, items: Iterable<Value>): number {
  let found = FALSE;
  for (const item of items) {
    const same = equalValues(value, item);
    if (same === true) return TRUE;
    if (same === undefined) found = UNKNOWN;
  }
  return found;
}

function ordered(code: Code, operation: number, value: Value, constant: number): number {
  const exact = code.exact[constant];
  const order = exact === undefined ? undefined : orderValues(value, exact);
  return order === undefined ? UNKNOWN : amount(operation, order, 0);
}

/** Two numbers by an operation on numbers or on amounts. */
function amount(operation: number, left: number, right: number): number {
  switch (operation) {
    case op.MONEY_EQUALS:
      return asInteger(left === right);
    case op.NUMBER_BELOW:
    case op.MONEY_BELOW:
      return asInteger(left < right);
    case op.NUMBER_ABOVE:
    case op.MONEY_ABOVE:
      return asInteger(left > right);
    case op.NUMBER_AT_MOST:
    case op.MONEY_AT_MOST:
      return asInteger(left <= right);
    case op.NUMBER_AT_LEAST:
    case op.MONEY_AT_LEAST:
      return asInteger(left >= right);
    default:
      return UNKNOWN;
  }
}
