import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Suite } from "./benchmark.js";
import { languageSuite } from "./language/suite.js";
import { machine } from "./machine.js";
import { sample, type Figures } from "./sample.js";
import { table } from "./table.js";

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = { language: languageSuite };
const OUT = join(import.meta.dirname, "..", "out");

/** `npm run bench -- NAME...`: runs suites, prints a table of each and writes `out/NAME.json`. A missed target is no failure. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no suite ${unknown.join(", ")}; there are: ${Object.keys(SUITES).join(", ")}\n`);
    return 2;
  }
  for (const name of names.length > 0 ? names : Object.keys(SUITES)) await runSuite(name);
  return 0;
}

async function runSuite(name: string): Promise<void> {
  const make = SUITES[name];
  if (make === undefined) return;
  const on = machine();
  process.stdout.write(
    `${name}: ${on.cpu}, ${on.cores} cores, ${on.memoryGb} GB, ${on.system}, Node ${on.node}; load ${on.load} before it began\n\n`,
  );
  const suite = await make();
  try {
    const figures: Figures[] = [];
    for (const benchmark of suite.benchmarks) {
      process.stderr.write(`  ${benchmark.name} ...\n`);
      figures.push(await sample(benchmark));
    }
    process.stdout.write(`\n${table(figures, suite.unmeasured)}\n`);
    const file = join(OUT, `${name}.json`);
    const result = {
      format: "writ.bench/1",
      suite: name,
      unit: "ms",
      machine: on,
      inputs: suite.inputs,
      figures,
      unmeasured: suite.unmeasured,
    };
    await mkdir(OUT, { recursive: true });
    await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
    process.stdout.write(`\nwritten to ${file}\n`);
  } finally {
    await suite.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
