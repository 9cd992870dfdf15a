import type { SuiteResult, Table } from "./suite-result.js";

/** A figure in which a peer does better than any row of ours. */
export interface Behind {
  readonly suite: string;
  readonly table: string;
  readonly column: string;
  readonly peer: string;
  /** How many times better. */
  readonly times: number;
}

/** Where something else to choose does better. What is a limit is no peer. */
export function behind(suites: readonly SuiteResult[]): readonly Behind[] {
  return suites.flatMap(({ suite, tables }) => tables.flatMap((table) => behindIn(suite, table)));
}

/** The same in one table. */
export function behindIn(suite: string, { title, columns, rows }: Table): readonly Behind[] {
  return columns.flatMap(({ name, better }, n) => {
    if (better === undefined) return [];
    const ours = rows.flatMap(({ kind, cells }) => {
      const value = cells[n]?.value;
      return kind === "ours" && value !== undefined && value > 0 ? [value] : [];
    });
    if (ours.length === 0) return [];
    const best = better === "lower" ? Math.min(...ours) : Math.max(...ours);
    return rows.flatMap(({ name: peer, kind, cells }) => {
      const value = cells[n]?.value;
      if (kind !== "peer" || value === undefined || value <= 0) return [];
      const times = better === "lower" ? best / value : value / best;
      return times > 1 ? [{ suite, table: title, column: name, peer, times }] : [];
    });
  });
}
