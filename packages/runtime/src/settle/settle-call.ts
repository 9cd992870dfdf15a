import type { settleCall as Settle } from "./settle.js";

/**
 * Records what a person found out about a doubtful call, then puts it into the journal: a call that happened is never
 * run again, one that did not may be made again and is decided anew. Where the journal cannot be written after the
 * record, this rejects, and may be done again.
 */
export async function settleCall(...given: Parameters<typeof Settle>): Promise<void> {
  const made = await import("../late.js");
  await made.settleCall(...given);
}
