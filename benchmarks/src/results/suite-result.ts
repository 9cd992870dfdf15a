import type { Machine } from "../machine.js";
import type { TargetId } from "../targets/target-list.js";
import type { Unit } from "./unit.js";

/** The shape of a result; a report reads no other. */
export const RESULT_FORMAT = "writ.bench/2";

/** What one run of one suite found: all that a report says of it. */
export interface SuiteResult {
  readonly format: typeof RESULT_FORMAT;
  readonly suite: string;
  readonly mode: "full" | "quick";
  readonly machine: Machine;
  /** When it began, ISO 8601, and how long it took. */
  readonly began: string;
  readonly seconds: number;
  /** How it was measured, a paragraph each. */
  readonly method: readonly string[];
  /** Exact versions of what it was compared with, by package. */
  readonly versions: Readonly<Record<string, string>>;
  /** What it ran on, beside the machine: sizes and digests. */
  readonly inputs: Readonly<Record<string, string | number>>;
  readonly tables: readonly Table[];
  readonly series: readonly Series[];
  /** Figures that a target is held to. */
  readonly measured: readonly Measured[];
  /** What would be measured and could not be. */
  readonly gaps: readonly Gap[];
  /** What else is to be said. */
  readonly notes: readonly string[];
}

export interface Table {
  /** Unique in its suite; with the names of row and column it names a figure, also in an older result. */
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly plot?: Plot;
}

export interface Column {
  readonly name: string;
  readonly unit: Unit;
  /** Which way is good; unsaid where neither is. */
  readonly better?: "lower" | "higher";
}

export interface Row {
  readonly name: string;
  /** `limit`: what cannot be had for less, such as hand-written code; a peer is something else to choose. */
  readonly kind: "ours" | "peer" | "limit";
  /** Rows of one group are forms of one thing: a plot shows the best of them. */
  readonly group?: string;
  readonly cells: readonly Cell[];
}

/** A figure, with its spread where runs were repeated, or why there is none. Neither: not asked of this row. */
export interface Cell {
  readonly value?: number;
  /** Of the repetitions: the lowest and highest, or tenth and ninetieth percentile, as the suite's method says. */
  readonly low?: number;
  readonly high?: number;
  readonly note?: string;
}

/** `lines`: columns are numbers on the x axis, a line a row. `bars`: one column, a bar a row. Both on log axes. */
export type Plot =
  | { readonly kind: "lines"; readonly x: string; readonly xs: readonly number[] }
  | { readonly kind: "bars"; readonly column: number };

/** A line over something, from zero. */
export interface Series {
  readonly id: string;
  readonly title: string;
  readonly x: string;
  readonly unit: Unit;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Measured {
  readonly id: TargetId;
  readonly value?: number;
  /** What else is to be said of it; without a value, why there is none. */
  readonly note?: string;
}

export interface Gap {
  readonly what: string;
  readonly why: string;
  /** What to do to have it. */
  readonly remedy?: string;
}

/** What a suite says of itself; the rest is filled in by whoever runs it. */
export type Found = Partial<Omit<SuiteResult, "format" | "suite" | "machine" | "began" | "seconds">> &
  Pick<SuiteResult, "method">;
