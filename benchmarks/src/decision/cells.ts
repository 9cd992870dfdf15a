import { join } from "node:path";
import { inProcess } from "../child.js";
import { median } from "../statistics.js";
import type { CellOrder } from "./cell.js";
import { isMismatch, type Compared } from "./compare.js";
import type { Engine } from "./engine.js";
import { ENGINES } from "./engines.js";
import type { Budget, CellFigures } from "./measure.js";
import type { WorkloadName } from "./workload.js";

/** One engine on one workload: medians over processes, or why there are none. */
export interface Cell {
  readonly engine: Engine;
  readonly workload: WorkloadName;
  readonly processes: number;
  readonly figures?: CellFigures;
  /** Of the processes, where there were several. */
  readonly lowest?: CellFigures;
  readonly highest?: CellFigures;
  readonly failed?: string;
  /** How many of its decisions were compared; set once all cells are measured. */
  readonly compared?: Compared;
}

export interface CellPlan extends Budget {
  readonly folder: string;
  readonly rounds: number;
  /** When a cell is given up, in milliseconds. */
  readonly limit: number;
  readonly of: readonly { readonly engine: Engine; readonly workload: WorkloadName }[];
}

const SCRIPT = join(import.meta.dirname, "cell.js");

/** Measures every cell in a process of its own, all of them once a round, so that a slow minute meets all alike. */
export async function measureCells(plan: CellPlan): Promise<readonly Cell[]> {
  const found = plan.of.map(() => ({ figures: [] as CellFigures[], failed: [] as string[] }));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const [i, { engine, workload }] of plan.of.entries()) {
      const cell = found[i];
      // What was given up once is not waited for again.
      if (cell === undefined || cell.failed.length > 0) continue;
      process.stderr.write(
        `  ${round + 1}/${plan.rounds}  ${workload.shape} ${workload.rules}  ${engine.name}, ${engine.form}\n`,
      );
      const order: CellOrder = {
        engine: ENGINES.indexOf(engine),
        workload,
        folder: plan.folder,
        timed: plan.timed,
        turns: plan.turns,
      };
      const ran = await inProcess(SCRIPT, [JSON.stringify(order)], plan.limit);
      if (!ran.ok && isMismatch(ran.why)) throw new Error(ran.why);
      if (!ran.ok) cell.failed.push(ran.why);
      else cell.figures.push(read(ran.line));
    }
  }
  return plan.of.map(({ engine, workload }, i): Cell => {
    const { figures = [], failed = [] } = found[i] ?? {};
    const [why] = failed;
    const cell = { engine, workload, processes: figures.length };
    if (why !== undefined) return { ...cell, failed: why };
    const all = { ...cell, figures: over(figures, median) };
    if (figures.length < 2) return all;
    return { ...all, lowest: over(figures, least), highest: over(figures, most) };
  });
}

/** An engine and how it is used. */
export function formOf({ name, form }: Engine): string {
  return `${name}, ${form}`;
}

/** A cell as a report names it. */
export function nameOf({ engine, workload }: Cell): string {
  return `${formOf(engine)}, ${workload.rules} rules${workload.shape === "dense" ? " on one tool" : ""}`;
}

const least = (values: readonly number[]): number => Math.min(...values);
const most = (values: readonly number[]): number => Math.max(...values);

const FIGURES = ["ns", "hand", "ratio", "p99", "loadMs", "first", "early", "heldMb", "usedMb", "checked"] as const;

function over(figures: readonly CellFigures[], take: (values: readonly number[]) => number): CellFigures {
  const of = (name: (typeof FIGURES)[number]): number => take(figures.map((cell) => cell[name]));
  return {
    ns: of("ns"),
    hand: of("hand"),
    ratio: of("ratio"),
    p99: of("p99"),
    loadMs: of("loadMs"),
    first: of("first"),
    early: of("early"),
    heldMb: of("heldMb"),
    usedMb: of("usedMb"),
    checked: of("checked"),
  };
}

function read(line: string): CellFigures {
  const figures: unknown = JSON.parse(line);
  if (!isFigures(figures)) throw new Error(`a cell wrote ${line.slice(0, 200)}`);
  return figures;
}

function isFigures(figures: unknown): figures is CellFigures {
  if (typeof figures !== "object" || figures === null) return false;
  const fields = new Map(Object.entries(figures));
  return FIGURES.every((name) => typeof fields.get(name) === "number");
}
