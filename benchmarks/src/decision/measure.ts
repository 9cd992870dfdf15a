import { median, quantile } from "../statistics.js";
import { compareDecisions } from "./compare.js";
import type { Engine } from "./engine.js";
import { hand } from "./engines/hand.js";
import { freshLoop, type Loop } from "./loop.js";
import type { Workload } from "./rule.js";

/** What one process found of one engine and one workload. Times of a decision are nanoseconds. */
export interface CellFigures {
  /** Warm: the median of the mean times of batches. */
  readonly ns: number;
  /** The same of the hand-written functions, timed in turns with the engine. */
  readonly hand: number;
  /** The one to the other. */
  readonly ratio: number;
  /** Of decisions timed one by one; about 50 ns of it is the clock, and the neighbours' noise is in it. */
  readonly p99: number;
  readonly loadMs: number;
  /** The very first decision of the process. */
  readonly first: number;
  /** The mean of the eleventh to the hundredth. */
  readonly early: number;
  /** What the loaded policy holds after garbage was collected: the JavaScript heap and what lies outside of it. */
  readonly heldMb: number;
  /** The same once all calls of the workload were decided, and so every tool was called. */
  readonly usedMb: number;
  /** Decisions compared with the expected ones before anything warm was timed; all, but where the engine is too slow for the time it has. */
  readonly checked: number;
}

/** How long the parts of a cell may take, in milliseconds. */
export interface Budget {
  /** Timing the engine warm; as much again goes into comparing its decisions, a quarter into warming up. */
  readonly timed: number;
  readonly turns: number;
}

/** About as long as one batch takes, in nanoseconds: far above what the clock costs. */
const BATCH_NS = 100_000;
const MOST_IN_BATCH = 1000;
/** Batches of the hand-written functions a turn: where the process has to wait for a core, a few would say nothing. */
const LEAST_BATCHES = 50;

/** Measures an engine in this process, which has decided nothing before. Throws where a decision is not the expected one. */
export async function measure(
  engine: Engine,
  workload: Workload,
  folder: string,
  { timed, turns }: Budget,
): Promise<CellFigures> {
  const prepared = await engine.prepare(workload, folder);
  const preparedHand = await hand.prepare(workload, folder);
  await settle();
  const before = process.memoryUsage();
  const begun = performance.now();
  const loop = await prepared.load(freshLoop());
  const loadMs = performance.now() - begun;
  const first = await timeOf(() => loop.decide(0));
  for (let n = 1; n < 10; n += 1) await loop.decide(n % loop.calls);
  const early = (await timeOf(() => loop.many(10, 90))) / 90;
  await settle();
  const after = process.memoryUsage();
  const checked = await compareDecisions(engine.name, loop, workload, timed);
  await settle();
  const used = process.memoryUsage();
  const handLoop = await preparedHand.load(freshLoop());
  await compareDecisions(hand.name, handLoop, workload, Infinity);

  const estimate = await estimateOf(loop, timed / 4);
  const handEstimate = await estimateOf(handLoop, timed / 8);
  const all: number[][] = [];
  const allHand: number[][] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    all.push(await batches(loop, estimate, timed / turns, 1));
    allHand.push(await batches(handLoop, handEstimate, timed / turns / 4, LEAST_BATCHES));
  }
  const [ns, handNs] = [median(all.flat()), median(allHand.flat())];
  return {
    ns,
    hand: handNs,
    ratio: ns / handNs,
    p99: quantile(await oneByOne(loop, timed / 2), 0.99),
    loadMs,
    first,
    early,
    heldMb: held(after, before),
    usedMb: held(used, before),
    checked,
  };
}

function held(after: NodeJS.MemoryUsage, before: NodeJS.MemoryUsage): number {
  return (after.heapUsed - before.heapUsed + after.external - before.external) / 1e6;
}

/** Nanoseconds that some work takes; what is waited for only where it has to be, as waiting costs more than most decisions. */
function timeOf(work: () => unknown): number | Promise<number> {
  const begun = performance.now();
  const made = work();
  if (!(made instanceof Promise)) return (performance.now() - begun) * 1e6;
  return made.then(() => (performance.now() - begun) * 1e6);
}

async function settle(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
  globalThis.gc?.();
}

/** Warms up, and gives about how long a decision takes then: the shortest, as a pause of the process is no decision's. */
async function estimateOf(loop: Loop, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let [count, from, shortest] = [1, 0, Infinity];
  do {
    const spent = await timeOf(() => loop.many(from, count));
    from += count;
    shortest = Math.min(shortest, spent / count);
    if (spent < BATCH_NS && count < MOST_IN_BATCH) count *= 2;
  } while (performance.now() < end);
  return shortest;
}

/** Mean times of batches, for so many milliseconds, and so many batches at least. */
async function batches(loop: Loop, estimate: number, ms: number, atLeast: number): Promise<number[]> {
  const count = Math.max(1, Math.min(MOST_IN_BATCH, Math.round(BATCH_NS / Math.max(estimate, 1))));
  const means: number[] = [];
  const end = performance.now() + ms;
  let from = 0;
  do {
    means.push((await timeOf(() => loop.many(from, count))) / count);
    from += count;
  } while (means.length < atLeast || performance.now() < end);
  return means;
}

async function oneByOne(loop: Loop, ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  for (let n = 0; performance.now() < end && times.length < 50_000; n = (n + 1) % loop.calls) {
    const took = timeOf(() => loop.decide(n));
    times.push(typeof took === "number" ? took : await took);
  }
  return times;
}
