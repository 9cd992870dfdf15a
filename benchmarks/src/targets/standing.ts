import type { SuiteResult } from "../results/suite-result.js";
import { shown } from "../results/unit.js";
import { TARGETS, type Target } from "./target-list.js";

export type Verdict = "met" | "NOT MET" | "not measured";

/** A target beside what was measured. */
export interface Standing {
  readonly target: Target;
  readonly verdict: Verdict;
  readonly value?: number;
  /** Without a value, why there is none. */
  readonly note?: string;
}

/** Every target as it stands after these suites; none is left out. */
export function standings(suites: readonly SuiteResult[]): readonly Standing[] {
  return TARGETS.map((target) => standing(target, suites));
}

function standing(target: Target, suites: readonly SuiteResult[]): Standing {
  if (target.suite === undefined) return { target, verdict: "not measured", note: target.how };
  const ran = suites.find(({ suite }) => suite === target.suite);
  if (ran === undefined) return { target, verdict: "not measured", note: `the suite ${target.suite} was not run` };
  const measured = ran.measured.find(({ id }) => id === target.id);
  const { value, note } = measured ?? {};
  if (value === undefined || Number.isNaN(value))
    return { target, verdict: "not measured", note: note ?? `this run of ${target.suite} did not take it` };
  return { target, verdict: isMet(target, value) ? "met" : "NOT MET", value, ...(note === undefined ? {} : { note }) };
}

function isMet({ sense, limit }: Target, value: number): boolean {
  return sense === "most" ? value <= limit : value >= limit;
}

/** The limit in words: `at most 150 ns`. */
export function limitWords({ sense, limit, unit }: Target): string {
  if (unit === "yes") return shown(limit, unit);
  if (limit === 0 && sense === "most") return "none";
  return `${sense === "most" ? "at most" : "at least"} ${shown(limit, unit)}`;
}

/** How many are met, missed and not measured. */
export function tally(all: readonly Standing[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number => all.filter((one) => one.verdict === verdict).length;
  return { met: count("met"), "NOT MET": count("NOT MET"), "not measured": count("not measured") };
}
