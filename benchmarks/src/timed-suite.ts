import type { Benchmark, Suite } from "./benchmark.js";
import { measured } from "./results/measured.js";
import type { Found, Measured, Row } from "./results/suite-result.js";
import { sample, type Figures } from "./sample.js";

const NS = 1e6;

/** Runs a suite of times in milliseconds, a row each; a quick run does a fifth of the runs. `sampled` may run a row elsewhere, by its place. */
export async function runTimed(
  title: string,
  make: () => Promise<Suite>,
  mode: "full" | "quick",
  sampled: (benchmark: Benchmark, place: number) => Promise<Figures> = sample,
): Promise<Found> {
  const suite = await make();
  try {
    const rows: Row[] = [];
    const judged: Measured[] = [];
    for (const [place, benchmark] of suite.benchmarks.entries()) {
      process.stderr.write(`  ${benchmark.name} ...\n`);
      const runs = mode === "quick" ? Math.max(3, Math.ceil(benchmark.runs / 5)) : benchmark.runs;
      const { name, median, p10, p90, cpu } = await sampled({ ...benchmark, runs }, place);
      const times = { value: median * NS, low: p10 * NS, high: p90 * NS };
      rows.push({ name, kind: "ours", cells: [times, cpu === undefined ? {} : { value: cpu * NS }, { value: runs }] });
      if (benchmark.target !== undefined) judged.push(measured(benchmark.target, median * NS));
    }
    return {
      mode,
      method: suite.method,
      inputs: suite.inputs,
      tables: [
        {
          id: "times",
          title,
          words: "The spread is the tenth and ninetieth percentile of the runs.",
          columns: [
            { name: "median", unit: "time", better: "lower" },
            { name: "processor", unit: "time", better: "lower" },
            { name: "runs", unit: "count" },
          ],
          rows,
        },
      ],
      measured: judged,
    };
  } finally {
    await suite.close();
  }
}
