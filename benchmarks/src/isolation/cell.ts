import { BENCH_TIERS, measureTier, readyBackend, type IsolationOrder } from "@writ/sandbox/bench";

/** What the process of one tier is told: its one argument, as JSON. */
export interface CellOrder extends IsolationOrder {
  /** The place in the list. */
  readonly tier: number;
}

/** The process of one tier: measures and writes one line of JSON, the figures or why there are none. */
async function main(order: CellOrder): Promise<object> {
  const tier = BENCH_TIERS[order.tier];
  if (tier === undefined) throw new Error(`there is no tier ${order.tier}`);
  const backend = await readyBackend(tier);
  if ("why" in backend) return backend;
  if (!backend.capabilities.programs.includes(tier.program)) return { why: `no ${tier.program} there` };
  return await measureTier(backend, tier, order);
}

function isOrder(order: unknown): order is CellOrder {
  return typeof order === "object" && order !== null && "tier" in order && "pooled" in order;
}

const order: unknown = JSON.parse(process.argv[2] ?? "null");
if (!isOrder(order)) throw new Error("cell.js is started by the suite");
process.stdout.write(`${JSON.stringify(await main(order))}\n`);
process.exit(0);
