import type { Rule, Span } from "@writ/ir";

/** What is done to a policy. */
export type Operator =
  | "drop rule"
  | "drop condition"
  | "drop for"
  | "drop unless"
  | "negate"
  | "boundary"
  | "bound"
  | "and/or"
  | "every/some"
  | "drop element"
  | "add element"
  | "grant/ask"
  | "drop limit"
  | "raise limit"
  | "drop transform"
  | "drop isolate"
  | "widen targets"
  | "narrow targets";

/** One change of a part of a rule. */
export interface Change<T> {
  readonly operator: Operator;
  readonly at: Span;
  /** Before and after, in the words of a policy; `now` is empty where nothing is left. */
  readonly was: string;
  readonly now: string;
  /** What a test would show that told the two apart. */
  readonly hint: string;
  /** The changed part. */
  readonly to: T;
}

/** A change of a whole rule; undefined where it goes. */
export type RuleChange = Change<Rule | undefined>;

/** What a condition's changes need to know of where it stands. */
export interface Setting {
  /** `the call` whose arguments it looks at: a tool of the rule. */
  readonly tool: string;
  /** Whether the policy lets more through where the condition holds more often. */
  readonly trueLoosens: boolean;
  /** Values of semantic types that calls of the tests give, in a fixed order: what a list could be widened by. */
  readonly samples: readonly string[];
}

/** The changes of a part as changes of the whole it stands in. */
export function* within<T, U>(changes: Iterable<Change<T>>, wrap: (to: T) => U): Generator<Change<U>> {
  for (const change of changes) yield { ...change, to: wrap(change.to) };
}
