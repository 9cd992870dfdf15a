import { isPlainHost, isPlainId, isPlainLine, isPlainPath } from "@writ/ir/values";
import type { Identity } from "@writ/ir";
import type { Program } from "../program.js";
import { giveBack, takeFrame } from "./frame.js";
import { findLive } from "./live-rules.js";
import { readArguments } from "./read-arguments.js";

const NOBODY: Identity = { user: {}, agent: {}, session: {} };
const TOOLS = 4;

/**
 * Decides calls of which nothing is known, so that the first real one does not wait until the code and the patterns of a
 * decision are compiled. Conditions that are walked are left alone: what they take is not known.
 */
export function warmUp(program: Program): void {
  for (const isPlain of [isPlainHost, isPlainId, isPlainPath]) isPlain("/a");
  isPlainLine("a", 1);
  let left = TOOLS;
  for (const tool of program.tools.values()) {
    if (left === 0 || tool.code.code.trees.length > 0) return;
    left -= 1;
    const frame = takeFrame(program, tool, NOBODY, 0, undefined);
    readArguments(frame, {});
    findLive(frame);
    giveBack(frame);
  }
}
