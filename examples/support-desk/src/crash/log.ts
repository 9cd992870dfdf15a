import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The leaf hash of every record of a log, by its number. */
export async function hashesOf(folder: string): Promise<readonly string[]> {
  return (await linesOf(folder)).map((line) => line.slice(0, 64));
}

/** The host's ids of the calls that a log has an allowing intent of. */
export async function callsOf(folder: string): Promise<ReadonlySet<string>> {
  const calls = new Set<string>();
  for (const line of await linesOf(folder)) {
    const record: unknown = JSON.parse(line.slice(65));
    if (typeof record !== "object" || record === null || !("callId" in record) || !("effect" in record)) continue;
    if (record.effect === "allow" && typeof record.callId === "string") calls.add(record.callId);
  }
  return calls;
}

async function linesOf(folder: string): Promise<readonly string[]> {
  return (await readFile(join(folder, "log.jsonl"), "utf8")).split("\n").filter((line) => line !== "");
}
