import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileAudit } from "@writ/runtime/node";
import { median } from "../statistics.js";
import { openSession } from "./variants.js";

/** One long session: labels, limits and history on, the log in files. */
export interface Soak {
  readonly calls: number;
  /** After so many calls each: what the heap and the buffers beside it hold once garbage is collected, and what a call since took of the processor. */
  readonly samples: readonly SoakSample[];
}

export interface SoakSample {
  readonly calls: number;
  readonly heapMb: number;
  readonly microseconds: number;
}

/** Makes the calls in one session and samples as they go. */
export async function soak(folder: string, calls: number, every: number): Promise<Soak> {
  const scratch = await mkdtemp(join(folder, "soak-"));
  const opened = await openSession(await fileAudit(join(scratch, "log")));
  const samples: SoakSample[] = [];
  let before = process.cpuUsage();
  for (let n = 0; n < calls; n += 1) {
    await opened.call(n);
    if ((n + 1) % every > 0) continue;
    const { user, system } = process.cpuUsage(before);
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    samples.push({
      calls: n + 1,
      heapMb: (heapUsed + arrayBuffers) / 1e6,
      microseconds: (user + system) / every,
    });
    before = process.cpuUsage();
  }
  await opened.close();
  await rm(scratch, { recursive: true, force: true });
  return { calls, samples };
}

/** How much the last fifth has of a figure to what the second fifth had: 1 is flat. The first fifth warms up. */
export function growth({ samples }: Soak, of: (sample: SoakSample) => number): number {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const early = samples.slice(fifth, 2 * fifth).map(of);
  const late = samples.slice(-fifth).map(of);
  return median(late) / median(early);
}
