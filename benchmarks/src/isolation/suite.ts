import { join } from "node:path";
import { parseArgs } from "node:util";
import { BENCH_TIERS, ISOLATION_ORDERS, type IsolationFigures } from "@writ/sandbox/bench";
import { inProcess } from "../child.js";
import type { Found } from "../results/suite-result.js";
import type { CellOrder } from "./cell.js";
import { isolationFound, type IsolationCell } from "./found.js";

/** A tier that takes longer than this is given up. */
const LIMIT_MS = 600_000;

/** `npm run bench -- isolation [--quick] [--only TIER]`: what a call pays for its sandbox, cold and from the pool. */
export async function isolationSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...options],
    options: { quick: { type: "boolean" }, only: { type: "string" } },
  });
  const mode = values.quick === true ? "quick" : "full";
  const cells: IsolationCell[] = [];
  for (const [tier, { name }] of BENCH_TIERS.entries()) {
    if (values.only !== undefined && !name.includes(values.only)) continue;
    process.stderr.write(`  ${name} ...\n`);
    cells.push(await measured({ tier, ...ISOLATION_ORDERS[mode] }));
  }
  return isolationFound(mode, cells);
}

async function measured(order: CellOrder): Promise<IsolationCell> {
  const tier = BENCH_TIERS[order.tier];
  if (tier === undefined) throw new Error(`there is no tier ${order.tier}`);
  const ran = await inProcess(join(import.meta.dirname, "cell.js"), [JSON.stringify(order)], LIMIT_MS);
  if (!ran.ok) return { tier, failed: ran.why };
  const found: unknown = JSON.parse(ran.line);
  if (isFigures(found)) return { tier, figures: found };
  const [why, remedy] = ["why", "remedy"].map((name): unknown =>
    typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined,
  );
  return { tier, failed: String(why), ...(typeof remedy === "string" ? { remedy } : {}) };
}

function isFigures(found: unknown): found is IsolationFigures {
  return typeof found === "object" && found !== null && "cold" in found && "pooled" in found;
}
