import { compareDecisions } from "./compare.js";
import { ENGINES } from "./engines.js";
import { writtenWorkload } from "./inputs.js";
import { loopOver } from "./loop.js";
import type { WorkloadName } from "./workload.js";

/** What the process of a comparison is told: its one argument, as JSON. */
export interface CompareOrder {
  /** The place of the engine in the list. */
  readonly engine: number;
  readonly workload: WorkloadName;
  readonly folder: string;
  /** How long it compares, in milliseconds; without, until all are compared. */
  readonly ms?: number;
}

/** The process of one comparison: times nothing, and writes how many decisions are as they should be. */
async function main({ engine: place, workload: name, folder, ms }: CompareOrder): Promise<number> {
  const engine = ENGINES[place];
  if (engine === undefined) throw new Error(`there is no engine ${place}`);
  const workload = await writtenWorkload(folder, name);
  const loop = await (await engine.prepare(workload, folder)).load(loopOver);
  return compareDecisions(`${engine.name}, ${engine.form},`, loop, workload, ms ?? Infinity);
}

function isOrder(order: unknown): order is CompareOrder {
  return typeof order === "object" && order !== null && "engine" in order && "workload" in order && "folder" in order;
}

const order: unknown = JSON.parse(process.argv[2] ?? "null");
if (!isOrder(order)) throw new Error("compare-cell.js is started by the suite");
process.stdout.write(`${await main(order)}\n`);
// WebAssembly and timers of libraries would keep the process.
process.exit(0);
