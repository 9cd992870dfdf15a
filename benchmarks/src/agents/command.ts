import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { visible } from "@writ/runtime";
import { causes, score, usesOf, type ReplayedRun, type Score } from "@writ/testing";
import type { Found } from "../results/suite-result.js";
import { agentsFound } from "./found.js";
import { firstWrong, type FirstWrong } from "./first-wrong.js";
import { AGENTS_USAGE, readOptions, type AgentsOptions } from "./options.js";
import { causeTable, scoreTable, SEEN_TARGETS, UNSEEN_TARGETS, type Targets } from "./report.js";
import { replayAll } from "./replay-all.js";
import { AGENT_SUITES, wasWrittenOn } from "./suites.js";

const CAUSES = 10;

/**
 * Replays recorded runs of agents through real guards, and says what was refused, what was asked and what was let
 * through. The recordings are third-party data and no part of this repository: without them it says so and is skipped.
 */
export async function runAgents(args: readonly string[], out: string): Promise<Found | undefined> {
  const options = readOptions(args, process.env);
  const { data, scorer } = options;
  if (data === undefined) {
    process.stdout.write(`agents: SKIPPED: there are no recorded runs to replay\n  ${AGENTS_USAGE}\n\n`);
    return undefined;
  }
  const { replayed, without, unread, replayers } = await replayAll(data, options);
  const left = [
    ...unread,
    ...[...without].map(([suite, runs]) => `${runs} runs of the suite ${suite}, for which there is no policy`),
  ];
  for (const why of left) process.stdout.write(`agents: NOT REPLAYED: ${why}\n`);
  await mkdir(out, { recursive: true });
  const decisions = join(out, "agents.decisions.jsonl");
  await writeFile(decisions, replayed.map((run) => `${JSON.stringify(decisionOf(run))}\n`).join(""));
  const wrong = await firstWrong(replayed, replayers);
  print(replayed, options, wrong);
  process.stdout.write(`written to ${decisions}\n`);
  if (scorer !== undefined) await runScorer(scorer, data, decisions);
  const isSeen = ({ trace }: ReplayedRun): boolean => AGENT_SUITES.has(trace.suite ?? "");
  return agentsFound({
    parts: partsOf(replayed, options).map(({ of, runs, targets }) => ({
      of,
      known: targets === SEEN_TARGETS,
      score: score(runs),
    })),
    seen: scored(replayed.filter(isSeen)),
    unseen: scored(replayed.filter((run) => !isSeen(run))),
    wrong,
    inputs: {
      runs: replayed.length,
      sha256: await sha256Of(data),
      worlds: options.world === undefined ? "none" : "given",
    },
    left,
    asked: ["--adaptive", "--written", "--policy", "--user"].filter((name) =>
      args.some((arg) => arg === name || arg.startsWith(`${name}=`)),
    ),
  });
}

function scored(runs: readonly ReplayedRun[]): Score | undefined {
  return runs.length === 0 ? undefined : score(runs);
}

/** A line of the file that the scoring script reads. */
function decisionOf({ trace, calls }: ReplayedRun): {
  readonly id: string;
  readonly deny: readonly number[];
  readonly escalate: readonly number[];
} {
  const of = (effect: string): readonly number[] => calls.flatMap((call, i) => (call.effect === effect ? [i] : []));
  return { id: trace.session, deny: of("forbid"), escalate: of("ask") };
}

interface Part {
  readonly of: string;
  readonly runs: readonly ReplayedRun[];
  readonly targets: Targets;
}

/** Parts of the runs that are told apart in the report. */
function partsOf(replayed: readonly ReplayedRun[], { suites }: AgentsOptions): readonly Part[] {
  const suiteOf = ({ trace }: ReplayedRun): string => trace.suite ?? "";
  const names = [...new Set(replayed.map(suiteOf))];
  const targetsOf = (name: string): Targets => (AGENT_SUITES.has(name) ? SEEN_TARGETS : UNSEEN_TARGETS);
  const all = names.every((name) => AGENT_SUITES.has(name)) ? SEEN_TARGETS : UNSEEN_TARGETS;
  const writtenOn = (run: ReplayedRun): boolean => {
    const suite = suites.get(suiteOf(run));
    return suite !== undefined && wasWrittenOn(suite, run.trace);
  };
  const written = replayed.filter(writtenOn);
  const split = [
    { of: "all suites, tasks the policies were written on", runs: written, targets: all },
    { of: "all suites, other tasks", runs: replayed.filter((run) => !writtenOn(run)), targets: all },
  ];
  return [
    { of: "all suites", runs: replayed, targets: all },
    ...(written.length === 0 ? [] : split),
    ...names.map((name) => ({
      of: name === "" ? "runs of no suite" : name,
      runs: replayed.filter((run) => suiteOf(run) === name),
      targets: targetsOf(name),
    })),
  ].filter(({ runs }) => runs.length > 0);
}

function benignOf(replayed: readonly ReplayedRun[]): readonly ReplayedRun[] {
  return replayed.filter(({ trace }) => usesOf(trace).includes("benign"));
}

function print(replayed: readonly ReplayedRun[], options: AgentsOptions, wrong: readonly FirstWrong[]): void {
  const benign = benignOf(replayed);
  const say = (text: string): void => void process.stdout.write(`${text}\n\n`);
  for (const { of, runs, targets } of partsOf(replayed, options)) say(scoreTable(of, score(runs), targets));
  say(causeTable("refused in benign runs", causes(benign, "forbid"), CAUSES));
  say(causeTable("asked in benign runs", causes(benign, "ask"), CAUSES));
  for (const { suite, kind, of, session, call, tool, args, text } of wrong)
    say(
      `${visible(suite)}: first of ${of} where the labels say otherwise (${kind}): ${visible(session)}, call ${call}\n${visible(`${tool} ${JSON.stringify(args)}`)}\n${text}`,
    );
  if (!options.show) return;
  for (const { trace, calls } of replayed) {
    const stopped = calls.flatMap((call, i) => (call.effect === "allow" ? [] : [{ ...call, i }]));
    process.stdout.write(`${usesOf(trace).join()} ${trace.session}\n`);
    for (const { i, effect, tool, by, why } of stopped)
      process.stdout.write(`  ${i} ${effect} ${tool} by ${by.join(" + ")}: ${why}\n`);
  }
}

/** Of a file, or of the files of a folder one after another, by name. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const files = (await stat(path)).isDirectory()
    ? (await readdir(path))
        .filter((name) => /\.jsonl(?:\.gz)?$/.test(name))
        .toSorted()
        .map((name) => join(path, name))
    : [path];
  for (const file of files) {
    const chunks: AsyncIterable<Buffer> = createReadStream(file);
    for await (const chunk of chunks) hash.update(chunk);
  }
  return hash.digest("hex");
}

/** The scoring that came with the recordings, refused alone and with what was asked, to hold ours against. */
async function runScorer(script: string, data: string, decisions: string): Promise<void> {
  for (const flags of [[], ["--escalate-blocks"]]) {
    const { stdout, stderr } = await promisify(execFile)("python3", [script, data, decisions, ...flags]);
    process.stdout.write(
      `\n${flags.length === 0 ? "refused" : "refused or asked"}, as ${script} counts:\n${stdout}${stderr}`,
    );
  }
}
