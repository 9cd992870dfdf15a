import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditError } from "@writ/runtime";
import { fileAudit, readAudit } from "@writ/runtime/node";
import { recordsOf } from "./records.js";

/** What became of more records than a queue holds. */
export interface Overloaded {
  readonly refused: number;
  readonly taken: number;
  /** How many records are in the log after it was closed. */
  readonly found: number;
}

const [QUEUE, GIVEN] = [100, 1000];

/** Gives a log with a short queue ten times what it holds, at once. */
export async function overload(): Promise<Overloaded> {
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    const log = join(folder, "audit");
    const audit = await fileAudit(log, { maxQueued: QUEUE });
    const all = await Promise.allSettled(
      Array.from({ length: GIVEN }, (_, n) => audit.append(recordsOf(n)[0], { durable: true })),
    );
    await audit.close();
    let found = 0;
    for await (const entry of readAudit(log)) if (entry.record?.type === "intent") found += 1;
    const taken = all.filter(({ status }) => status === "fulfilled").length;
    return { refused: all.filter(isRefused).length, taken, found };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isRefused(settled: PromiseSettledResult<unknown>): boolean {
  return (
    settled.status === "rejected" && settled.reason instanceof AuditError && settled.reason.code === "audit_overloaded"
  );
}
