import type { Json, OutcomeEffect } from "@writ/ir";
import type { PolicyCoverage } from "./coverage-report.js";

/** Where something stands in a policy; line and column from 1. */
export interface SourcePlace {
  /** The source's name, relative to the folder of the policy. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What became of one call of a test. */
export interface Got {
  readonly effect: OutcomeEffect;
  /** The ids of the rules that are the reasons; `input`, `default`, `limit` and `tier` are the runtime's own. */
  readonly by: readonly string[];
  /** Where the call asks: each rule that demands it, and the roles that may agree. */
  readonly demands: readonly { readonly rule: string; readonly from: readonly string[] }[];
  /** Where the call would run. */
  readonly tier?: { readonly name: string; readonly isolate: string };
}

/** What a test says of a call. */
export interface Expected {
  readonly effect: OutcomeEffect;
  readonly by: readonly string[];
  readonly from: readonly string[];
  readonly isolated?: string;
}

/** One call of a test. */
export interface PolicyTestCallResult {
  readonly at: SourcePlace;
  readonly tool: string;
  readonly args: Json;
  readonly ok: boolean;
  readonly expected: Expected;
  readonly got: Got;
  /** What differs, a sentence each; empty when `ok`. */
  readonly problems: readonly string[];
  /** The decision in words for people, with the places of its rules. */
  readonly explanation: readonly string[];
}

/** One test. */
export interface PolicyTestResult {
  readonly name: string;
  readonly at: SourcePlace;
  /** Every call came out as the test says. */
  readonly ok: boolean;
  readonly calls: readonly PolicyTestCallResult[];
}

/** All tests of a policy. */
export interface PolicyTestReport {
  /** Every test passed. True where there are none, which `tests` shows. */
  readonly ok: boolean;
  readonly policy: { readonly name: string; readonly version?: number; readonly digest: string };
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly PolicyTestResult[];
  /** `prove` statements: this version proves none, and a run that says nothing of them would claim that it had. */
  readonly unproven: readonly { readonly name: string; readonly at: SourcePlace }[];
  /** What the tests touch; only where it was asked for. */
  readonly coverage?: PolicyCoverage;
}
