import { measureGuard, type GuardFigures, type GuardOrder } from "./measure.js";
import { VARIANTS } from "./variants.js";

/** The process of one variant: measures and writes one line of JSON. */
async function main(order: GuardOrder): Promise<GuardFigures> {
  const variant = VARIANTS[order.variant];
  if (variant === undefined) throw new Error(`there is no variant ${order.variant}`);
  return measureGuard(variant, order);
}

function isOrder(order: unknown): order is GuardOrder {
  return typeof order === "object" && order !== null && "variant" in order && "folder" in order && "calls" in order;
}

const order: unknown = JSON.parse(process.argv[2] ?? "null");
if (!isOrder(order)) throw new Error("cell.js is started by the suite");
process.stdout.write(`${JSON.stringify(await main(order))}\n`);
process.exit(0);
