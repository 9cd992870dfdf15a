import type { Share } from "./intervals.js";
import { TARGETS, type Cause, type Score } from "./score.js";

/** The figures of some runs as a table for a terminal; shares in percent with 95 % intervals. */
export function scoreTable(title: string, { runs, figures, questions }: Score): string {
  const rows: readonly (readonly string[])[] = [
    [title, `over all ${runs} runs`, "mean over tasks", "target"],
    ...figures.map(({ name, micro, macro, target }) => [
      name,
      percent(micro),
      percent(macro),
      target === undefined ? "" : `${Math.round(target * 100)} ${verdict(macro?.value, (value) => value >= target)}`,
    ]),
    [
      "questions a benign run",
      questions === undefined ? "-" : questions.toFixed(2),
      "",
      `${TARGETS.questions} ${verdict(questions, (value) => value <= TARGETS.questions)}`,
    ],
  ];
  return aligned(rows);
}

function verdict(value: number | undefined, met: (value: number) => boolean): string {
  return value === undefined ? "" : met(value) ? "met" : "NOT MET";
}

function percent(share: Share | undefined): string {
  if (share === undefined) return "-";
  const of = (value: number): string => (value * 100).toFixed(1);
  return `${of(share.value)} [${of(share.low)}, ${of(share.high)}] of ${share.of}`;
}

/** What refused or asked, most frequent first. */
export function causeTable(title: string, causes: readonly Cause[], most: number): string {
  if (causes.length === 0) return `${title}: none`;
  return aligned([
    [title, "by", "calls", "runs"],
    ...causes
      .slice(0, most)
      .map(({ suite, tool, by, calls, runs }) => [`${suite} ${tool}`, by, String(calls), String(runs)]),
  ]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
