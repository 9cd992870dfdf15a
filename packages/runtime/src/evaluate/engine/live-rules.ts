import type { Frame } from "./frame.js";
import { FALSE, UNKNOWN } from "./operations.js";
import { all } from "./run.js";

/** Tools with no more rules have their truths in the bits of one number. */
export const FEW_RULES = 15;

/**
 * The rules of a tool that are not false. Of few rules: the bits of a number, two a rule (`operations.ts`). Of more: the
 * numbers of the rules, ascending, each twice, and one more where the rule is unknown. Whatever goes wrong in a condition
 * makes it unknown.
 */
export type LiveRules = number | readonly number[];

export function liveRules(frame: Frame): LiveRules {
  const { starts, index } = frame.code;
  if (starts.length <= FEW_RULES) {
    return few(frame, starts.length);
  }
  const live: number[] = [];
  if (index === undefined) for (let rule = 0; rule < starts.length; rule += 1) keep(live, rule, judge(frame, rule));
  else for (const rule of index.candidates(frame)) keep(live, rule, judge(frame, rule));
  return live;
}

/** One guard around all rules costs less than one a rule; where a condition breaks, each is judged under its own. */
function few(frame: Frame, count: number): number {
  const { code, starts, ends } = frame.code;
  let bits = 0;
  try {
    for (let rule = 0; rule < count; rule += 1)
      bits |= all(frame, code, starts[rule] ?? 0, ends[rule] ?? 0) << (2 * rule);
  } catch {
    frame.stumbled();
    bits = 0;
    for (let rule = 0; rule < count; rule += 1) bits |= judge(frame, rule) << (2 * rule);
  }
  return bits;
}

function keep(live: number[], rule: number, truth: number): void {
  if (truth !== FALSE) live.push(rule * 2 + (truth === UNKNOWN ? 1 : 0));
}

function judge(frame: Frame, rule: number): number {
  const { code, starts, ends } = frame.code;
  try {
    return all(frame, code, starts[rule] ?? 0, ends[rule] ?? 0);
  } catch {
    frame.stumbled();
    return UNKNOWN;
  }
}
