import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadPolicy } from "@writ/policy/node";
import { HOME } from "../places.js";
import { seeded } from "./seeded.js";
import { storm, type Storm } from "./storm.js";

/* `npm run crash -- --kills 1000`: the support desk is killed that often. Exits with 1 where a promise did not hold. */

const USAGE = "npm run crash -- [--kills 1000] [--seed N]\n";
/** Kills over one folder: its log and store grow with each. */
const ROUND = 25;

function readNumber(text: string, name: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`--${name} is a whole number above 0, not ${JSON.stringify(text)}\n${USAGE}`);
  process.exit(2);
}

async function main(kills: number, seed: number): Promise<number> {
  const script = join(import.meta.dirname, "scenario.js");
  // Compiled once, the policy and the program: a kill's time is better spent on a kill.
  const made = await mkdtemp(join(tmpdir(), "writ-storm-made-"));
  const policy = join(made, "support.bundle.json");
  await writeFile(policy, JSON.stringify((await loadPolicy(join(HOME, "policy", "support.policy"))).bundle));
  const start = { script, policy, env: { NODE_COMPILE_CACHE: join(made, "cache") } };
  const rounds = Array.from({ length: Math.ceil(kills / ROUND) }, (_, i) => Math.min(ROUND, kills - i * ROUND));
  const done: Storm[] = [];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let size = rounds.shift(); size !== undefined && !failed; size = rounds.shift()) {
      const own = seed + rounds.length;
      const home = await mkdtemp(join(tmpdir(), "writ-storm-"));
      const came = await storm(home, size, start, seeded(own));
      done.push(came);
      failed ||= came.faults.length > 0;
      process.stderr.write(`  ${done.reduce((sum, one) => sum + one.kills, 0)} kills\n`);
      for (const fault of came.faults) process.stdout.write(`FAULT (seed ${own}, kept in ${home}): ${fault}\n`);
      if (came.faults.length === 0) await rm(home, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  await rm(made, { recursive: true, force: true });
  const sum = (of: (one: Storm) => number): number => done.reduce((all, one) => all + of(one), 0);
  process.stdout.write(
    `${sum(({ kills: count }) => count)} kills over ${done.length} folders: ${sum(({ cases }) => cases)} cases came to their end, ` +
      `${sum(({ effects }) => effects)} effects, ${sum(({ records }) => records)} records, ` +
      `${sum(({ doubtful }) => doubtful)} calls left in doubt and shown; ${sum(({ faults }) => faults.length)} faults (seed ${seed})\n`,
  );
  return failed ? 1 : 0;
}

const { values } = parseArgs({ options: { kills: { type: "string" }, seed: { type: "string" } } });
process.exitCode = await main(
  readNumber(values.kills ?? "1000", "kills"),
  readNumber(values.seed ?? String(1 + Math.floor(Math.random() * 2 ** 30)), "seed"),
);
