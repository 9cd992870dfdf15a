import type { Suite } from "./benchmark.js";
import { machine, machineLine } from "./machine.js";
import { writeResult } from "./result.js";
import { sample, type Figures } from "./sample.js";
import { table } from "./table.js";

/** Runs a suite of times in milliseconds, prints its table and writes `out/NAME.json`. */
export async function runTimed(name: string, make: () => Promise<Suite>): Promise<void> {
  const on = machine();
  process.stdout.write(`${name}: ${machineLine(on)}\n\n`);
  const suite = await make();
  try {
    const figures: Figures[] = [];
    for (const benchmark of suite.benchmarks) {
      process.stderr.write(`  ${benchmark.name} ...\n`);
      figures.push(await sample(benchmark));
    }
    process.stdout.write(`\n${table(figures, suite.unmeasured)}\n`);
    await writeResult(`${name}.json`, {
      format: "writ.bench/1",
      suite: name,
      unit: "ms",
      machine: on,
      inputs: suite.inputs,
      figures,
      unmeasured: suite.unmeasured,
    });
  } finally {
    await suite.close();
  }
}
