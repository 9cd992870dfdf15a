import type { Frame } from "./frame.js";
import { FALSE, UNKNOWN } from "./operations.js";
import { all } from "./run.js";

/**
 * The rules of the tool that are not false, ascending: each is its number twice, and one more where it is unknown.
 * Whatever goes wrong in a condition makes it unknown.
 */
export function liveRules(frame: Frame): number[] {
  const { code } = frame;
  const live: number[] = [];
  if (code.index === undefined) for (let rule = 0; rule < code.starts.length; rule += 1) judge(frame, rule, live);
  else for (const rule of code.index.candidates(frame)) judge(frame, rule, live);
  return live;
}

function judge(frame: Frame, rule: number, live: number[]): void {
  let truth = UNKNOWN;
  try {
    truth = all(frame, frame.code.starts[rule] ?? 0, frame.code.ends[rule] ?? 0);
  } catch {
    frame.stumbled();
  }
  if (truth !== FALSE) live.push(rule * 2 + (truth === UNKNOWN ? 1 : 0));
}
