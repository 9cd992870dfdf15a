import type { Json } from "@writ/ir";
import type { Outcome } from "@writ/runtime";

/** What a replay does with a call. Nothing runs: the tool gives what was recorded. */
export interface RecordedCall {
  readonly tool: string;
  /** As the model made them. */
  readonly args: Json;
  readonly result?: Json | undefined;
  /** The words of the error, where the tool failed. */
  readonly error?: string | undefined;
  /** When it was made, milliseconds since 1970; undefined: no time has passed. */
  readonly at?: number | undefined;
  /** It gave something, and nobody knows what. */
  readonly unknownResult?: boolean;
  /** Whether somebody agreed where it was asked about; by default somebody does. */
  readonly agreed?: boolean;
}

/** What became of one recorded call. */
export interface JudgedCall {
  readonly effect: "allow" | "ask" | "forbid";
  readonly tool: string;
  /** The rules it was decided by, or `input`, `default`, `limit` and their like. */
  readonly by: readonly string[];
  /** In words for people, with rules and places. */
  readonly why: string;
  /** It was asked about, and none of those who were named may agree to it: it was not made, and its result is nobody's. */
  readonly unagreed?: boolean;
}

/** Kinds of reasons that make a decision of each effect. */
export const DECIDING: Readonly<Record<JudgedCall["effect"], ReadonlySet<string>>> = {
  allow: new Set(["allow", "ask"]),
  ask: new Set(["ask", "demand", "tier"]),
  forbid: new Set(["forbid", "input", "default", "limit", "tier"]),
};

/** Whether a tool ran, or would have. */
export function ran(outcome: Outcome): boolean {
  return outcome.status === "done" || (outcome.status === "failed" && outcome.cause === "error");
}

/** What a guard made of a call, as a decision. A recorded error is no refusal; a result that a rule keeps back is one. */
export function judgeCall(tool: string, outcome: Outcome): JudgedCall {
  const why = outcome.explanation.join("; ");
  const by = (effect: JudgedCall["effect"]): readonly string[] => [
    ...new Set(outcome.decision.reasons.flatMap(({ by: rule, kind }) => (DECIDING[effect].has(kind) ? [rule] : []))),
  ];
  switch (outcome.status) {
    case "done":
      return { effect: "allow", tool, by: by("allow"), why };
    case "waiting":
      return { effect: "ask", tool, by: by("ask"), why };
    case "failed":
      return outcome.cause === "error"
        ? { effect: "allow", tool, by: by("allow"), why }
        : { effect: "forbid", tool, by: [outcome.cause], why };
    case "refused": {
      const rules = by("forbid");
      const { fault } = outcome.decision;
      const said = fault === undefined ? why : `${fault.path}: ${fault.message}`;
      return { effect: "forbid", tool, by: rules.length > 0 ? rules : [outcome.cause], why: said };
    }
  }
}
