import type { Decision, Identity, Json, OutcomeEffect } from "@writ/ir";
import { decide as decideWhole } from "./evaluate/decide.js";
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
  /** The whole decision: every reason, demand and limit. It is put together when it is asked for. */
  readonly decision: Decision;
}

/**
 * A decision alone: it runs, records, asks and limits nothing, and knows of no session, so that conditions on labels, on
 * what was said, on history, facts and detectors are unknown and act by the polarity of their rule. Even an `allow` may
 * name limits and may come from a rule that changes the arguments. It is for simulators, benchmarks and admission
 * checks; what stands between an agent and its tools is a guard (`createGuard`).
 */
export function decide(program: Program, request: DecisionRequest): Ruling {
  const { decision } = decideWhole(program, request);
  return { effect: decision.effect, by: decision.reasons[0]?.by ?? "default", decision };
}
