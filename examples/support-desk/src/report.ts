import { join } from "node:path";
import { readAudit, verifyAudit } from "@writ/runtime/node";
import { measure, type Cost } from "./cost.js";
import { HOME, shown, WRIT } from "./places.js";
import type { Screen } from "./print.js";
import type { GuardedStory } from "./runs/guarded-story.js";
import type { Observed } from "@writ/runtime";
import { median } from "./short.js";

/** Verifies the log and says how to do it again; false where the run just made has one that does not verify. */
export async function reportLog({ audit, started }: GuardedStory, screen: Screen): Promise<boolean> {
  screen.heading("4. The log of the guarded run, and of those before it");
  const { ok, records, checkpoint, unsigned, problems } = await verifyAudit(audit);
  if (ok) {
    const signed = checkpoint === undefined ? "no checkpoint" : `a signed checkpoint over ${checkpoint.size} of them`;
    screen.good(
      `verified: ${records} records, each chained to the one before; ${signed}${unsigned > 0 ? `, ${unsigned} not signed yet` : ""}`,
    );
  } else {
    for (const { code, line, message } of problems)
      screen.bad(`${code}${line === undefined ? "" : `, line ${line}`}: ${message}`);
  }
  if (ok && started) screen.field("ran in", await whereCallsRan(audit));
  screen.field("log", shown(join(audit, "log.jsonl")));
  screen.field("verify it", `${WRIT} audit verify ${shown(audit)}`);
  if (ok && started) screen.field("try", "change one character of the log, then verify it again");
  // Where there was no guard the log is an older one, or none: shown above, and no part of this run's outcome.
  return ok || !started;
}

/** What the record says of where each tool of the newest run ran, as it was proven. */
async function whereCallsRan(audit: string): Promise<string> {
  const places = new Map<string, string>();
  for await (const { record } of readAudit(audit)) {
    if (record?.type === "policy") places.clear();
    if (record?.type === "intent" && record.isolation !== undefined) places.set(record.tool, record.isolation.backend);
  }
  return [...places].map(([tool, backend]) => `${tool}: ${backend}`).join(", ");
}

/** What the guard cost: in this run, and by itself. */
export async function reportCost(calls: readonly Observed[], out: string, screen: Screen): Promise<void> {
  screen.heading("5. What the guard costs a call, measured just now on this machine and its disk");
  const ran = calls.filter(({ outcome }) => outcome.status === "done").map((seen) => seen.ms - seen.toolMs);
  if (ran.length > 0) {
    screen.field(
      "this run",
      `median ${ms(median(ran))} a call, of ${ran.length} that ran; the tools' own time is taken off, the process is cold`,
    );
    screen.field("", "Each waits for the disk (fdatasync): it is marked as begun and ended, so that none runs twice");
  }
  const { read, write } = await measure(join(HOME, "policy", "cost.policy"), join(out, "cost"));
  screen.field("reads", `${figures(read)}: decided, and written to the log; no fdatasync waited for`);
  screen.field("writes", `${figures(write)}: the same, forced to disk (fdatasync) before the effect`);
  screen.field("", "These two do nothing, are called one after the other, and carry no call ids to be marked by");
}

function figures({ calls, median: middle, p99 }: Cost): string {
  return `median ${ms(middle)}, p99 ${ms(p99)} of ${calls}`;
}

function ms(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} us` : `${value.toFixed(1)} ms`;
}
