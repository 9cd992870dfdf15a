import { join } from "node:path";
import { parseArgs } from "node:util";
import { inProcess } from "../child.js";
import { machine, machineLine } from "../machine.js";
import { writeResult } from "../result.js";
import { judge } from "../target.js";
import type { IsolationFigures, IsolationOrder } from "./measure.js";
import {
  isolationTargets,
  markdownReport,
  terminalReport,
  type IsolationCell,
  type IsolationResult,
} from "./report.js";
import { TIERS } from "./variants.js";

const MODES = {
  full: { cold: 40, pooled: 200, rounds: 12, burst: 100, seconds: 10 },
  quick: { cold: 8, pooled: 40, rounds: 3, burst: 100, seconds: 2 },
} as const;
/** A tier that takes longer than this is given up. */
const LIMIT_MS = 600_000;

/** `npm run bench -- isolation [--quick] [--only TIER]`: what a call pays for its sandbox, cold and from the pool. */
export async function isolationSuite(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { quick: { type: "boolean" }, only: { type: "string" } },
  });
  const mode = values.quick === true ? "quick" : "full";
  const on = machine();
  process.stdout.write(`isolation: ${machineLine(on)}\n\n`);
  const cells: IsolationCell[] = [];
  for (const [tier, { name }] of TIERS.entries()) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    process.stderr.write(`  ${name} ...\n`);
    cells.push(await measured({ tier, ...MODES[mode] }));
  }
  const result: IsolationResult = { machine: on, mode, cells };
  process.stdout.write(`\n${terminalReport(result)}\n`);
  await writeResult("isolation.json", {
    format: "writ.bench.isolation/1",
    suite: "isolation",
    mode,
    unit: "ms",
    machine: on,
    targets: isolationTargets(cells).map(judge),
    cells: cells.map(({ tier, figures, failed }) => ({ tier: tier.name, figures, failed })),
  });
  await writeResult("isolation.md", markdownReport(result));
}

async function measured(order: IsolationOrder): Promise<IsolationCell> {
  const tier = TIERS[order.tier];
  if (tier === undefined) throw new Error(`there is no tier ${order.tier}`);
  const ran = await inProcess(join(import.meta.dirname, "cell.js"), [JSON.stringify(order)], LIMIT_MS);
  if (!ran.ok) return { tier, failed: ran.why };
  const found: unknown = JSON.parse(ran.line);
  if (isFigures(found)) return { tier, figures: found };
  const why: unknown = typeof found === "object" && found !== null ? Reflect.get(found, "why") : undefined;
  return { tier, failed: String(why) };
}

function isFigures(found: unknown): found is IsolationFigures {
  return typeof found === "object" && found !== null && "cold" in found && "pooled" in found;
}
