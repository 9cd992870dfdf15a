import type { Decision, Fault, Identity, Json, OutcomeEffect } from "@writ/ir";
import { refusedInput } from "./evaluate/decide.js";
import { giveBack, takeFrame } from "./evaluate/engine/frame.js";
import { readArguments } from "./evaluate/engine/read-arguments.js";
import { findLive } from "./evaluate/engine/live-rules.js";
import { findingOf } from "./evaluate/finding.js";
import type { Program } from "./evaluate/program.js";

export { loadProgram, type Program } from "./evaluate/program.js";

/** One tool call at one instant. `args` is plain JSON (`JSON.parse`, or `copyJson` of `@writ/ir` for what a model's SDK hands over). */
export interface DecisionRequest {
  readonly tool: string;
  readonly args: Json;
  /** What the host has proved about the caller. Absent claims are unknown. */
  readonly identity: Identity;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

/** What the rules say of one call, and what said it. */
export interface Ruling {
  readonly effect: OutcomeEffect;
  /** The first reason: a rule's id, or `input`, `default` or `tier`. */
  readonly by: string;
  /** The whole decision: every reason, demand and limit. It is put together when it is asked for, and frozen. */
  readonly decision: Decision;
}

/**
 * A decision alone: it runs, records, asks and limits nothing, and knows of no session, so that conditions on labels, on
 * what was said, on history, facts and detectors are unknown and act by the polarity of their rule. Even an `allow` may
 * name limits and may come from a rule that changes the arguments. It is for simulators, benchmarks and admission
 * checks; what stands between an agent and its tools is a guard (`createGuard`).
 */
export function decide(program: Program, { tool: name, args, identity, now }: DecisionRequest): Ruling {
  const tool = program.tools.get(name);
  if (tool === undefined)
    return refused({ path: "tool", code: "unknown_tool", message: "the policy does not declare this tool" });
  const frame = takeFrame(program, tool, identity, now, undefined);
  const fault = readArguments(frame, args);
  if (fault !== undefined) {
    giveBack(frame);
    return refused(fault);
  }
  findLive(frame);
  const ruling = findingOf(frame);
  giveBack(frame);
  return ruling;
}

function refused(fault: Fault): Ruling {
  return { effect: "forbid", by: "input", decision: refusedInput(fault).decision };
}
