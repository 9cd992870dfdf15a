import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { median, quantile } from "../statistics.js";
import { emptyTool, type Opened, type Variant } from "./variants.js";

/** What a process found of one variant, in microseconds. */
export interface GuardFigures {
  /** What stands around the tool adds to a call: medians of single calls, the bare tool's taken off. */
  readonly added: number;
  /** The same of single rounds: the tenth and ninetieth percentile. */
  readonly addedLow: number;
  readonly addedHigh: number;
  readonly p99: number;
  /** The processor's time of a call, all threads: what else the machine does is not in it. */
  readonly cpu: number;
  /** A write of 400 bytes and one fdatasync, in turns with the calls; of durable variants. */
  readonly sync?: number;
  /** A decision of the session with its limits taken, the bare tool's time taken off; of variants that keep labels and history. */
  readonly decided?: number;
  /** Calls in flight, and calls a second then. */
  readonly inFlight: readonly { readonly calls: number; readonly perSecond: number }[];
}

export interface GuardOrder {
  /** The place in the list. */
  readonly variant: number;
  readonly folder: string;
  readonly rounds: number;
  /** Calls of a round. */
  readonly calls: number;
}

const IN_FLIGHT = [1, 10, 100] as const;
/** Of a round, where a call waits for a disk or may take milliseconds. */
const MOST_CALLS: Partial<Record<Variant["kind"], number>> = { durable: 200, peer: 500 };
/** Rounds that do not count. */
const WARM_UP = 2;
/**
 * Calls before the first round, and how long they may take, in milliseconds. A guard is much code, and each part of it is compiled
 * when it has run some thousand times: rounds of 200 durable calls alone would measure how fast the engine interprets.
 */
const FIRST_CALLS = 16_000;
const FIRST_MS = 8000;
const FIRST_STEP = 1000;

/**
 * Measures one variant beside the bare tool. Each round has a guard of its own: a log in memory keeps all it is given. That of the
 * round before is closed after garbage was collected: without any guard, as in no process that has one, the engine would throw
 * away what it compiled for it.
 */
export async function measureGuard(variant: Variant, order: GuardOrder): Promise<GuardFigures> {
  const calls = Math.min(order.calls, MOST_CALLS[variant.kind] ?? order.calls);
  const [bare, around, cpu, syncs, rounds, decisions]: Numbers = [[], [], [], [], [], []];
  const rates = new Map<number, number[]>(IN_FLIGHT.map((count) => [count, []]));
  await warm(variant, order.folder);
  let before: { readonly opened: Opened; readonly scratch: string } | undefined;
  const closeLast = async (): Promise<void> => {
    await before?.opened.close();
    if (before !== undefined) await rm(before.scratch, { recursive: true, force: true });
  };
  for (let round = -WARM_UP; round < order.rounds; round += 1) {
    const scratch = await mkdtemp(join(order.folder, "round-"));
    const opened = await variant.open({ log: join(scratch, "log"), inputs: order.folder });
    globalThis.gc?.();
    await closeLast();
    before = { opened, scratch };
    const bareTimes = await oneByOne(bareTool, calls);
    const used = process.cpuUsage();
    const times = await oneByOne(opened, calls);
    const { user, system } = process.cpuUsage(used);
    const syncTimes = variant.kind === "durable" ? await syncLoop(scratch, calls) : [];
    const decisionTimes = await decidedBeforeMade(opened, calls);
    const fast: [number, number][] = [];
    for (const count of IN_FLIGHT) fast.push([count, await perSecond(opened, count, calls)]);
    if (round < 0) continue;
    rounds.push(median(times) - median(bareTimes));
    bare.push(...bareTimes);
    around.push(...times);
    cpu.push((user + system) / calls);
    syncs.push(...syncTimes);
    decisions.push(...decisionTimes);
    for (const [count, rate] of fast) rates.get(count)?.push(rate);
  }
  await closeLast();
  return {
    added: median(around) - median(bare),
    addedLow: quantile(rounds, 0.1),
    addedHigh: quantile(rounds, 0.9),
    p99: quantile(around, 0.99) - median(bare),
    cpu: median(cpu),
    ...(syncs.length === 0 ? {} : { sync: median(syncs) }),
    ...(decisions.length === 0 ? {} : { decided: median(decisions) - median(bare) }),
    inFlight: IN_FLIGHT.map((count) => ({ calls: count, perSecond: median(rates.get(count) ?? []) })),
  };
}

/** Makes calls that do not count, of one guard, one by one and many at once. */
async function warm(variant: Variant, folder: string): Promise<void> {
  const scratch = await mkdtemp(join(folder, "first-"));
  const opened = await variant.open({ log: join(scratch, "log"), inputs: folder });
  const begun = performance.now();
  for (let calls = 0; calls < FIRST_CALLS && performance.now() - begun < FIRST_MS; calls += FIRST_STEP) {
    await oneByOne(opened, FIRST_STEP / 10);
    await perSecond(opened, 100, FIRST_STEP - FIRST_STEP / 10);
  }
  await opened.close();
  await rm(scratch, { recursive: true, force: true });
}

type Numbers = [number[], number[], number[], number[], number[], number[]];

const bareTool: Pick<Opened, "call"> = { call: () => emptyTool() };

/** Times of single calls in microseconds; what the clock costs is in those of the bare tool too. */
async function oneByOne({ call }: Pick<Opened, "call">, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    const begun = performance.now();
    await call(n);
    times.push((performance.now() - begun) * 1000);
  }
  return times;
}

/** Times of decisions alone, in microseconds: each call is decided, and then made, so that the next finds what it left. */
async function decidedBeforeMade({ decide, call }: Opened, calls: number): Promise<number[]> {
  const times: number[] = [];
  if (decide === undefined) return times;
  for (let n = calls; n < 2 * calls; n += 1) {
    const begun = performance.now();
    await decide(n);
    times.push((performance.now() - begun) * 1000);
    await call(n);
  }
  return times;
}

async function perSecond({ call }: Opened, inFlight: number, calls: number): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < calls) {
      const n = next;
      next += 1;
      await call(n);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (calls / (performance.now() - begun)) * 1000;
}

/** The limit of what is durable: one write and one fdatasync after the other, in microseconds each. */
async function syncLoop(folder: string, calls: number): Promise<number[]> {
  const file = await open(join(folder, "bare"), "a");
  const line = Buffer.alloc(400, "x");
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    const begun = performance.now();
    await file.write(line);
    await file.datasync();
    times.push((performance.now() - begun) * 1000);
  }
  await file.close();
  return times;
}
