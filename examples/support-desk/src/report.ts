import { join } from "node:path";
import { verifyAudit } from "@writ/runtime/node";
import { measure, type Cost } from "./cost.js";
import { HOME, shown } from "./places.js";
import type { Screen } from "./print.js";
import type { Seen } from "./runs/watched.js";
import { median } from "./short.js";

/** Verifies the log and says how to do it again; false where it does not verify. */
export async function reportLog(audit: string, screen: Screen): Promise<boolean> {
  screen.heading("4. The log of the guarded run, and of those before it");
  const { ok, records, checkpoint, unsigned, problems } = await verifyAudit(audit);
  if (ok) {
    const signed = checkpoint === undefined ? "no checkpoint" : `a signed checkpoint over ${checkpoint.size} of them`;
    screen.good(`verified: ${records} records, each chained to the one before; ${signed}${unsigned > 0 ? `, ${unsigned} not signed yet` : ""}`);
  } else {
    for (const { code, line, message } of problems) screen.bad(`${code}${line === undefined ? "" : `, line ${line}`}: ${message}`);
  }
  screen.field("log", shown(join(audit, "log.jsonl")));
  screen.field("verify it", `node packages/cli/bin/writ.js audit verify ${shown(audit)}`);
  if (ok) screen.field("try", "change one character of the log, then verify it again");
  return ok;
}

/** What the guard cost: in this run, and by itself. */
export async function reportCost(calls: readonly Seen[], out: string, screen: Screen): Promise<void> {
  screen.heading("5. What the guard costs a call, measured just now on this machine and its disk");
  const ran = calls.filter(({ outcome }) => outcome.status === "done").map(({ guardMs }) => guardMs);
  if (ran.length > 0) {
    screen.field("this run", `median ${ms(median(ran))} over ${ran.length} calls that ran, the tool's own time taken off. The process is cold, and most of it is waiting for the disk: what would be asked about after a crash is forced out (fdatasync) first`);
  }
  const { read, write } = await measure(join(HOME, "policy", "cost.policy"), join(out, "cost"));
  screen.field("reading", `${figures(read)}: decided and recorded in a file, no fdatasync waited for`);
  screen.field("writing", `${figures(write)}: the same, and the record forced to disk (fdatasync) before the effect`);
  screen.field("", "Both are tools that do nothing, called one after the other, without a framework and its call ids");
}

function figures({ calls, median: middle, p99 }: Cost): string {
  return `median ${ms(middle)}, p99 ${ms(p99)} over ${calls} calls`;
}

function ms(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} us` : `${value.toFixed(1)} ms`;
}
