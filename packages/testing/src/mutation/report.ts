import type { SourcePlace } from "../policy-tester-report.js";
import type { Operator } from "./change.js";

/** A changed policy, and what the tests made of it. */
export interface Mutant {
  /** The rule, what was done to it, and the how-manieth of that: `small boundary 1`. The same in every run. */
  readonly name: string;
  readonly rule: string;
  readonly operator: Operator;
  readonly at: SourcePlace;
  /** Before and after, in the words of a policy; `now` is empty where it was taken away. */
  readonly was: string;
  readonly now: string;
  /** `killed`: a test fails on it. `survived`: none does. `invalid`: no guard takes it. */
  readonly status: "killed" | "survived" | "invalid";
  /** The first test that fails on it. */
  readonly killedBy?: string;
  /** What a test would show that told it from the policy; where it survived. */
  readonly hint?: string;
  /** A call that came out otherwise and that no test noticed, since it says too little; where it survived. */
  readonly unnoticed?: { readonly at: SourcePlace; readonly was: string; readonly now: string };
}

/** How far the tests of a policy tell it from slightly other ones. */
export interface MutationReport {
  /** Mutants there are; where they are more than were asked for, as many, evenly spread, were tried. */
  readonly total: number;
  readonly tried: number;
  readonly killed: number;
  readonly survived: number;
  readonly invalid: number;
  /** Those tried, in the order of the policy. */
  readonly mutants: readonly Mutant[];
}
