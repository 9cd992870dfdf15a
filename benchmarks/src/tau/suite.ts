import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bundle } from "@writ/ir";
import { loadPolicy } from "@writ/policy/node";
import { readJsonLines } from "../json-lines.js";
import type { Found, Gap } from "../results/suite-result.js";
import { AirlineRecords, AirlineStore } from "./airline-store.js";
import { breakRuns, type Broken } from "./broken.js";
import { withLookup } from "./lookup.js";
import { createReplayer, type JudgedCall } from "./replay.js";
import { tauFound } from "./found.js";
import { RetailRecords } from "./retail-records.js";
import { RetailStore } from "./retail-store.js";
import { readRun, type TauRun } from "./run.js";
import { Answers } from "./store.js";

/** The name of the file of correct runs in the folder that `--data` names. */
const RUNS = "tau_bench_ground_truth_dev.jsonl.gz";
const POLICIES = join(import.meta.dirname, "..", "..", "policies", "tau");

/** The correct runs of one suite, and what became of each call. */
export interface Judged {
  readonly suite: string;
  readonly runs: readonly { readonly run: TauRun; readonly calls: readonly JudgedCall[] }[];
  readonly answers: Answers;
  readonly broken: readonly Broken[];
}

/** The compiled policy of a suite. Rejects where it does not check. */
export async function tauPolicy(suite: "retail" | "airline"): Promise<Bundle> {
  return (await loadPolicy(join(POLICIES, `${suite}.policy`))).bundle;
}

/** Takes the correct runs of a suite through guard sessions under its policy; `broken` also breaks each. */
export async function judgeSuite(suite: "retail" | "airline", runs: readonly TauRun[]): Promise<Judged> {
  const replayer = await createReplayer(await tauPolicy(suite));
  try {
    const own = runs.filter((run) => run.suite === suite);
    const answers = new Answers();
    const retail = new RetailRecords(own);
    const airline = new AirlineRecords(own);
    const judged = [];
    for (const run of own) {
      const whole = withLookup(run);
      const store = suite === "retail" ? new RetailStore(retail, answers) : new AirlineStore(whole, airline, answers);
      judged.push({ run, calls: await replayer.replay(whole, store) });
    }
    const broken = suite === "retail" ? await breakRuns(replayer, own, retail) : [];
    return { suite, runs: judged, answers, broken };
  } finally {
    await replayer.close();
  }
}

/** `npm run bench -- tau --data DIR`: correct runs of an agent under its written policy, in words and as `.policy`. */
export async function tauSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { data: { type: "string" } } });
  const folder = values.data ?? process.env["WRIT_TAU_DATA"];
  const file = folder === undefined ? undefined : folder.endsWith(".gz") ? folder : join(folder, RUNS);
  if (file === undefined || !existsSync(file)) {
    const why = file === undefined ? "there are no runs" : `there is no ${file}`;
    return tauFound([], [{ what: "correct runs", why: `SKIPPED, ${why}`, remedy: `--data DIR, which holds ${RUNS}` }]);
  }
  const { objects, left } = await readJsonLines(file);
  const runs = objects.map(readRun).filter((run) => run !== undefined);
  const odd = left + objects.length - runs.length;
  const gaps: Gap[] = odd > 0 ? [{ what: "correct runs", why: `${odd} lines are no runs and were left out` }] : [];
  const judged: Judged[] = [];
  for (const suite of ["retail", "airline"] as const) {
    if (runs.some((run) => run.suite === suite)) judged.push(await judgeSuite(suite, runs));
    else gaps.push({ what: `runs of ${suite}`, why: "there are none; its policy is tried by its own tests alone" });
  }
  return tauFound(judged, gaps);
}
