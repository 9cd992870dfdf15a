import { readAudit } from "@writ/runtime/node";

/** What a log holds, as far as a storm asks. */
export interface Log {
  /** The leaf hash of every record, by its number. */
  readonly hashes: readonly string[];
  /** The host's ids of the calls that have an allowing intent. */
  readonly calls: ReadonlySet<string>;
}

/** Reads a log. Rejects where a record is not as it was written. */
export async function readLog(folder: string): Promise<Log> {
  const hashes: string[] = [];
  const calls = new Set<string>();
  for await (const { hash, record } of readAudit(folder)) {
    hashes.push(hash);
    if (record?.type === "intent" && record.effect === "allow" && record.callId !== undefined) calls.add(record.callId);
  }
  return { hashes, calls };
}
