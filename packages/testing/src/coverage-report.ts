import type { Rule } from "@writ/ir";
import type { SourcePlace } from "./policy-tester-report.js";

/** How often something came out in each way. */
export interface Counts {
  readonly true: number;
  readonly false: number;
  /** It could not be known. */
  readonly unknown: number;
}

/** A part of a rule's condition that can come out by itself; what lies behind a `not` counts without it. */
export interface ConditionCoverage extends Counts {
  readonly at: SourcePlace;
  /** The condition in the words of a policy. */
  readonly text: string;
}

/** What the tests made of a rule. */
export interface RuleCoverage {
  readonly rule: string;
  readonly kind: Rule["kind"];
  readonly at: SourcePlace;
  readonly tools: readonly string[];
  /** Its whole condition, over all calls of its tools. */
  readonly live: Counts;
  /** Calls that it decided: it was a reason, or raised or limited the call. */
  readonly decided: number;
  readonly conditions: readonly ConditionCoverage[];
}

/** Something that no test touches. */
export interface Untouched {
  readonly rule: string;
  readonly at: SourcePlace;
  /** The rule's head, or a condition of it. */
  readonly text: string;
  /** What no test shows of it: "no test calls web.fetch", "never false". */
  readonly missing: string;
}

/** What the tests of a policy touch of its rules. */
export interface PolicyCoverage {
  /** Rules, and those that decided a call. */
  readonly rules: { readonly total: number; readonly covered: number };
  /** Each condition counts twice, as true and as false, and is covered where it came out so. */
  readonly branches: { readonly total: number; readonly covered: number };
  readonly perRule: readonly RuleCoverage[];
  /** In the order of the policy. */
  readonly untouched: readonly Untouched[];
  /** Rules that decide no call and are not measured: `output` and `@shadow`. */
  readonly notMeasured: readonly { readonly rule: string; readonly at: SourcePlace; readonly kind: string }[];
}
