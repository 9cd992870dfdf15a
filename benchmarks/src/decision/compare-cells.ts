import { join } from "node:path";
import { inProcess, type Ran } from "../child.js";
import { nameOf, type Cell } from "./cells.js";
import type { CompareOrder } from "./compare-cell.js";
import { isMismatch, type Compared } from "./compare.js";
import { ENGINES } from "./engines.js";

/** Calls of a workload, all of which are to be compared. */
export const ALL = 10_000;

/** Where all decisions of a cell are compared. Times are milliseconds. */
export interface Whole {
  /** With so many rules and fewer, whatever it takes. */
  readonly rules: number;
  /** With more, where the warm median says that all take no longer than this. */
  readonly ms: number;
  /** Elsewhere as many as can be in this time. */
  readonly otherwise: number;
}

export interface ComparePlan {
  readonly folder: string;
  readonly whole: Whole;
  /** Processes that compare at once: nothing is timed meanwhile. */
  readonly atOnce: number;
}

/** Compares in a process of its own. */
export type CompareOne = (order: CompareOrder, limit: number, signal: AbortSignal) => Promise<Ran>;

/** A comparison that takes much longer than its median said is ended. */
const LIMIT_MS = 1_200_000;
const SCRIPT = join(import.meta.dirname, "compare-cell.js");

const inOwnProcess: CompareOne = (order, limit, signal) =>
  inProcess(SCRIPT, [JSON.stringify(order)], limit, {}, signal);

/**
 * After everything was timed: compares the decisions of the cells whose own processes had no time for all of them, each
 * in a process of its own, several at once and the longest first. Throws where an engine decides otherwise.
 */
export async function compareCells(
  cells: readonly Cell[],
  { folder, whole, atOnce }: ComparePlan,
  compareOne = inOwnProcess,
): Promise<readonly Cell[]> {
  const all = cells.map((cell): Compared | undefined => before(cell));
  const short = cells
    .map((cell, place) => ({ cell, place, estimate: estimateOf(cell) }))
    .filter(({ place }) => (all[place]?.decisions ?? ALL) < ALL)
    .toSorted((a, b) => Number(isWhole(b, whole)) - Number(isWhole(a, whole)) || b.estimate - a.estimate);
  const ended = new AbortController();
  async function work(): Promise<void> {
    for (let next = short.shift(); next !== undefined; next = short.shift()) {
      const { cell, place, estimate } = next;
      const { engine, workload } = cell;
      const complete = isWhole(next, whole);
      process.stderr.write(`  comparing  ${nameOf(cell)}: ${complete ? `all, about ${seconds(estimate)}` : "some"}\n`);
      const order: CompareOrder = {
        engine: ENGINES.indexOf(engine),
        workload,
        folder,
        ...(complete ? {} : { ms: whole.otherwise }),
      };
      const ran = await compareOne(order, LIMIT_MS, ended.signal);
      if (!ran.ok && isMismatch(ran.why)) throw new Error(ran.why);
      const had = before(cell)?.decisions ?? 0;
      if (!ran.ok) all[place] = { decisions: had, short: `the comparison of all ended: ${ran.why}` };
      else {
        const decisions = Math.max(had, Number(ran.line));
        all[place] = { decisions, ...(decisions < ALL ? { short: `all would take about ${seconds(estimate)}` } : {}) };
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    ended.abort();
  }
  return cells.map((cell, place) => {
    const compared = all[place];
    return compared === undefined ? cell : { ...cell, compared };
  });
}

/** What the processes that timed a cell compared; nothing of a cell without figures. */
function before({ figures, highest = figures }: Cell): Compared | undefined {
  return highest === undefined ? undefined : { decisions: highest.checked };
}

interface Estimated {
  readonly cell: Cell;
  /** What comparing all takes, in milliseconds, by the warm median. */
  readonly estimate: number;
}

function isWhole({ cell, estimate }: Estimated, { rules, ms }: Whole): boolean {
  return cell.workload.rules <= rules || estimate <= ms;
}

function estimateOf({ figures }: Cell): number {
  return ((figures?.ns ?? 0) * ALL) / 1e6;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}
