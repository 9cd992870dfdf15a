import { aligned, type Grid } from "../grid.js";
import { machineLine } from "../machine.js";
import { limitWords, standings, type Standing } from "../targets/standing.js";
import { cellText } from "./cell-text.js";
import type { SuiteResult, Table } from "./suite-result.js";
import { shown } from "./unit.js";

/** What a suite found, for a terminal. */
export function suiteText(result: SuiteResult): string {
  const own = standings([result]).filter(({ target }) => target.suite === result.suite);
  return [
    `${result.suite}: ${machineLine(result.machine)}`,
    ...(own.length === 0 ? [] : [`Targets\n\n${aligned(targetGrid(own))}`]),
    ...reasons(own),
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
    ...all.map(({ target, value, verdict, note }) => [
      `${target.words}${note === undefined || value === undefined ? "" : ` (${note})`}`,
      value === undefined ? "not measured" : shown(value, target.unit),
      limitWords(target),
      value === undefined ? "" : verdict,
    ]),
  ];
}

/** Why targets were not measured, each reason once: in the table a long one would push the verdicts out of sight. */
function reasons(all: readonly Standing[]): readonly string[] {
  const named = new Map<string, string[]>();
  for (const { target, value, note } of all)
    if (value === undefined && note !== undefined) named.set(note, [...(named.get(note) ?? []), target.words]);
  return [...named].map(([note, words]) => `! not measured: ${words.join("; ")}: ${note}`);
}
