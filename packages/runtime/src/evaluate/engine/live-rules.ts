import type { Value } from "@writ/ir/values";
import {
  HOST_COLUMN,
  holdsOfHost,
  holdsOfList,
  holdsOfNumber,
  holdsOfPath,
  holdsOfText,
  judgeEach,
  LIST_COLUMN,
  NUMBER_COLUMN,
  PATH_COLUMN,
  TEXT_COLUMN,
  type Column,
} from "./column.js";
import type { Frame } from "./frame.js";
import { FALSE, SIZE, UNKNOWN } from "./operations.js";
import { all } from "./run.js";
import { holdsOfClaim } from "./sure.js";

/**
 * Finds the rules of a tool that are not false. Of few rules: their bits in `frame.live`, and in `frame.unknown` those of
 * them that are unknown. Of more: in `frame.manyRules` the numbers of the rules, ascending, each twice, and one more where the
 * rule is unknown; `frame.many` says how many they are. Whatever goes wrong in a condition makes it unknown.
 */
export function findLive(frame: Frame): void {
  const { starts, index, few } = frame.code;
  if (few) {
    answer(frame);
    if ((frame.live & frame.code.walked) !== 0) rest(frame);
    frame.unknown &= frame.live;
    return;
  }
  const { found } = frame;
  let count = 0;
  if (index === undefined)
    for (let rule = 0; rule < starts.length; rule += 1) count = keep(frame, count, rule, judge(frame, rule, 0));
  else {
    index.find(frame, found);
    for (let i = 0; i < found.length; i += 1) {
      const one = found.rules[i] ?? 0;
      const rule = one >>> 1;
      // By what a rule was found by is true, and stands first.
      count = keep(frame, count, rule, judge(frame, rule, (one & 1) * SIZE));
    }
  }
  frame.many = count;
}

/** What the columns say. A rule is false where one test of it is; which is found first does not matter. */
function answer(frame: Frame): void {
  const { code, slots } = frame;
  const { columns, args } = code;
  const { answered, supposed } = frame;
  let { live, unknown } = frame;
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i];
    if (column === undefined) break;
    const { rules, slot, kind, sure } = column;
    if ((live & rules) === 0 || (answered & sure) !== 0) continue;
    const known = !column.supposable || supposed === undefined;
    if (slot >= args && sure !== 0 && known) {
      const holds = ofClaim(frame, column);
      if (holds >= 0) {
        live &= holds | ~rules;
        continue;
      }
    }
    const value: Value | undefined = slot < args ? slots[slot] : frame.derived(slot);
    let holds = -1;
    if (typeof value === "string") {
      if (kind === TEXT_COLUMN) holds = holdsOfText(column, value);
      else if (kind === PATH_COLUMN) holds = holdsOfPath(column, value);
      else if (kind === HOST_COLUMN) holds = holdsOfHost(column, value);
    } else if (typeof value === "number") {
      if (kind === NUMBER_COLUMN && value === value) holds = holdsOfNumber(column, value);
    } else if (kind === LIST_COLUMN && value !== undefined && known) holds = holdsOfList(column, value);
    if (holds >= 0) live &= holds | ~rules;
    else if (value === undefined && known) unknown |= rules;
    else {
      frame.live = live;
      frame.unknown = unknown;
      judgeEach(frame, code.code, column, value);
      ({ live, unknown } = frame);
    }
  }
  frame.live = live;
  frame.unknown = unknown;
}

/** What a sure column says of a claim as it came; -1 where the claim has to be read. */
function ofClaim(frame: Frame, column: Column): number {
  const claim = frame.code.derived[column.slot - frame.code.args]?.claim;
  if (claim === undefined) return -1;
  try {
    return holdsOfClaim(column, claim.kind, claim.field.type, frame.given(claim));
  } catch {
    return -1;
  }
}

/** What no column answers, of the rules that are left. */
function rest(frame: Frame): void {
  for (let left = frame.live & frame.code.walked; left !== 0; left &= left - 1) {
    const bit = left & -left;
    const truth = judge(frame, 31 - Math.clz32(bit), 0);
    if (truth === FALSE) frame.live &= ~bit;
    else if (truth === UNKNOWN) frame.unknown |= bit;
  }
}

/** Keeps a rule among those that are not false, and gives how many these are then. */
function keep(frame: Frame, count: number, rule: number, truth: number): number {
  if (truth === FALSE) return count;
  frame.manyRules[count] = rule * 2 + (truth === UNKNOWN ? 1 : 0);
  return count + 1;
}

/** The truth of what no column answers of a rule, from the instruction that stands so far behind its first. */
export function judge(frame: Frame, rule: number, from: number): number {
  const { code, starts, ends } = frame.code;
  try {
    return all(frame, code, (starts[rule] ?? 0) + from, ends[rule] ?? 0);
  } catch {
    frame.stumbled();
    return UNKNOWN;
  }
}
