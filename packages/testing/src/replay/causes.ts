import type { ReplayedRun } from "./replayer.js";

/** How often a rule refused or asked in some runs, most frequent first. */
export interface Cause {
  readonly suite: string;
  readonly effect: "forbid" | "ask";
  readonly tool: string;
  readonly by: string;
  readonly calls: number;
  readonly runs: number;
}

/** What refused and what asked, by rule and tool. */
export function causes(replayed: readonly ReplayedRun[], effect: Cause["effect"]): readonly Cause[] {
  const found = new Map<string, { readonly runs: Set<string>; calls: number } & Omit<Cause, "calls" | "runs">>();
  for (const { trace, calls } of replayed)
    for (const call of calls) {
      if (call.effect !== effect) continue;
      const cause = { suite: trace.suite ?? "", effect, tool: call.tool, by: call.by.join(" + ") };
      const key = JSON.stringify(cause);
      const known = found.get(key) ?? Object.assign(cause, { calls: 0, runs: new Set<string>() });
      found.set(key, known);
      known.calls += 1;
      known.runs.add(trace.session);
    }
  return [...found.values()]
    .map(({ suite, tool, by, calls, runs }) => ({ suite, effect, tool, by, calls, runs: runs.size }))
    .toSorted((a, b) => b.calls - a.calls || a.by.localeCompare(b.by));
}
