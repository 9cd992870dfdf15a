import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BENCH_TIERS } from "@writ/sandbox/bench";
import { inProcess } from "../child.js";
import type { Found } from "../results/suite-result.js";
import { engineLeft, type EngineLeft } from "./engine-left.js";
import { soakFound, type TierSoaked } from "./soak-found.js";
import type { Soaked } from "./soak.js";

const SAMPLES = 10;
/**
 * Glibc keeps much of what was freed, in each of its arenas. Measured over four minutes of the same calls, resident memory went
 * from 115 to 134 MB where with these it went from 115 to 121, heap and buffers alike in both. What is asked here is what
 * this program holds.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" };
/** What an engine takes apart it may take apart a little later. */
const ENGINE_SECONDS = 20;

/**
 * `npm run bench -- soak [--minutes 10] [--only TIER]`: calls that end in every way, and what is left of them. Each tier
 * has a process of its own, all at the same time.
 */
export async function soakSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({
    args: [...options],
    options: { minutes: { type: "string" }, only: { type: "string" } },
  });
  const minutes = Number(values.minutes ?? "10");
  if (!(minutes > 0)) throw new Error("--minutes takes a number above 0");
  const names = BENCH_TIERS.filter(({ program }) => program === "javascript").map(({ name }) => name);
  const before = engineLeft();
  const tiers = await Promise.all(
    names.filter((name) => name.includes(values.only ?? "")).map((name) => soaked(name, minutes)),
  );
  return soakFound({ minutes, tiers, engine: { before, after: await settled(before) } });
}

async function soaked(tier: string, minutes: number): Promise<TierSoaked> {
  const script = join(import.meta.dirname, "soak-cell.js");
  const ran = await inProcess(
    script,
    [tier, String(minutes), String(SAMPLES), "2"],
    (minutes + 10) * 60_000,
    ALLOCATOR,
  );
  if (!ran.ok) throw new Error(`the soak of ${tier}: ${ran.why}`);
  const found: unknown = JSON.parse(ran.line);
  if (isSoaked(found)) return { tier, ...found };
  const [why, remedy] = ["why", "remedy"].map((name): unknown =>
    typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined,
  );
  if (typeof why !== "string") throw new Error(`the soak of ${tier} wrote ${ran.line.slice(0, 200)}`);
  return { tier, why, ...(typeof remedy === "string" ? { remedy } : {}) };
}

function isSoaked(found: unknown): found is Soaked {
  return typeof found === "object" && found !== null && "samples" in found && "closed" in found;
}

/** What an engine has when it is done, or still has after a while. */
async function settled(before: EngineLeft): Promise<EngineLeft> {
  for (let n = 0; n < ENGINE_SECONDS; n += 1) {
    const now = engineLeft();
    if (now.mounts <= before.mounts && now.groups <= before.groups) return now;
    await pause(1000);
  }
  return engineLeft();
}
