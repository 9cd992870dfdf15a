import type { Decision, Fault, Json } from "@writ/ir";
import { readFields, type Value } from "@writ/ir/values";
import type { Match } from "./combine.js";
import { Decided, withDecision } from "./decided.js";
import { giveBack, takeFrame, type Situation } from "./engine/frame.js";
import { readArguments } from "./engine/read-arguments.js";
import { findLive } from "./engine/live-rules.js";
import { truthOf } from "./evaluate.js";
import { findingOf } from "./finding.js";
import type { Truth } from "./kleene.js";
import type { Program, ToolProgram } from "./program.js";
import type { Scope } from "./scope.js";

export type { Match } from "./combine.js";

/** One tool call at one instant. `args` is plain JSON within bounds (`copyJson`). */
export interface Question extends Situation {
  readonly tool: string;
  readonly args: Json;
}

/** A decision with what made it, for the runtime; the decision itself is what crosses a process boundary. */
export interface Verdict {
  readonly decision: Decision;
  readonly tool?: ToolProgram | undefined;
  /** The canonical arguments, as the tool receives them and as digests cover them. */
  readonly args?: Json | undefined;
  readonly values?: ReadonlyMap<string, Value> | undefined;
  /** Every rule of the tool, in the order of the policy. */
  readonly matches: readonly Match[];
  readonly scope?: Scope | undefined;
  /** What each member of a chain of agents found, the one who makes the call first; absent where it acts by itself. */
  readonly parts?: readonly Pick<Verdict, "matches" | "scope">[];
}

/**
 * Decides one call (language.md section 5, steps 1 to 4): normalise, match the rules of the tool in Kleene logic,
 * combine. Pure and synchronous; whatever goes wrong inside makes a condition unknown, and unknown acts by the
 * polarity of its rule, so nothing that breaks here lets a call through. What made the decision is put together when
 * it is looked at.
 */
export function decide(program: Program, question: Question): Verdict {
  const tool = program.tools.get(question.tool);
  if (tool === undefined) {
    return refusedInput({ path: "tool", code: "unknown_tool", message: "the policy does not declare this tool" });
  }
  return decideFor(program, tool, question);
}

/** The same for a tool that was found already. */
export function decideFor(program: Program, tool: ToolProgram, question: Omit<Question, "tool">): Verdict {
  const frame = takeFrame(program, tool, question.identity, question.now, question);
  const fault = readArguments(frame, question.args);
  if (fault !== undefined) {
    giveBack(frame);
    return { ...refusedInput(fault), tool };
  }
  findLive(frame);
  const verdict = new Decided(program, tool, findingOf(frame), frame.canonical(), question, frame.scoped);
  giveBack(frame);
  return verdict;
}

/** The canonical arguments of a call; undefined where it does not normalise. */
export function canonicalArgs(program: Program, tool: ToolProgram, args: Json): Json | undefined {
  const read = readFields(tool.tool.params, args, program.types, "");
  return read.ok ? read.wire : undefined;
}

/** The truth of a rule's condition; a fault in it is unknown. */
export function matchRule(rule: Match["rule"], scope: Scope): Truth {
  try {
    return truthOf(rule.when, scope);
  } catch {
    scope.variables.clear();
    scope.lists.clear();
    return undefined;
  }
}

/** The verdict on a call that does not normalise. */
export function refusedInput(fault: Fault): Verdict {
  const decision: Decision = {
    format: "writ.decision/1",
    effect: "forbid",
    reasons: [{ by: "input", kind: "input", truth: "true" }],
    demands: [],
    limits: [],
    fault,
  };
  return { decision, matches: [] };
}

/** How the `@shadow` rules of a call come out; the decision does not know of them. */
export function decideShadow(verdict: Verdict): readonly Match[] {
  const { tool } = verdict;
  if (tool === undefined || tool.shadows.length === 0) return NO_MATCHES;
  const { scope } = verdict; // put together when it is looked at
  return scope === undefined ? NO_MATCHES : tool.shadows.map((rule) => ({ rule, truth: matchRule(rule, scope) }));
}

const NO_MATCHES: readonly Match[] = [];

/** The decision with one more refusal: a duty of a rule that cannot be done. */
export function refusedBy(verdict: Verdict, rule: string): Verdict {
  return withDecision(verdict, {
    ...verdict.decision,
    effect: "forbid",
    reasons: [{ by: rule, kind: "forbid", truth: "unknown" }],
  });
}
