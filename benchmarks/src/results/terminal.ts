import { aligned, type Grid } from "../grid.js";
import { limitsLine } from "../machine-limits.js";
import { machineLine } from "../machine.js";
import { limitWords, standings, type Standing } from "../targets/standing.js";
import { cellText } from "./cell-text.js";
import type { SuiteResult, Table } from "./suite-result.js";
import { shown } from "./unit.js";

/** What a suite found, for a terminal. */
export function suiteText(result: SuiteResult): string {
  const own = standings([result]).filter(({ target }) => target.suite === result.suite);
  return [
    [`${result.suite}: ${machineLine(result.machine)}`, limitsLine([result.machine.limits]) ?? []].flat().join("\n"),
    ...(own.length === 0 ? [] : [`Targets\n\n${aligned(targetGrid(own))}`]),
    ...(own.some(({ note }) => note !== undefined) ? [remarks(own).join("\n")] : []),
    ...result.tables.map((table) => `${table.title}\n\n${aligned(tableGrid(table))}`),
    ...result.gaps.map(
      ({ what, why, remedy }) => `! ${what}: ${why}${remedy === undefined ? "" : `; to have it: ${remedy}`}`,
    ),
    ...result.notes.map((line) => `- ${line}`),
  ].join("\n\n");
}

export function tableGrid({ columns, rows }: Table): Grid {
  return [
    ["", ...columns.map(({ name }) => name)],
    ...rows.map(({ name, cells }) => [name, ...columns.map((column, n) => cellText(cells[n], column))]),
  ];
}

export function targetGrid(all: readonly Standing[]): Grid {
  return [
    ["target", "measured", "limit", ""],
    ...all.map(({ target, value, verdict }) => [
      target.words,
      value === undefined ? "not measured" : shown(value, target.unit),
      limitWords(target),
      value === undefined ? "" : verdict,
    ]),
  ];
}

/**
 * What is to be said of targets, below their table, where a long word would push the verdicts out of sight: of those that
 * were measured each its own, and why others were not, each reason once.
 */
function remarks(all: readonly Standing[]): readonly string[] {
  const said = all.flatMap(({ target, value, note }) =>
    value === undefined || note === undefined ? [] : [`- ${target.words}: ${note}`],
  );
  const why = new Map<string, string[]>();
  for (const { target, value, note } of all)
    if (value === undefined && note !== undefined) why.set(note, [...(why.get(note) ?? []), target.words]);
  return [...said, ...[...why].map(([note, words]) => `! not measured: ${words.join("; ")}: ${note}`)];
}
