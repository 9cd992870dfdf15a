import { setTimeout as pause } from "node:timers/promises";
import type { Backend } from "../backend.js";
import { Pool } from "../pool/pool.js";
import { memoryOf, processNumbers } from "./memory.js";
import { jobOf, profileOf, type BenchTier } from "./tiers.js";

export interface Times {
  readonly median: number;
  readonly p99: number;
}

/** What was found of a tier; times in milliseconds. */
export interface IsolationFigures {
  /** A sandbox started for the call, up to its answer. */
  readonly cold: Times;
  /** One that was started before and given to the call, up to its answer: what is left where nothing is kept in a pool. */
  readonly started: Times;
  /** One that waited in a pool, up to the answer of the call; nothing else goes on. */
  readonly pooled: Times;
  /** The same, of 8 calls at once that all find one. */
  readonly eight: Times;
  /** Of 100 calls at once through a pool that has 8 sandboxes at most; `all` is the time of all together. */
  readonly hundred: Times & { readonly all: number };
  /** Calls a second where more are wanted than are ready: what starting them allows. */
  readonly perSecond: number;
  /** What one more that waits takes, in bytes; undefined where the system does not tell. */
  readonly memory: number | undefined;
}

/** How often each thing is done. */
export interface IsolationOrder {
  readonly cold: number;
  readonly pooled: number;
  readonly rounds: number;
  /** Calls at once through a pool of 8: 100, where it is not a test. */
  readonly burst: number;
  readonly seconds: number;
}

const READY = 8;

/** A full run takes about half a minute a tier, a quick one some seconds: enough for a look. */
export const ISOLATION_ORDERS = {
  full: { cold: 40, pooled: 200, rounds: 12, burst: 100, seconds: 10 },
  quick: { cold: 8, pooled: 40, rounds: 3, burst: 100, seconds: 2 },
} as const satisfies Readonly<Record<string, IsolationOrder>>;

/**
 * What a call pays for its sandbox in a backend that holds: cold, started before, from a pool, several at once, and what
 * starting them allows. Closes the backend. Rejects where a call is not answered as it must be.
 */
export async function measureTier(backend: Backend, tier: BenchTier, order: IsolationOrder): Promise<IsolationFigures> {
  const known = processNumbers();
  const { cold, started } = await withoutPool(backend, tier, order.cold);
  const pool = new Pool({ ready: READY, most: 3 * READY });
  try {
    const before = memoryOf(known);
    await filled(pool, backend, tier);
    const after = memoryOf(known);
    const pooled = await oneByOne(pool, backend, tier, order.pooled);
    const eight = await eightAtOnce(pool, backend, tier, order.rounds);
    const perSecond = await sustained(pool, backend, tier, order.seconds);
    const memory = before === undefined || after === undefined ? undefined : (after - before) / READY;
    await pool.close();
    const hundred = await hundredAtOnce(backend, tier, order.burst);
    return {
      cold: times(cold),
      started: times(started),
      pooled: times(pooled),
      eight: times(eight),
      hundred,
      perSecond,
      memory,
    };
  } finally {
    await pool.close();
    await backend.close();
  }
}

function times(all: readonly number[]): Times {
  const sorted = Float64Array.from(all).toSorted();
  const at = (part: number): number => {
    // Between two of them where the place falls between.
    const place = part * (sorted.length - 1);
    const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { median: at(0.5), p99: at(0.99) };
}

async function withoutPool(
  backend: Backend,
  tier: BenchTier,
  count: number,
): Promise<{ cold: number[]; started: number[] }> {
  const [cold, started]: [number[], number[]] = [[], []];
  // The first pays for what is made once a process: it is not counted.
  for (let n = -1; n < count; n += 1) {
    const begun = performance.now();
    const sandbox = await backend.start(profileOf(tier));
    answered(await sandbox.run(jobOf(tier, n)), n);
    if (n >= 0) cold.push(performance.now() - begun);
    await sandbox.stop();
  }
  for (let n = -1; n < count; n += 1) {
    const sandbox = await backend.start(profileOf(tier));
    await pause(30);
    const begun = performance.now();
    answered(await sandbox.run(jobOf(tier, n)), n);
    if (n >= 0) started.push(performance.now() - begun);
    await sandbox.stop();
  }
  return { cold, started };
}

/** Takes one, runs one call in it, and gives how long that took; its end is not waited for, as no call waits for it. */
async function call(pool: Pool, backend: Backend, tier: BenchTier, n: number): Promise<number> {
  const begun = performance.now();
  const sandbox = await pool.take(backend, profileOf(tier));
  const end = await sandbox.run(jobOf(tier, n));
  const took = performance.now() - begun;
  answered(end, n);
  void sandbox.stop();
  return took;
}

function answered(end: Awaited<ReturnType<Awaited<ReturnType<Backend["start"]>>["run"]>>, n: number): void {
  if (end.status !== "done" || end.value !== n + 1) throw new Error(`a call ended as ${JSON.stringify(end)}`);
}

/** Waits until nothing starts and as many as should be are ready. */
async function filled(pool: Pool, backend: Backend, tier: BenchTier): Promise<void> {
  await pool.prepare(backend, profileOf(tier));
  while (pool.counts().ready < READY || pool.counts().starting > 0) await pause(5);
  await pause(30);
}

async function oneByOne(pool: Pool, backend: Backend, tier: BenchTier, count: number): Promise<number[]> {
  const all: number[] = [];
  // What a host runs for the first time is slow in any tier: some calls are not counted.
  for (let n = -READY; n < count; n += 1) {
    await filled(pool, backend, tier);
    const took = await call(pool, backend, tier, n);
    if (n >= 0) all.push(took);
  }
  return all;
}

async function eightAtOnce(pool: Pool, backend: Backend, tier: BenchTier, rounds: number): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await filled(pool, backend, tier);
    all.push(...(await Promise.all(Array.from({ length: READY }, (_, n) => call(pool, backend, tier, n)))));
  }
  return all;
}

async function hundredAtOnce(backend: Backend, tier: BenchTier, count: number): Promise<IsolationFigures["hundred"]> {
  const pool = new Pool({ ready: READY, most: READY, wait: 300_000 });
  try {
    await filled(pool, backend, tier);
    const begun = performance.now();
    const all = await Promise.all(Array.from({ length: count }, (_, n) => call(pool, backend, tier, n)));
    return { ...times(all), all: performance.now() - begun };
  } finally {
    await pool.close();
  }
}

async function sustained(pool: Pool, backend: Backend, tier: BenchTier, seconds: number): Promise<number> {
  const begun = performance.now();
  let calls = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < seconds * 1000) {
      await call(pool, backend, tier, calls);
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return (calls / (performance.now() - begun)) * 1000;
}
