import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { soak } from "./soak.js";
import { provenBackend, TIERS, type Tier } from "./variants.js";

const folder = await mkdtemp(join(tmpdir(), "writ-soak-"));
process.env["TMPDIR"] = folder;
const [minutes, samples, only = ""] = process.argv.slice(2);
if (minutes === undefined || samples === undefined) throw new Error("soak-cell.js is started by the suite");
const missing: string[] = [];
const tiers = [];
for (const tier of TIERS.filter(({ name, program }: Tier) => program === "javascript" && name.includes(only))) {
  const backend = await provenBackend(tier);
  if ("why" in backend) missing.push(`${tier.name}: ${backend.why}`);
  else tiers.push({ tier, backend });
}
const found = await soak(tiers, Number(minutes), Number(samples));
await rm(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ ...found, tiers: tiers.map(({ tier }) => tier.name), missing })}\n`);
process.exit(0);
