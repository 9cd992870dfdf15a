import { AgentsError } from "./agents/agents-error.js";
import { machineLimits } from "./machine-limits.js";
import { begin, contribute, forget } from "./results/contribute.js";
import { isOptionError } from "./option-error.js";
import { suiteText } from "./results/terminal.js";
import { SUITES } from "./suites.js";

/**
 * Runs suites one after another and keeps what each found; without names, all but those run by name only. In a run of
 * several, one that fails is said and the others are run. Gives what failed.
 */
export async function runSuites(names: readonly string[], options: readonly string[]): Promise<readonly string[]> {
  const all = Object.entries(SUITES).filter(([name, { byName }]) =>
    names.length === 0 ? byName !== true : names.includes(name),
  );
  const quick = options.includes("--quick");
  const minutes = all.reduce((sum, [, suite]) => sum + suite.minutes[quick ? 1 : 0], 0);
  if (all.length > 1)
    process.stderr.write(
      `${all.length} suites, about ${Math.ceil(minutes)} minutes on two cores that do nothing else\n`,
    );
  const failed: string[] = [];
  for (const [n, [name, suite]] of all.entries()) {
    process.stderr.write(`\n[${n + 1}/${all.length}] ${name}, since ${time()}\n`);
    try {
      const begun = begin(await machineLimits());
      const found = await suite.run(all.length > 1 && !suite.quick ? [] : options);
      // It was skipped, and said so: what it found earlier stands.
      if (found === undefined) continue;
      const result = await contribute(name, begun, found);
      process.stdout.write(`\n${suiteText(result)}\n`);
    } catch (error) {
      // An earlier run's figures are not to be taken for this one's, where there was one.
      if (!isOptionError(error)) await forget(name);
      // Asked for alone, it says itself what is wrong.
      if (all.length === 1) throw error;
      const why = error instanceof Error ? error.message : "unknown";
      failed.push(`${name}: ${why}`);
      process.stderr.write(`${error instanceof Error && !(error instanceof AgentsError) ? error.stack : why}\n`);
    }
  }
  return failed;
}

function time(): string {
  return new Date().toTimeString().slice(0, 8);
}
