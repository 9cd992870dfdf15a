import type { TauCall, TauRun } from "./run.js";

const LOOKUPS: ReadonlySet<string> = new Set(["find_user_id_by_email", "find_user_id_by_name_zip"]);

/**
 * The run with the lookup that the shop's policy demands before anything else, where the run leaves it out: runs of
 * retail hold only the calls that change something. It is made with what the customer is said to give.
 */
export function withLookup(run: TauRun): TauRun {
  if (run.suite !== "retail" || run.calls.some(({ tool }) => LOOKUPS.has(tool))) return run;
  return { ...run, calls: [lookupOf(run), ...run.calls] };
}

function lookupOf({ instruction, user }: TauRun): TauCall {
  const found = { text: user, result: user, error: undefined };
  const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(instruction)?.[0];
  if (email !== undefined) return { tool: "find_user_id_by_email", args: { email }, ...found };
  const [first = "Unknown", last = "Unknown"] = user
    .split("_")
    .map((word) => word.replace(/^./, (a) => a.toUpperCase()));
  const zip = /\bzip code (?:is )?(\d{5})\b/.exec(instruction)?.[1] ?? "00000";
  return { tool: "find_user_id_by_name_zip", args: { first_name: first, last_name: last, zip }, ...found };
}
