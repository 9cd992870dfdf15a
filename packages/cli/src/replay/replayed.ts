import type { JudgedCall, Score, TraceProblem, Comparison, NotReplayed, WrongKind } from "@writ/testing";

/** What came of replaying recorded calls, under one policy or under two. */
export interface Replayed {
  readonly runs: number;
  readonly effects: Effects;
  /** Calls that were asked about and that nobody who was named may agree to. */
  readonly unagreed: number;
  /** Of runs that say what became of the attack or the task. */
  readonly score: Score;
  /** Against what was recorded, or the first policy against the second. */
  readonly compared: Comparison;
  /** Calls that are not compared: their decision may hang on what a log does not hold. */
  readonly unsure: number;
  readonly notReplayed: ReadonlyMap<NotReplayed, number>;
  readonly problems: readonly Problem[];
  /** Problems, those included that are not listed. */
  readonly problemCount: number;
  /** How many decisions the labels call wrong, by kind. */
  readonly wrong: ReadonlyMap<WrongKind, number>;
  readonly first: First | undefined;
}

export interface Effects {
  allowed: number;
  asked: number;
  refused: number;
}

/** A line or a run that could not be used. */
export interface Problem extends Omit<TraceProblem, "code"> {
  readonly code: TraceProblem["code"] | "identity_invalid";
}

/** The first decision to look at, and why each policy decides so. */
export interface First {
  readonly why: WrongKind | "changed";
  /** `runs.jsonl:3, call 1`, or `audit, record 12`. */
  readonly place: string;
  readonly session: string;
  readonly tool: string;
  /** As `writ explain` says it: of the policy, or of both. */
  readonly explained: readonly string[];
}

/** Problems that are listed; of the rest only the number is said. */
export const MAX_PROBLEMS = 20;

export function countEffect(effects: Effects, { effect }: JudgedCall): void {
  if (effect === "allow") effects.allowed += 1;
  else if (effect === "ask") effects.asked += 1;
  else effects.refused += 1;
}
