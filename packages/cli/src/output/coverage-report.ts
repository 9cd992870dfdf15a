import type { PolicyCoverage, SourcePlace } from "@writ/testing";
import { columns, safe, type Paint } from "./text.js";

type Path = (source: string) => string;

/** What the tests of a file touch: one line of figures, and a line for each thing that no test touches. */
export function describeCoverage(coverage: PolicyCoverage, path: Path, paint: Paint): string {
  const { rules, branches, untouched, notMeasured } = coverage;
  const whole = rules.covered === rules.total && branches.covered === branches.total;
  const figures = `rules ${rules.covered}/${rules.total}, branches ${branches.covered}/${branches.total}`;
  const rows = [
    ...untouched.map(({ rule, at, text, missing }) => [placeWords(at, path), safe(rule), missing, brief(text)]),
    ...notMeasured.map(({ rule, at, kind }) => [placeWords(at, path), safe(rule), "not measured", kind]),
  ];
  return `  coverage  ${paint(whole ? "good" : "warning", figures)}\n${rows.length === 0 ? "" : `${columns(rows, 4)}\n`}`;
}

/** The same for programs, with paths that can be opened from here. */
export function jsonCoverage(coverage: PolicyCoverage, path: Path): object {
  const placed = <T extends { readonly at: SourcePlace }>(one: T): T => ({
    ...one,
    at: { ...one.at, file: path(one.at.file) },
  });
  return {
    ...coverage,
    perRule: coverage.perRule.map((rule) => ({ ...placed(rule), conditions: rule.conditions.map(placed) })),
    untouched: coverage.untouched.map(placed),
    notMeasured: coverage.notMeasured.map(placed),
  };
}

/** `file:line:column`, safe for a terminal. */
export function placeWords(at: SourcePlace, path: Path): string {
  return safe(`${path(at.file)}:${at.line}:${at.column}`);
}

const LONGEST = 120;

/** A condition or a rule's head in one line of a report. */
export function brief(text: string): string {
  return safe(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
