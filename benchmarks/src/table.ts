import type { Unmeasured } from "./benchmark.js";
import type { Figures } from "./sample.js";

const HEAD = ["", "median", "10 % .. 90 %", "processor", "runs", "target", ""];

/** The figures as a table for a terminal. */
export function table(figures: readonly Figures[], unmeasured: readonly Unmeasured[]): string {
  const rows = [
    HEAD,
    ...figures.map(({ name, median, p10, p90, cpu, runs, target, met }) => [
      name,
      milliseconds(median),
      `${milliseconds(p10)} .. ${milliseconds(p90)}`,
      cpu === undefined ? "" : milliseconds(cpu),
      String(runs),
      target === undefined ? "none" : `< ${milliseconds(target)}`,
      met === undefined ? "" : met ? "met" : "NOT MET",
    ]),
    ...unmeasured.map(({ name, target, why }) => [
      name,
      "not measured",
      "",
      "",
      "",
      target === undefined ? "none" : `< ${milliseconds(target)}`,
      why,
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 6 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function milliseconds(time: number): string {
  return time >= 1000 ? `${(time / 1000).toFixed(2)} s` : `${time.toFixed(time < 10 ? 2 : 0)} ms`;
}
