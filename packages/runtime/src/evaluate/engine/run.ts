import { isUnder, type Value } from "@writ/ir/values";
import { truthOf } from "../evaluate.js";
import type { Truth } from "../kleene.js";
import type { Code } from "./code.js";
import { compared } from "./compared.js";
import type { Frame } from "./frame.js";
import * as op from "./operations.js";

// One by one: a bundler then keeps no object of all operations.
const FALSE = op.FALSE;
const SIZE = op.SIZE;
const TRUE = op.TRUE;
const UNKNOWN = op.UNKNOWN;

/**
 * The truth of a group, all of it (strong Kleene logic): the loop that every condition of every tool runs in. What most
 * conditions are made of is done here, the rest beside it.
 */
export function all(frame: Frame, code: Code, start: number, end: number): number {
  const { instructions } = code;
  let whole = TRUE;
  for (let at = start; at < end; at += SIZE) {
    const operation = instructions[at] ?? op.CONSTANT;
    const slot = instructions[at + 1] ?? 0;
    const constant = instructions[at + 2] ?? UNKNOWN;
    const place = instructions[at + 3] ?? op.NOWHERE;
    let truth = UNKNOWN;
    if (place >= 0 && frame.keptIn[place] === frame.turn) truth = frame.kept[place] ?? UNKNOWN;
    else {
      const plain = operation & ~op.NOT;
      if (plain < op.FIRST_OF_SLOTS) truth = group(frame, code, plain, slot, constant);
      else {
        const value: Value | undefined = slot < frame.code.args ? frame.slots[slot] : frame.derived(slot);
        if (typeof value === "string") truth = ofText(code, frame, plain, value, slot, constant);
        else if (typeof value === "number" && plain <= op.NUMBER_AT_LEAST && plain >= op.NUMBER_EQUALS)
          truth = ofNumber(plain, value, code.numbers[constant] ?? Number.NaN);
        else truth = compared(code, plain, value, frame, slot, constant);
      }
      if (place >= 0) {
        frame.kept[place] = truth;
        frame.keptIn[place] = frame.turn;
      }
    }
    if (truth === UNKNOWN) whole = UNKNOWN;
    else if ((truth === TRUE) === ((operation & op.NOT) !== 0)) return FALSE;
  }
  return whole;
}

function any(frame: Frame, code: Code, start: number, end: number): number {
  let whole = FALSE;
  for (let at = start; at < end; at += SIZE) {
    const truth = all(frame, code, at, at + SIZE);
    if (truth === TRUE) return TRUE;
    if (truth === UNKNOWN) whole = UNKNOWN;
  }
  return whole;
}

/** What looks at no slot of its own. */
function group(frame: Frame, code: Code, operation: number, start: number, constant: number): number {
  switch (operation) {
    case op.CONSTANT:
      return constant;
    case op.ALL:
      return all(frame, code, start, constant);
    case op.ANY:
      return any(frame, code, start, constant);
    case op.ROLE: {
      const { supposed } = frame;
      return supposed === undefined
        ? all(frame, code, start, start + SIZE)
        : supposed.has(code.texts[constant] ?? "")
          ? TRUE
          : FALSE;
    }
    case op.WALK: {
      const node = code.trees[constant];
      if (node === undefined) return UNKNOWN;
      try {
        return asInteger(truthOf(node, frame.scope()));
      } catch {
        frame.stumbled();
        return UNKNOWN;
      }
    }
    default:
      return UNKNOWN;
  }
}

function ofText(code: Code, frame: Frame, operation: number, value: string, slot: number, constant: number): number {
  switch (operation) {
    case op.TEXT_EQUALS:
      return value === code.texts[constant] ? TRUE : FALSE;
    case op.TEXT_IN:
      return code.holds(constant, value) ? TRUE : FALSE;
    case op.UNDER:
      return isUnder(value, code.texts[constant] ?? "") ? TRUE : FALSE;
    case op.HOST_IN:
      return code.hosts[constant]?.holds(value) ?? UNKNOWN;
    default:
      return compared(code, operation, value, frame, slot, constant);
  }
}

function ofNumber(operation: number, value: number, constant: number): number {
  switch (operation) {
    case op.NUMBER_EQUALS:
      return value === constant ? TRUE : FALSE;
    case op.NUMBER_BELOW:
      return value < constant ? TRUE : FALSE;
    case op.NUMBER_ABOVE:
      return value > constant ? TRUE : FALSE;
    case op.NUMBER_AT_MOST:
      return value <= constant ? TRUE : FALSE;
    case op.NUMBER_AT_LEAST:
      return value >= constant ? TRUE : FALSE;
    default:
      return UNKNOWN;
  }
}

function asInteger(found: Truth): number {
  return found === undefined ? UNKNOWN : found ? TRUE : FALSE;
}
