import { parseArgs } from "node:util";
import { AgentsError } from "./agents/agents-error.js";
import { writeReports } from "./reports.js";
import { BadResult } from "./results/json-shape.js";
import { isOptionError } from "./option-error.js";
import { readRun } from "./results/run-result.js";
import { runSuites } from "./run-suites.js";
import { SUITES } from "./suites.js";

const USAGE = `npm run bench                          all suites but the soak, then the report
npm run bench -- NAME... [--quick]     suites by name: ${Object.keys(SUITES).join(", ")}
npm run bench -- NAME [OPTION...]      one suite with its own options (benchmarks/README.md)
npm run bench -- report                the report anew, of what each suite found when it was last run
    --compare OLD.json                 with each figure beside that of an older results.json
    --docs                             also writes docs/benchmarks.md, from figures that are kept beside it
`;

/** Options that belong to a run, whatever suites it has; the others are a suite's own. */
const OWN = new Set(["--compare", "--docs", "--help"]);

/** A missed target is no failure; a suite that could not be run is. */
async function main(args: readonly string[]): Promise<number> {
  const { names, own, rest } = split(args);
  const { values } = parseArgs({
    args: [...own],
    options: { compare: { type: "string" }, docs: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = names.length === 1 && names[0] === "report";
  const unknown = report ? [] : names.filter((name) => !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no suite ${unknown.join(", ")}\n${USAGE}`);
    return 2;
  }
  const several = names.length !== 1 || report;
  const strange = several ? rest.filter((option) => option !== "--quick" || report) : [];
  if (strange.length > 0) {
    process.stderr.write(
      `${strange.join(" ")}: ${report ? "the report" : "a run of several suites"} takes no such option\n${USAGE}`,
    );
    return 2;
  }
  // Read before anything runs: it may be the file that is written, or none at all.
  const old = values.compare === undefined ? undefined : await readRun(values.compare);
  const failed = report ? [] : await runSuites(names, rest);
  await writeReports({ old, docs: values.docs === true });
  for (const line of failed) process.stderr.write(`FAILED: ${line}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** Names come first; of the options, those of a run are told from those of a suite. */
function split(args: readonly string[]): {
  readonly names: readonly string[];
  readonly own: readonly string[];
  readonly rest: readonly string[];
} {
  const first = args.findIndex((arg) => arg.startsWith("--"));
  const names = first < 0 ? args : args.slice(0, first);
  const [own, rest]: [string[], string[]] = [[], []];
  const options = first < 0 ? [] : args.slice(first);
  for (let n = 0; n < options.length; n += 1) {
    const option = options[n] ?? "";
    const [name = ""] = option.split("=");
    if (!OWN.has(name)) {
      rest.push(option);
      continue;
    }
    own.push(option);
    const value = options[n + 1];
    if (option === "--compare" && value !== undefined) {
      own.push(value);
      n += 1;
    }
  }
  return { names, own, rest };
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof AgentsError || error instanceof BadResult;
  if (!known && !isOptionError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
