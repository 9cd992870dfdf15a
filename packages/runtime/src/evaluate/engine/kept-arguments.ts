import type { Value } from "@writ/ir/values";
import type { Program, ToolProgram } from "../program.js";
import type { Canonical } from "./canonical.js";
import type { Frame } from "./frame.js";
import { READ_MONEY } from "./slots.js";

/** The arguments of a call as a frame holds them once they are read, for decisions that come later. */
export interface KeptArguments {
  readonly program: Program;
  readonly tool: ToolProgram;
  readonly slots: readonly (Value | undefined)[];
  readonly units: readonly string[];
  readonly whole: Canonical;
}

/** Keeps what was read into a frame. */
export function keepArguments(frame: Frame): KeptArguments {
  const { program, tool, code, slots, units } = frame;
  const whole = frame.canonical();
  const money = code.params.kinds.includes(READ_MONEY);
  return { program, tool, slots: slots.slice(0, code.args), units: money ? units.slice(0, code.args) : NONE, whole };
}

const NONE: readonly never[] = [];

/** Puts it into a frame that was begun for the same tool. */
export function takeArguments(
  frame: Frame,
  slots: KeptArguments["slots"],
  units: KeptArguments["units"],
  whole: Canonical,
): void {
  for (let i = 0; i < slots.length; i += 1) frame.slots[i] = slots[i];
  for (let i = 0; i < units.length; i += 1) frame.units[i] = units[i] ?? "";
  frame.whole = whole;
}
