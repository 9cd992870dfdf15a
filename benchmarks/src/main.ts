import { join } from "node:path";
import { AgentsError } from "./agents/agents-error.js";
import { runAgents } from "./agents/command.js";
import { auditSuite } from "./audit/suite.js";
import { decisionSuite } from "./decision/suite.js";
import { detectorsSuite } from "./detectors/suite.js";
import { frameworksSuite } from "./frameworks/suite.js";
import { guardSuite } from "./guard/suite.js";
import { isolationSuite } from "./isolation/suite.js";
import { soakSuite } from "./isolation/soak-suite.js";
import { languageSuite } from "./language/suite.js";
import { stateSuite } from "./state/suite.js";
import { tauSuite } from "./tau/suite.js";
import { runTimed } from "./timed-suite.js";

/** A suite prints its figures and writes them to `benchmarks/out`; it rejects where something it measures is wrong. */
type RunSuite = (options: readonly string[]) => Promise<void>;

const OUT = join(import.meta.dirname, "..", "out");

/** Without recordings to replay, `agents` says so and is skipped. */
const SUITES: Readonly<Record<string, RunSuite>> = {
  agents: (options) => runAgents(options, OUT),
  language: () => runTimed("language", languageSuite),
  decision: decisionSuite,
  detectors: detectorsSuite,
  guard: guardSuite,
  frameworks: frameworksSuite,
  state: stateSuite,
  audit: auditSuite,
  isolation: isolationSuite,
  soak: soakSuite,
  tau: tauSuite,
};

/** Suites that are run by name only: what they are for takes its time. */
const BY_NAME: ReadonlySet<string> = new Set(["soak"]);

/** `npm run bench -- NAME... [--option ...]`: without a name, all but the soak. A missed target is no failure. */
async function main(args: readonly string[]): Promise<number> {
  const first = args.findIndex((arg) => arg.startsWith("--"));
  const [names, options] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  const unknown = names.filter((name) => !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no suite ${unknown.join(", ")}; there are: ${Object.keys(SUITES).join(", ")}\n`);
    return 2;
  }
  const all = Object.keys(SUITES).filter((name) => !BY_NAME.has(name));
  for (const name of names.length > 0 ? names : all) await SUITES[name]?.(options);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof AgentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
