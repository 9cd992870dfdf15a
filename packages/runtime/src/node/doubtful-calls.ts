import { DoubtfulTracker } from "../audit/doubtful.js";
import type { DoubtfulCall } from "../ports/audit-sink.js";
import { readAudit } from "./read-audit.js";

/**
 * The calls of a log that began and have no outcome, oldest first. Works beside a guard that writes, whose calls under
 * way are then among them. Throws as {@link readAudit} does.
 */
export async function doubtfulCalls(folder: string): Promise<readonly DoubtfulCall[]> {
  const tracker = new DoubtfulTracker();
  for await (const { seq, record } of readAudit(folder)) if (record !== undefined) tracker.observe({ ...record, seq });
  return tracker.result();
}
