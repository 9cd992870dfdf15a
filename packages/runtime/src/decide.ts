import { copyJson, type Decision, type Fault, type Identity, type Json, type OutcomeEffect } from "@writ/ir";
import { refusedInput } from "./evaluate/decide.js";
import { giveBack, takeFrame, type Frame } from "./evaluate/engine/frame.js";
import { keepArguments, takeArguments, type KeptArguments } from "./evaluate/engine/kept-arguments.js";
import { readArguments } from "./evaluate/engine/read-arguments.js";
import { findLive } from "./evaluate/engine/live-rules.js";
import { findingOf } from "./evaluate/finding.js";
import type { Program, ToolProgram } from "./evaluate/program.js";

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
  if (tool === undefined) return refused(UNKNOWN_TOOL);
  const frame = takeFrame(program, tool, identity, now, undefined);
  const fault = readArguments(frame, args);
  if (fault !== undefined) {
    giveBack(frame);
    return refused(fault);
  }
  return ruled(frame);
}

/** A call whose arguments were read, and what the rules say of it for one caller at one instant. */
export interface ReadCall {
  decide(caller: Pick<DecisionRequest, "identity" | "now">): Ruling;
}

/**
 * Reads the arguments of a call once, to decide it for many callers or times: who may do this? Each ruling is the one that
 * {@link decide} gives. The arguments are copied: whoever changes them later changes no ruling. A call that cannot be read
 * is refused to everybody.
 */
export function readCall(program: Program, { tool: name, args }: Pick<DecisionRequest, "tool" | "args">): ReadCall {
  const tool = program.tools.get(name);
  if (tool === undefined) return refusedToAll(UNKNOWN_TOOL);
  const copy = copyJson(args);
  if (!copy.ok) return refusedToAll(copy.fault);
  const frame = takeFrame(program, tool, NOBODY, 0, undefined);
  const fault = readArguments(frame, copy.value);
  const kept = fault === undefined ? keepArguments(frame) : undefined;
  giveBack(frame);
  return kept === undefined ? refusedToAll(fault ?? UNKNOWN_TOOL) : new Read(kept);
}

/** Holds what was read itself: one object less to look up in each decision. */
class Read implements ReadCall {
  readonly #program: Program;
  readonly #tool: ToolProgram;
  readonly #slots: KeptArguments["slots"];
  readonly #units: KeptArguments["units"];
  readonly #whole: KeptArguments["whole"];

  constructor({ program, tool, slots, units, whole }: KeptArguments) {
    this.#program = program;
    this.#tool = tool;
    this.#slots = slots;
    this.#units = units;
    this.#whole = whole;
  }

  decide({ identity, now }: Pick<DecisionRequest, "identity" | "now">): Ruling {
    const frame = takeFrame(this.#program, this.#tool, identity, now, undefined);
    takeArguments(frame, this.#slots, this.#units, this.#whole);
    return ruled(frame);
  }
}

function ruled(frame: Frame): Ruling {
  findLive(frame);
  const ruling = findingOf(frame);
  giveBack(frame);
  return ruling;
}

const NOBODY: Identity = { user: {}, agent: {}, session: {} };
const UNKNOWN_TOOL: Fault = { path: "tool", code: "unknown_tool", message: "the policy does not declare this tool" };

function refusedToAll(fault: Fault): ReadCall {
  return { decide: () => refused(fault) };
}

function refused(fault: Fault): Ruling {
  return { effect: "forbid", by: "input", decision: refusedInput(fault).decision };
}
