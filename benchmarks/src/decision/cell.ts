import { ENGINES } from "./engines.js";
import { writtenWorkload } from "./inputs.js";
import { measure, type CellFigures } from "./measure.js";
import type { WorkloadName } from "./workload.js";

/** What the process of one cell is told: its one argument, as JSON. */
export interface CellOrder {
  /** The place of the engine in the list. */
  readonly engine: number;
  readonly workload: WorkloadName;
  readonly folder: string;
  readonly timed: number;
  readonly turns: number;
}

/** The process of one cell: measures and writes one line of JSON. */
async function main(order: CellOrder): Promise<CellFigures> {
  const engine = ENGINES[order.engine];
  if (engine === undefined) throw new Error(`there is no engine ${order.engine}`);
  return measure(engine, await writtenWorkload(order.folder, order.workload), order.folder, order);
}

function isOrder(order: unknown): order is CellOrder {
  return typeof order === "object" && order !== null && "engine" in order && "workload" in order && "folder" in order;
}

const order: unknown = JSON.parse(process.argv[2] ?? "null");
if (!isOrder(order)) throw new Error("cell.js is started by the suite");
process.stdout.write(`${JSON.stringify(await main(order))}\n`);
// WebAssembly and timers of libraries would keep the process.
process.exit(0);
