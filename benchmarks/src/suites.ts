import { auditSuite } from "./audit/suite.js";
import { decisionSuite } from "./decision/suite.js";
import { detectorsSuite } from "./detectors/suite.js";
import { escapesSuite } from "./escapes/suite.js";
import { frameworksSuite } from "./frameworks/suite.js";
import { guardSuite } from "./guard/suite.js";
import { isolationSuite } from "./isolation/suite.js";
import { soakSuite } from "./isolation/soak-suite.js";
import { languageSuite } from "./language/suite.js";
import { OUT } from "./results/contribute.js";
import type { Found } from "./results/suite-result.js";
import { schemasSuite } from "./schemas/suite.js";
import { stateSuite } from "./state/suite.js";
import { tauSuite } from "./tau/suite.js";
import { typesSuite } from "./types/suite.js";
import { runAgents } from "./agents/command.js";

/** One name that benchmarks are run by. */
export interface BenchSuite {
  /** Runs it with its own options. Findings are kept for the report; a suite that says nothing keeps them itself. */
  readonly run: (options: readonly string[]) => Promise<Found | undefined | void>;
  /** About how many minutes on two cores, in full and quick. */
  readonly minutes: readonly [full: number, quick: number];
  /** Whether it takes `--quick`. */
  readonly quick: boolean;
  /** Only by its name: what it is for takes its time. */
  readonly byName?: true;
}

/** Every suite, in the order in which a run takes them. */
export const SUITES: Readonly<Record<string, BenchSuite>> = {
  decision: { run: decisionSuite, minutes: [16, 2], quick: true },
  guard: { run: guardSuite, minutes: [4, 2], quick: true },
  audit: { run: auditSuite, minutes: [1.5, 0.5], quick: true },
  state: { run: stateSuite, minutes: [0.5, 0.2], quick: true },
  frameworks: { run: frameworksSuite, minutes: [3, 1], quick: true },
  language: { run: languageSuite, minutes: [1.5, 0.5], quick: true },
  isolation: { run: isolationSuite, minutes: [9, 2], quick: true },
  escapes: { run: escapesSuite, minutes: [6, 2], quick: true },
  // Without recordings and texts of others, these say so and are skipped.
  agents: { run: (options) => runAgents(options, OUT), minutes: [1, 1], quick: false },
  detectors: { run: detectorsSuite, minutes: [0.2, 0.2], quick: false },
  tau: { run: tauSuite, minutes: [1, 1], quick: false },
  schemas: { run: schemasSuite, minutes: [0.5, 0.5], quick: false },
  types: { run: typesSuite, minutes: [1, 1], quick: false },
  soak: { run: soakSuite, minutes: [11, 11], quick: false, byName: true },
};
