import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { machine } from "../machine.js";
import { AgentsError } from "./agents-error.js";
import { adaptiveAttacker } from "./adaptive.js";
import { AGENTS_USAGE, readOptions, type AgentsOptions } from "./options.js";
import { createReplayer, type Replayed, type Replayer } from "./replay.js";
import { causeTable, scoreTable } from "./report.js";
import { causes, score } from "./score.js";
import { wasWrittenOn } from "./suites.js";
import { readTraces } from "./trace.js";
import { readWorld, UNKNOWN_WORLD } from "./world.js";

const CAUSES = 10;

/**
 * Replays recorded runs of agents through real guards, and says what was refused, what was asked and what was let
 * through. The recordings are third-party data and no part of this repository: without them it says so and is skipped.
 */
export async function runAgents(args: readonly string[], out: string): Promise<void> {
  const options = readOptions(args, process.env);
  const { data, scorer } = options;
  if (data === undefined) {
    process.stdout.write(`agents: SKIPPED: there are no recorded runs to replay\n  ${AGENTS_USAGE}\n\n`);
    return;
  }
  const { replayed, without, unread } = await replayAll(data, options);
  for (const why of unread) process.stdout.write(`agents: NOT REPLAYED: ${why}\n`);
  for (const [suite, runs] of without)
    process.stdout.write(`agents: NOT REPLAYED: ${runs} runs of the suite ${suite}, for which there is no policy\n`);
  await mkdir(out, { recursive: true });
  const decisions = join(out, "agents.decisions.jsonl");
  await writeFile(decisions, replayed.map((run) => `${JSON.stringify(decisionOf(run))}\n`).join(""));
  print(replayed, options);
  const file = join(out, "agents.json");
  await writeFile(file, `${JSON.stringify(await resultOf(data, replayed, options), undefined, 2)}\n`);
  process.stdout.write(`written to ${file} and ${decisions}\n`);
  if (scorer !== undefined) await runScorer(scorer, data, decisions);
}

interface All {
  readonly replayed: readonly Replayed[];
  /** Runs of suites for which there is no policy. */
  readonly without: ReadonlyMap<string, number>;
  /** Lines that are no traces. */
  readonly unread: readonly string[];
}

async function replayAll(data: string, { world: worlds, suites, written, adaptive }: AgentsOptions): Promise<All> {
  if (worlds === undefined)
    process.stdout.write("agents: no --world: facts that a host would answer fail, which asks and refuses more\n");
  const world = worlds === undefined ? UNKNOWN_WORLD : await readWorld(worlds);
  const replayers = new Map<string, Promise<Replayer>>();
  const replayed: Replayed[] = [];
  const without = new Map<string, number>();
  const unread: string[] = [];
  for await (const trace of readTraces(data, ({ message }) => unread.push(message))) {
    const suite = suites.get(trace.suite);
    if (suite === undefined) {
      without.set(trace.suite, (without.get(trace.suite) ?? 0) + 1);
      continue;
    }
    if (written && !wasWrittenOn(suite, trace)) continue;
    const replayer = replayers.get(trace.suite) ?? usable(suite.policy, createReplayer(suite, world));
    replayers.set(trace.suite, replayer);
    replayed.push(await (await replayer).replay(adaptive ? adaptiveAttacker(trace) : trace));
  }
  return { replayed, without, unread };
}

/** What a policy that no guard starts with is, is said without a stack. */
async function usable<T>(policy: string, made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    throw new AgentsError(`${policy}: ${error instanceof Error ? error.message : "it cannot be used"}`);
  }
}

/** A line of the file that the scoring script reads. */
function decisionOf({ trace, calls }: Replayed): {
  readonly id: string;
  readonly deny: readonly number[];
  readonly escalate: readonly number[];
} {
  const of = (effect: string): readonly number[] => calls.flatMap((call, i) => (call.effect === effect ? [i] : []));
  return { id: trace.id, deny: of("refuse"), escalate: of("ask") };
}

/** Parts of the runs that are told apart in the report. */
function partsOf(
  replayed: readonly Replayed[],
  { suites }: AgentsOptions,
): readonly (readonly [string, readonly Replayed[]])[] {
  const writtenOn = ({ trace }: Replayed): boolean => {
    const suite = suites.get(trace.suite);
    return suite !== undefined && wasWrittenOn(suite, trace);
  };
  return [
    ["all suites", replayed],
    ["all suites, tasks the policies were written on", replayed.filter(writtenOn)],
    ["all suites, other tasks", replayed.filter((run) => !writtenOn(run))],
    ...[...suites.keys()].map((name) => [name, replayed.filter(({ trace }) => trace.suite === name)] as const),
  ];
}

function benignOf(replayed: readonly Replayed[]): readonly Replayed[] {
  return replayed.filter(({ trace }) => trace.uses.includes("benign"));
}

function print(replayed: readonly Replayed[], options: AgentsOptions): void {
  const benign = benignOf(replayed);
  const say = (text: string): void => void process.stdout.write(`${text}\n\n`);
  for (const [title, runs] of partsOf(replayed, options)) if (runs.length > 0) say(scoreTable(title, score(runs)));
  say(causeTable("refused in benign runs", causes(benign, "refuse"), CAUSES));
  say(causeTable("asked in benign runs", causes(benign, "ask"), CAUSES));
  if (!options.show) return;
  for (const { trace, calls } of replayed) {
    const stopped = calls.flatMap((call, i) => (call.effect === "allow" ? [] : [{ ...call, i }]));
    process.stdout.write(`${trace.uses.join()} ${trace.id}\n`);
    for (const { i, effect, tool, by, why } of stopped)
      process.stdout.write(`  ${i} ${effect} ${tool} by ${by.join(" + ")}: ${why}\n`);
  }
}

async function resultOf(data: string, replayed: readonly Replayed[], options: AgentsOptions): Promise<unknown> {
  const benign = benignOf(replayed);
  return {
    format: "writ.bench/1",
    suite: "agents",
    machine: machine(),
    inputs: {
      runs: replayed.length,
      sha256: createHash("sha256")
        .update(await readFile(data))
        .digest("hex"),
    },
    scores: partsOf(replayed, options).map(([of, runs]) => ({ of, score: score(runs) })),
    refusedInBenign: causes(benign, "refuse"),
    askedInBenign: causes(benign, "ask"),
  };
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
