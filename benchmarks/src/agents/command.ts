import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { machine } from "../machine.js";
import { adaptiveAttacker } from "./adaptive.js";
import { createReplayer, type Replayed, type Replayer } from "./replay.js";
import { causeTable, scoreTable } from "./report.js";
import { causes, score } from "./score.js";
import { AGENT_SUITES, wasWrittenOn } from "./suites.js";
import { readTraces, type Trace } from "./trace.js";
import { readWorld, UNKNOWN_WORLD, type World } from "./world.js";

export const AGENTS_USAGE =
  "npm run bench -- agents --data TRACES.jsonl.gz [--world WORLDS.json.gz] [--score score_traces.py] [--adaptive] [--written] [--show]   (or WRIT_AGENTS_DATA, WRIT_AGENTS_WORLD, WRIT_AGENTS_SCORE)";

const CAUSES = 10;

/** A file that the command was given and cannot use. */
export class AgentsError extends Error {
  override readonly name = "AgentsError";
}

/**
 * Replays recorded runs of agents through real guards, and says what was refused, what was asked and what was let
 * through. The recordings are third-party data and no part of this repository: without them it says so and is skipped.
 */
export async function runAgents(args: readonly string[], out: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      world: { type: "string" },
      score: { type: "string" },
      show: { type: "boolean" },
      written: { type: "boolean" },
      adaptive: { type: "boolean" },
    },
  });
  const data = values.data ?? process.env["WRIT_AGENTS_DATA"];
  const worlds = values.world ?? process.env["WRIT_AGENTS_WORLD"];
  const scorer = values.score ?? process.env["WRIT_AGENTS_SCORE"];
  if (data === undefined) {
    process.stdout.write(`agents: SKIPPED: there are no recorded runs to replay\n  ${AGENTS_USAGE}\n\n`);
    return;
  }
  for (const file of [data, worlds, scorer])
    if (file !== undefined && !existsSync(file)) throw new AgentsError(`there is no file ${file}`);
  if (worlds === undefined)
    process.stdout.write("agents: no --world: facts that a host would answer fail, which asks and refuses more\n");
  const world = worlds === undefined ? UNKNOWN_WORLD : await readWorld(worlds);
  const { replayed, without } = await replayAll(data, world, {
    writtenOnly: values.written === true,
    adapt: values.adaptive === true ? adaptiveAttacker : (trace) => trace,
  });
  for (const [suite, runs] of without)
    process.stdout.write(`agents: NOT REPLAYED: ${runs} runs of the suite ${suite}, for which there is no policy\n`);
  await mkdir(out, { recursive: true });
  const decisions = join(out, "agents.decisions.jsonl");
  await writeFile(decisions, replayed.map((run) => `${JSON.stringify(decisionOf(run))}\n`).join(""));
  print(replayed, values.show === true);
  const file = join(out, "agents.json");
  await writeFile(file, `${JSON.stringify(await resultOf(data, replayed), undefined, 2)}\n`);
  process.stdout.write(`written to ${file} and ${decisions}\n`);
  if (scorer !== undefined) await runScorer(scorer, data, decisions);
}

interface Selection {
  /** Only the runs that may be looked at while a policy is being written. */
  readonly writtenOnly: boolean;
  /** What becomes of a trace before it is replayed. */
  readonly adapt: (trace: Trace) => Trace;
}

async function replayAll(
  data: string,
  world: World,
  { writtenOnly, adapt }: Selection,
): Promise<{ readonly replayed: readonly Replayed[]; readonly without: ReadonlyMap<string, number> }> {
  const replayers = new Map<string, Promise<Replayer>>();
  const replayed: Replayed[] = [];
  const without = new Map<string, number>();
  for await (const trace of readTraces(data)) {
    const suite = AGENT_SUITES.get(trace.suite);
    if (suite === undefined) {
      without.set(trace.suite, (without.get(trace.suite) ?? 0) + 1);
      continue;
    }
    if (writtenOnly && !wasWrittenOn(suite, trace)) continue;
    const replayer = replayers.get(trace.suite) ?? createReplayer(suite, world);
    replayers.set(trace.suite, replayer);
    replayed.push(await (await replayer).replay(adapt(trace)));
  }
  return { replayed, without };
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
function partsOf(replayed: readonly Replayed[]): readonly (readonly [string, readonly Replayed[]])[] {
  const writtenOn = ({ trace }: Replayed): boolean => {
    const suite = AGENT_SUITES.get(trace.suite);
    return suite !== undefined && wasWrittenOn(suite, trace);
  };
  return [
    ["all suites", replayed],
    ["all suites, tasks the policies were written on", replayed.filter(writtenOn)],
    ["all suites, other tasks", replayed.filter((run) => !writtenOn(run))],
    ...[...AGENT_SUITES.keys()].map((name) => [name, replayed.filter(({ trace }) => trace.suite === name)] as const),
  ];
}

function benignOf(replayed: readonly Replayed[]): readonly Replayed[] {
  return replayed.filter(({ trace }) => trace.uses.includes("benign"));
}

function print(replayed: readonly Replayed[], show: boolean): void {
  const benign = benignOf(replayed);
  const say = (text: string): void => void process.stdout.write(`${text}\n\n`);
  for (const [title, runs] of partsOf(replayed)) if (runs.length > 0) say(scoreTable(title, score(runs)));
  say(causeTable("refused in benign runs", causes(benign, "refuse"), CAUSES));
  say(causeTable("asked in benign runs", causes(benign, "ask"), CAUSES));
  if (!show) return;
  for (const { trace, calls } of replayed) {
    const stopped = calls.flatMap((call, i) => (call.effect === "allow" ? [] : [{ ...call, i }]));
    process.stdout.write(`${trace.uses.join()} ${trace.id}\n`);
    for (const { i, effect, tool, by, why } of stopped)
      process.stdout.write(`  ${i} ${effect} ${tool} by ${by.join(" + ")}: ${why}\n`);
  }
}

async function resultOf(data: string, replayed: readonly Replayed[]): Promise<unknown> {
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
    scores: partsOf(replayed).map(([of, runs]) => ({ of, score: score(runs) })),
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
