import { aligned } from "../grid.js";
import type { Machine } from "../machine.js";
import type { RunResult } from "./run-result.js";
import type { Cell, Column } from "./suite-result.js";
import { shown } from "./unit.js";

/** One figure, then and now. */
export interface Change {
  readonly suite: string;
  readonly table: string;
  readonly row: string;
  readonly column: Column;
  readonly before: Cell & { readonly value: number };
  readonly now: Cell & { readonly value: number };
  /** Now by then; undefined where then was nothing. */
  readonly ratio: number | undefined;
  /** `within`: the spreads of both touch, or lie less than a tenth apart where a figure has none. */
  readonly verdict: "within" | "better" | "worse" | "changed";
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** What makes the figures hard to compare: another machine, another mode. */
  readonly warnings: readonly string[];
  /** Figures of the one that the other has not. */
  readonly gone: number;
  readonly fresh: number;
}

interface Figure {
  readonly suite: string;
  readonly table: string;
  readonly row: string;
  readonly column: Column;
  readonly cell: Cell & { readonly value: number };
}

/** Compares every figure that two runs have in common. */
export function compareRuns(old: RunResult, now: RunResult): Comparison {
  const before = figuresOf(old);
  const after = figuresOf(now);
  const changes = [...after].flatMap(([key, figure]) => {
    const was = before.get(key);
    return was === undefined ? [] : [changeOf(was, figure)];
  });
  return {
    changes,
    warnings: warningsOf(old, now),
    gone: [...before.keys()].filter((key) => !after.has(key)).length,
    fresh: [...after.keys()].filter((key) => !before.has(key)).length,
  };
}

function figuresOf({ suites }: RunResult): ReadonlyMap<string, Figure> {
  const all = new Map<string, Figure>();
  for (const { suite, tables } of suites)
    for (const { id, columns, rows } of tables)
      for (const { name, cells } of rows)
        for (const [n, column] of columns.entries()) {
          const cell = cells[n];
          if (cell?.value === undefined) continue;
          const key = JSON.stringify([suite, id, name, column.name, column.unit]);
          all.set(key, { suite, table: id, row: name, column, cell: { ...cell, value: cell.value } });
        }
  return all;
}

function changeOf(was: Figure, { cell, ...place }: Figure): Change {
  const ratio = was.cell.value === 0 ? undefined : cell.value / was.cell.value;
  return { ...place, before: was.cell, now: cell, ratio, verdict: verdictOf(was.cell, cell, place.column) };
}

function verdictOf(before: Change["before"], now: Change["now"], { better }: Column): Change["verdict"] {
  const [wasLow, wasHigh] = rangeOf(before);
  const [low, high] = rangeOf(now);
  if (low <= wasHigh && wasLow <= high) return "within";
  if (better === undefined) return "changed";
  return now.value < before.value === (better === "lower") ? "better" : "worse";
}

/** A figure without a spread is given a twentieth on either side: runs differ by that. */
function rangeOf({ value, low, high }: Change["now"]): readonly [number, number] {
  if (low !== undefined && high !== undefined) return [Math.min(low, value), Math.max(high, value)];
  const slack = Math.abs(value) / 20;
  return [value - slack, value + slack];
}

function warningsOf(old: RunResult, now: RunResult): readonly string[] {
  return now.suites.flatMap((suite) => {
    const was = old.suites.find((other) => other.suite === suite.suite);
    if (was === undefined) return [];
    const differs = MACHINE.filter((part) => was.machine[part] !== suite.machine[part]).map(
      (part) => `${part} ${was.machine[part]} then, ${suite.machine[part]} now`,
    );
    return [
      ...(differs.length === 0 ? [] : [`${suite.suite}: the machines differ: ${differs.join("; ")}`]),
      ...(was.mode === suite.mode ? [] : [`${suite.suite}: a ${was.mode} run then, a ${suite.mode} run now`]),
    ];
  });
}

const MACHINE = ["cpu", "cores", "memoryGb", "system", "node"] as const satisfies readonly (keyof Machine)[];

/** The comparison for a terminal; what lies within the spread is counted, the rest is listed. */
export function comparisonText({ changes, warnings, gone, fresh }: Comparison): string {
  const moved = changes.filter(({ verdict }) => verdict !== "within");
  return [
    ...warnings.map((line) => `! ${line}`),
    `${changes.length} figures compared; ${changes.length - moved.length} within the spread; ${gone} are gone, ${fresh} are new`,
    ...(moved.length === 0
      ? []
      : [
          aligned([
            ["figure", "old", "new", "ratio", ""],
            ...moved.map((change) => [
              `${change.suite} ${change.table}: ${change.row}, ${change.column.name}`,
              shown(change.before.value, change.column.unit),
              shown(change.now.value, change.column.unit),
              ratioText(change),
              change.verdict,
            ]),
          ]),
        ]),
  ].join("\n\n");
}

export function ratioText({ ratio }: Change): string {
  return ratio === undefined ? "" : `${ratio.toFixed(2)}x`;
}
