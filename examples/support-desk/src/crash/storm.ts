import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runAndCut, type Cut } from "@writ/testing";
import { fileAudit, fileStore, verifyAudit } from "@writ/runtime/node";
import { readLog, type Log } from "./log.js";

/** What a storm of kills came to. */
export interface Storm {
  readonly kills: number;
  /** Cases that came to their end between the kills. */
  readonly cases: number;
  readonly effects: number;
  readonly records: number;
  /** Calls whose outcome nobody knows, shown as such. */
  readonly doubtful: number;
  /** What must not be; empty where all held. */
  readonly faults: readonly string[];
}

/** How the scenario is started. */
export type Start = Pick<Cut, "script" | "nodeOptions" | "node" | "env"> & { readonly policy: string };

/**
 * Kills the support desk again and again over one folder, at a write that `random` chooses or some time after its first
 * word, and at half of the chosen writes all that was not synced is lost. After each kill the log and the store are opened as the
 * next process would, and held to what was promised: no effect without its intent on record, none twice, no record lost
 * that was acknowledged, a log that verifies.
 */
export async function storm(home: string, kills: number, start: Start, random: () => number): Promise<Storm> {
  const folder = join(home, "writ");
  const faults = new Set<string>();
  const acknowledged = new Map<number, string>();
  const { operations = 100 } = await runAndCut({ ...start, args: [home, start.policy, "1"], folder });
  let [killed, cases, records, doubtful] = [0, 0, 0, 0];
  while (killed < kills) {
    const lose = random() < 0.5;
    const at =
      random() < 0.25
        ? { ms: Math.floor(random() * 60) }
        : {
            operation: 1 + Math.floor(random() * operations * 1.2),
            phase: (["before", "half", "after"] as const)[Math.floor(random() * 3)] ?? "before",
          };
    const seed = Math.floor(random() * 2 ** 31);
    const ended = await runAndCut({ ...start, args: [home, start.policy, "1"], folder, at, lose, seed });
    if (ended.killed) killed += 1;
    const said = ended.output.split("\n").slice(0, -1);
    cases += said.filter((line) => /^outcome case-\d+-step-6 /.test(line)).length;
    // A record that was only written may go with the machine's power, not with the process.
    const kept = lose && !("ms" in at) ? ["durable"] : ["durable", "written"];
    for (const line of said) {
      const [word = "", seq = "", hash = ""] = line.split(" ");
      if (kept.includes(word)) acknowledged.set(Number(seq), hash);
      else if (word === "written") acknowledged.delete(Number(seq));
    }
    const audit = await fileAudit(join(folder, "audit"));
    doubtful = audit.doubtful.length;
    await audit.close();
    await (await fileStore(join(folder, "state"))).close();
    const verified = await verifyAudit(join(folder, "audit"));
    if (!verified.ok) faults.add(`the log does not verify: ${verified.problems.map(({ code }) => code).join(", ")}`);
    const log = await readLog(join(folder, "audit"));
    records = log.hashes.length;
    for (const [seq, hash] of acknowledged) if (log.hashes[seq] !== hash) faults.add(`record ${seq} was lost`);
    for (const fault of await effectFaults(home, log)) faults.add(fault);
    if (faults.size > 0) break;
  }
  return { kills: killed, cases, effects: (await effectsOf(home)).length, records, doubtful, faults: [...faults] };
}

/** The ids of the calls that did something to the world, in order. */
async function effectsOf(home: string): Promise<readonly string[]> {
  const noted = await readFile(join(home, "world", "effects"), "utf8").catch(() => "");
  return noted.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ")[0] ?? ""]));
}

async function effectFaults(home: string, { calls }: Log): Promise<readonly string[]> {
  const effects = await effectsOf(home);
  const twice = effects.filter((id, index) => effects.indexOf(id) !== index);
  const unrecorded = effects.filter((id) => !calls.has(id));
  return [
    ...twice.map((id) => `${id} happened twice`),
    ...unrecorded.map((id) => `${id} happened and no intent is on record`),
  ];
}
