import type { Benchmark, Timed } from "./benchmark.js";

/** Times of one benchmark, in milliseconds. */
export interface Figures {
  readonly name: string;
  readonly runs: number;
  readonly median: number;
  /** The fastest and the slowest run, and the tenth and ninetieth percentile. */
  readonly min: number;
  readonly p10: number;
  readonly p90: number;
  readonly max: number;
  /** Median of the processor's time that this process took, in all its threads: what else the machine does is not in it. */
  readonly cpu?: number;
}

/** Runs a benchmark and gives its figures. */
export async function sample({ name, warmUp, runs, run, elsewhere, uncollected }: Benchmark): Promise<Figures> {
  const times: number[] = [];
  const loads: number[] = [];
  for (let i = 0; i < warmUp + runs; i += 1) {
    let spent: number | undefined;
    let used = 0;
    const timed: Timed = async (work) => {
      // Garbage of the run before is not this one's; without --expose-gc it is.
      if (uncollected !== true) globalThis.gc?.();
      const before = process.cpuUsage();
      const begun = performance.now();
      try {
        return await work();
      } finally {
        spent = performance.now() - begun;
        const { user, system } = process.cpuUsage(before);
        used = (user + system) / 1000;
      }
    };
    await run(timed);
    if (spent === undefined) throw new Error(`${name} timed nothing`);
    if (i < warmUp) continue;
    times.push(spent);
    loads.push(used);
  }
  const { median: cpu } = figuresOf(name, loads);
  return { ...figuresOf(name, times), ...(elsewhere === true ? {} : { cpu }) };
}

/** The figures of some times, in milliseconds. */
export function figuresOf(name: string, times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => {
    // Between two runs where the place falls between them.
    const place = part * (sorted.length - 1);
    const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return {
    name,
    runs: sorted.length,
    median: at(0.5),
    min: at(0),
    p10: at(0.1),
    p90: at(0.9),
    max: at(1),
  };
}
