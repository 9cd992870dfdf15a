import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { soak } from "./soak.js";
import { BENCH_TIERS, readyBackend } from "@writ/sandbox/bench";

/** The process of one tier: what it finds, or why there is nothing, is one line of JSON. */
const folder = await mkdtemp(join(tmpdir(), "writ-soak-"));
process.env["TMPDIR"] = folder;
const [name, minutes, samples, workers] = process.argv.slice(2);
const tier = BENCH_TIERS.find((one) => one.name === name);
if (tier === undefined) throw new Error("soak-cell.js is started by the suite");
const backend = await readyBackend(tier);
const found =
  "why" in backend ? backend : await soak([{ tier, backend }], Number(minutes), Number(samples), Number(workers));
await rm(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exit(0);
