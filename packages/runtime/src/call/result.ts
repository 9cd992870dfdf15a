import type { Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Attempt, CallContext } from "./context.js";
import type { Run } from "../duties/isolate.js";
import { filterResult } from "../duties/output.js";
import type { OutputRule } from "../evaluate/program.js";
import { place } from "../explain/explain.js";
import type { HeldPort } from "../faults/held-port.js";
import { UNREADABLE } from "../flow/result-labels.js";
import { keepable } from "./journal.js";
import { REFUSALS } from "../messages.js";

export async function filterSafely(...made: Parameters<typeof filter>): Promise<FilteredRun> {
  try {
    return await filter(...made);
  } catch {
    return BROKEN;
  }
}

/** What the rules about results left of a run. */
export type FilteredRun =
  | { readonly status: "done"; readonly result: unknown; readonly content: Content }
  | { readonly status: "failed" | "timeout" | "aborted"; readonly error: string }
  | { readonly status: "withheld"; readonly rule: string; readonly message: string; readonly why: string };

export const BROKEN: FilteredRun = {
  status: "withheld",
  rule: "fault",
  message: REFUSALS.withheld,
  why: "the result could not be looked at: the guard met a fault of its own",
};

/** A run that no rule is about. */
export function unfiltered(run: Exclude<Run, { readonly status: "paused" }>, content: Content): FilteredRun {
  return run.status === "done" ? { status: "done", result: run.result, content } : run;
}

/** Takes what came back, an error's words too, through the rules about it. What no rule can look at is withheld where one wants to. */
async function filter(
  context: CallContext,
  attempt: Attempt,
  port: HeldPort,
  run: Exclude<Run, { readonly status: "paused" }>,
  content: Content,
  value: Value | undefined,
): Promise<FilteredRun> {
  const { program, rehearsal } = context;
  const { tool, scope } = attempt.verdict;
  const asIs = unfiltered(run, content);
  if (tool === undefined || scope === undefined || tool.outputs.length === 0) return asIs;
  if (rehearsal !== undefined && run.status === "done" && run.result === undefined) return asIs;
  const [first] = tool.outputs;
  const withhold = (rule: OutputRule | undefined, why: string): FilteredRun => ({
    status: "withheld",
    rule: rule?.id ?? "output",
    why: `output ${rule?.id ?? ""} (${rule === undefined ? "" : place(program.bundle, rule.at)}) withholds the result: ${why}`,
    message: rule?.tell ?? REFUSALS.withheld,
  });
  const error = run.status !== "done";
  const looked = error ? run.error : content;
  if (looked === UNREADABLE) return withhold(first, "it cannot be read as data");
  const made = { program, tool, scope, value, error };
  let filtered = filterResult(made, looked ?? null, attempt.inquiry);
  while (await attempt.inquiry.settle()) filtered = filterResult(made, looked ?? null, attempt.inquiry);
  if (!filtered.kept) return withhold(filtered.rule, filtered.why);
  // What was looked at is what is handed on, also where the tool still holds the object.
  if (!filtered.changed)
    return error || port.content !== undefined || content === undefined
      ? asIs
      : { status: "done", result: filtered.content, content: filtered.content };
  if (error)
    return { status: run.status, error: typeof filtered.content === "string" ? filtered.content : REFUSALS.withheld };
  if (port.withContent !== undefined)
    return { status: "done", result: port.withContent(run.result, filtered.content), content: filtered.content };
  return port.content === undefined
    ? { status: "done", result: filtered.content, content: filtered.content }
    : withhold(first, "the host cannot put another result in its place");
}

export type Content = Json | undefined | typeof UNREADABLE;

/** What of a result the model will read. */
export function contentOf(port: HeldPort, result: unknown): Content {
  try {
    if (result === undefined) return undefined;
    const content = port.content === undefined ? result : port.content(result);
    const kept = content === undefined ? undefined : keepable(content);
    return kept === undefined ? UNREADABLE : kept; // null is a result like any other
  } catch {
    return UNREADABLE;
  }
}

/** What is kept of a result: what was looked at, where the host says nothing else and no rule changed it. */
export function savedOf(
  port: HeldPort,
  run: Run,
  content: Content,
  filtered: Extract<FilteredRun, { readonly status: "done" }>,
): Json | undefined {
  const same = run.status === "done" && filtered.result === run.result && filtered.content === content;
  if (same && port.save === undefined && port.content === undefined && content !== undefined && content !== UNREADABLE)
    return content;
  return save(port, filtered.result);
}

function save(port: HeldPort, result: unknown): Json | undefined {
  try {
    if (port.save === undefined) return keepable(result);
    const saved = port.save(result);
    return saved === undefined ? undefined : keepable(saved); // within the bounds and digestible, whoever wrote `save`
  } catch {
    return undefined;
  }
}
