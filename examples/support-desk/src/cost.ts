import { rm } from "node:fs/promises";
import { median, percentile } from "./short.js";
import { guardPlaces, startGuard } from "./start-guard.js";
import { CALLER } from "./task.js";

/** Milliseconds a call. */
export interface Cost {
  readonly calls: number;
  readonly median: number;
  readonly p99: number;
}

const WARM_UP = 50;
const CALLS = 300;

/** What the guard costs by itself: calls of tools that do nothing, one after the other, over a log on this disk. */
export async function measure(
  policyFile: string,
  folder: string,
): Promise<{ readonly read: Cost; readonly write: Cost }> {
  await rm(folder, { recursive: true, force: true });
  const guard = await startGuard(policyFile, guardPlaces(folder));
  try {
    const session = await guard.session({ user: CALLER.user });
    const time = async (tool: string): Promise<Cost> => {
      const times: number[] = [];
      for (let call = 0; call < WARM_UP + CALLS; call += 1) {
        const from = performance.now();
        const outcome = await session.call({ tool, args: { id: `n${call}` } }, () => "ok");
        if (call >= WARM_UP) times.push(performance.now() - from);
        if (outcome.status !== "done")
          throw new Error(`the call was ${outcome.status}: ${outcome.explanation.join("; ")}`);
      }
      return { calls: CALLS, median: median(times), p99: percentile(times, 99) };
    };
    return { read: await time("note.read"), write: await time("note.write") };
  } finally {
    await guard.close();
  }
}
