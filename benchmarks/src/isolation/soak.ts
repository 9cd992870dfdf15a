import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "@writ/sandbox";
import type { Backend, EndReason, Job } from "@writ/sandbox/backend";
import { ownContainers } from "./engine-left.js";
import { descendants, jobOf, profileOf, type BenchTier } from "@writ/sandbox/bench";

/**
 * What a leak would make grow; 0 where the system does not tell. Files and mounts are those below the folder for temporary
 * files, which the suite makes for this process alone.
 */
export interface Counts {
  readonly processes: number;
  readonly descriptors: number;
  readonly groups: number;
  readonly mounts: number;
  readonly files: number;
  /** Of an engine, that this process made. */
  readonly containers: number;
  /** Megabytes, after garbage collection; `external` is what lies outside the heap and belongs to it, buffers and code. */
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
}

export interface SoakSample extends Counts {
  readonly minutes: number;
  readonly calls: number;
}

/** Calls that end in every way there is, by how they must end. */
const CALLS: readonly {
  readonly ends: "done" | "failed" | EndReason;
  readonly source?: string;
  readonly time?: number;
}[] = [
  { ends: "done" },
  { ends: "done" },
  { ends: "failed", source: "throw new Error('no')" },
  { ends: "done" },
  { ends: "timeout", source: "for (;;);", time: 100 },
  { ends: "output", source: "return 'x'.repeat(10000000)" },
  { ends: "done" },
  { ends: "aborted", source: "await new Promise((done) => setTimeout(done, 60000))" },
  { ends: "done" },
  { ends: "memory", source: "const all = []; for (;;) all.push(new Array(100000).fill(all.length + 0.5))" },
];

/** Calls that did not end as they must are counted by what happened. */
export interface Soaked {
  readonly samples: readonly SoakSample[];
  readonly closed: Counts;
  readonly started: Counts;
  readonly odd: Readonly<Record<string, number>>;
}

/** Runs calls in these tiers for so long, several at once, and samples what is there when nothing runs. */
export async function soak(
  tiers: readonly { readonly tier: BenchTier; readonly backend: Backend }[],
  minutes: number,
  samples: number,
  workers = 4,
): Promise<Soaked> {
  const started = await counts();
  const pool = new Pool({ ready: 2, most: 12, wait: 120_000 });
  const odd: Record<string, number> = {};
  const taken: SoakSample[] = [];
  const begun = performance.now();
  let calls = 0;
  for (let n = 0; n < samples; n += 1) {
    const until = begun + ((n + 1) / samples) * minutes * 60_000;
    const worker = async (): Promise<void> => {
      while (performance.now() < until) {
        calls += 1;
        const which = tiers[calls % tiers.length];
        if (which !== undefined) await one(pool, which.backend, which.tier, calls, odd);
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
    await atRest(pool, tiers.length * 2);
    taken.push({ minutes: (performance.now() - begun) / 60_000, calls, ...(await counts()) });
  }
  await pool.close();
  await Promise.all(tiers.map(({ backend }) => backend.close()));
  await pause(500);
  return { samples: taken, closed: await counts(), started, odd };
}

async function one(
  pool: Pool,
  backend: Backend,
  tier: BenchTier,
  n: number,
  odd: Record<string, number>,
): Promise<void> {
  const call = CALLS[Math.floor(n / 2) % CALLS.length];
  const sandbox = await pool.take(backend, profileOf(tier));
  const plain = jobOf(tier, n);
  const abort = new AbortController();
  if (call?.ends === "aborted") setTimeout(() => abort.abort(), 20);
  const job: Job = {
    ...plain,
    ...(call?.source === undefined ? {} : { program: { kind: "javascript", source: call.source } }),
    ...(call?.time === undefined ? {} : { limits: { ...plain.limits, time: call.time } }),
    signal: abort.signal,
  };
  const end = await sandbox.run(job);
  await sandbox.stop();
  const happened = end.status === "ended" ? end.reason : end.status;
  if (happened === call?.ends) return;
  const what = `${tier.name}: ${happened} for ${call?.ends ?? ""}`;
  odd[what] = (odd[what] ?? 0) + 1;
}

/** Until nothing runs or starts and the pool is full again. */
async function atRest(pool: Pool, ready: number): Promise<void> {
  for (let n = 0; n < 400; n += 1) {
    const now = pool.counts();
    if (now.running === 0 && now.starting === 0 && now.ready >= ready) break;
    await pause(50);
  }
  await pause(200);
}

async function counts(): Promise<Counts> {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const containers = await ownContainers();
  return {
    processes: tried(descendants),
    descriptors: tried(() => readdirSync("/proc/self/fd").length),
    groups: tried(() => groupsBelow("/sys/fs/cgroup", 6)),
    mounts: tried(() => readFileSync("/proc/self/mounts", "utf8").split(tmpdir()).length - 1),
    files: tried(() => readdirSync(tmpdir(), { recursive: true }).length),
    containers,
    heap: heapUsed / 1e6,
    external: external / 1e6,
    resident: rss / 1e6,
  };
}

/** Control groups that sandboxes of this process are in: their names carry its number. */
function groupsBelow(folder: string, depth: number): number {
  let count = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if (entry.name.startsWith("writ-") && entry.name.includes(`-${process.pid}-`)) count += 1;
    if (depth > 0) count += groupsBelow(`${folder}/${entry.name}`, depth - 1);
  }
  return count;
}

function tried(count: () => number): number {
  try {
    return count();
  } catch {
    return 0;
  }
}
