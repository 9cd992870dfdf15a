import type { Json } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Attempt, CallContext } from "./call-context.js";
import { recordedLabels, toolName, type outcomeRecord } from "./call-record.js";
import { appendOutcome } from "./call-record-quick.js";
import { cloneJson } from "./duties/clone-json.js";
import { runInline, type Run } from "./duties/isolate.js";
import { filterResult } from "./duties/output.js";
import type { OutputRule } from "./evaluate/program.js";
import { place } from "./explain.js";
import type { HeldPort } from "./faults/held-port.js";
import { keepResult, keepWritten } from "./flow/keep-result.js";
import type { LabelSet } from "./flow/labels.js";
import { labelResult, UNREADABLE, UNSAID, type ReadResult } from "./flow/result-labels.js";
import { mayHold, textReader, type TextReader } from "./flow/text-reader.js";
import { Learned } from "./isolation/learned.js";
import type { PlacedCall } from "./isolation/place-call.js";
import type { TakeCall } from "./isolation/nested.js";
import { runWalled } from "./isolation/run-walled.js";
import { Journal, keepable } from "./journal.js";
import { REFUSALS } from "./messages.js";
import type { FailureCause } from "./outcome.js";
import { quietly } from "./quietly.js";
import { keepsUndo, keepUndo } from "./undo.js";

export type Performed =
  | { readonly status: "done"; readonly result: unknown; readonly handle?: string | undefined }
  | {
      readonly status: "failed";
      readonly cause: FailureCause;
      readonly message: string;
      readonly why?: string | undefined;
    }
  | { readonly status: "paused"; readonly signal: unknown };

/**
 * Runs an admitted call, labels what comes back before anybody sees it, and records how it ended. Where the outcome
 * cannot be recorded the result is withheld.
 */
export async function perform(
  context: CallContext,
  attempt: Attempt,
  at: PlacedCall,
  port: HeldPort,
  take: TakeCall,
): Promise<Performed> {
  const { memory } = context;
  const { verdict } = attempt;
  // Looked at before the tool runs, where it will stand at what the tool writes.
  const writes = context.program.flows && verdict.tool?.tool.effects.includes("write") === true;
  const carried = writes ? verdict.scope?.flow?.carried() : undefined;
  const from = performance.now();
  const args = cloneJson(verdict.args ?? null);
  // What a program behind walls read on its way, which its result may hold.
  const learned = at.walls === undefined ? undefined : new Learned(context.program.lattice);
  const run =
    learned === undefined
      ? await runInline(port, args, at.tier, attempt.call.signal, attempt.flight)
      : await runWalled(context, attempt, at, { args, learned, port, take });
  const ms = Math.max(0, Math.round((performance.now() - from) * 1000) / 1000);
  try {
    return await finish(context, attempt, port, run, ms, { carried, learned });
  } catch {
    // The tool has run, so this is no call that was not made. The journal keeps its mark, so it is not made again either.
    memory.joins(undefined);
    await recordOutcome(context, attempt, run, { ms }); // it never rejects
    return { status: "failed", cause: "withheld", message: REFUSALS.withheld };
  }
}

/** What of labels goes into a call: with its arguments, and by what was read on its way. */
interface Inward {
  readonly carried: LabelSet | undefined;
  readonly learned: Learned | undefined;
}

/** What a result is read with. */
interface Reading {
  readonly reader: TextReader | undefined;
  readonly learned: Learned | undefined;
}

/** What follows a run: its result is labelled, filtered, recorded and kept. */
async function finish(
  context: CallContext,
  attempt: Attempt,
  port: HeldPort,
  run: Run,
  ms: number,
  { carried, learned }: Inward,
): Promise<Performed> {
  const { memory, clock } = context;
  const { verdict } = attempt;
  const content = run.status === "done" ? contentOf(port, run.result) : UNREADABLE;
  // The tool has run: what breaks from here on withholds its result, and never counts as a call that was not made.
  const texts = mayHold(content, verdict.tool?.tool.result, context.program.types);
  const { read, broken } = readSafely(context, attempt, run, content, {
    reader: texts ? await textReader() : undefined,
    learned,
  });
  context.nestedIn?.learned.add(read?.labels);
  // Before anything that may fail, and before the outcome: a call that ran is never missing among what can be undone.
  if (run.status !== "paused" && keepsUndo(context, attempt))
    await keepUndo(context, attempt, { status: run.status, value: read?.value });
  memory.ends(
    attempt.id,
    verdict.tool?.tool.name ?? "",
    run.status === "done" ? "ok" : run.status === "paused" ? "paused" : "failed",
    clock.now(),
    read?.value,
  );
  if (context.program.flows && verdict.tool !== undefined) {
    keepWritten(memory, verdict.tool, verdict.values ?? new Map(), carried);
    if (read !== undefined && verdict.tool !== context.program.reply)
      keepResult(memory, verdict.tool, read, { call: attempt.id, flow: verdict.scope?.flow });
  }
  // What was learned outlives this process before anybody sees the result, or nobody sees it.
  if (context.recall !== undefined) await context.recall.keep();
  const filtered =
    run.status === "paused"
      ? run
      : broken
        ? BROKEN
        : (verdict.tool?.outputs ?? []).length === 0
          ? unfiltered(run, content)
          : await filterSafely(context, attempt, port, run, content, read?.value);
  const saved = filtered.status === "done" ? savedOf(port, run, content, filtered) : undefined;
  const labels = recordedLabels(context, attempt, read?.labels);
  const withheld = filtered.status === "withheld" ? filtered.rule : undefined;
  const appended = recordOutcome(context, attempt, run, { ms, saved, labels, withheld });
  const recorded = appended instanceof Promise ? await appended : appended;
  if (filtered.status === "paused") {
    if (attempt.key !== undefined) await quietly(new Journal(context.state).forget(attempt.key));
    return filtered;
  }
  if (attempt.key !== undefined) await keep(context, attempt.key, filtered, saved);
  if (!recorded)
    return {
      status: "failed",
      cause: "unrecorded",
      message: "The call ran, but its outcome could not be recorded; the result is withheld.",
    };
  if (filtered.status === "withheld")
    return { status: "failed", cause: "withheld", message: filtered.message, why: filtered.why };
  if (filtered.status === "done") {
    const handle = handOut(context, attempt, filtered.content, read?.labels);
    if (context.recall !== undefined) await context.recall.keep();
    return { status: "done", result: filtered.result, handle };
  }
  return { status: "failed", cause: filtered.status === "failed" ? "error" : filtered.status, message: filtered.error };
}

/** A result that could not be looked at is before nobody, and what the session has read is not known any more. */
function readSafely(
  context: CallContext,
  attempt: Attempt,
  run: Run,
  content: Content,
  made: Reading,
): { readonly read: ReadResult | undefined; readonly broken: boolean } {
  try {
    return { read: readRun(context, attempt, run, content, made), broken: false };
  } catch {
    context.memory.joins(undefined);
    return { read: undefined, broken: true };
  }
}

async function filterSafely(...made: Parameters<typeof filter>): Promise<FilteredRun> {
  try {
    return await filter(...made);
  } catch {
    return BROKEN;
  }
}

/** What the rules about results left of a run. */
type FilteredRun =
  | { readonly status: "done"; readonly result: unknown; readonly content: Content }
  | { readonly status: "failed" | "timeout" | "aborted"; readonly error: string }
  | { readonly status: "withheld"; readonly rule: string; readonly message: string; readonly why: string };

const BROKEN: FilteredRun = {
  status: "withheld",
  rule: "fault",
  message: REFUSALS.withheld,
  why: "the result could not be looked at: the guard met a fault of its own",
};

/** A run that no rule is about. */
function unfiltered(run: Exclude<Run, { readonly status: "paused" }>, content: Content): FilteredRun {
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

/** Gives a result a name, so that the model can pass it on without repeating it. */
function handOut(
  { handles, memory, program }: CallContext,
  attempt: Attempt,
  content: Content,
  labels: LabelSet | undefined,
): string | undefined {
  if (handles === undefined || content === undefined || content === null || content === UNREADABLE) return undefined;
  const name = handles();
  return memory.hand(name, {
    value: content,
    labels: program.flows ? labels : program.lattice.lowest,
    source: { from: toolName(attempt), call: attempt.id },
  })
    ? name
    : undefined;
}

/** What came back, as data with labels; undefined where nothing asks for it. An error's words are a result too. */
function readRun(
  context: CallContext,
  { verdict }: Attempt,
  run: Run,
  content: Content,
  { reader, learned }: Reading,
): ReadResult | undefined {
  const { program, memory, rehearsal } = context;
  const { tool } = verdict;
  if (run.status === "paused" || tool === undefined || tool === program.reply) return undefined;
  if (
    !program.flows &&
    !program.watched.results.has(tool.tool.name) &&
    tool.outputs.length === 0 &&
    tool.tool.undo === undefined
  )
    return undefined;
  const { scope } = verdict; // put together when it is looked at
  if (scope === undefined) return undefined;
  const made = { program, tool, scope, memory, reader, learned };
  if (run.status !== "done") return labelResult({ ...made, error: true }, run.error);
  if (rehearsal !== undefined && run.result === undefined)
    return labelResult(made, tool.tool.result === undefined ? undefined : UNSAID);
  return labelResult(made, content);
}

type Content = Json | undefined | typeof UNREADABLE;

/** What of a result the model will read. */
function contentOf(port: HeldPort, result: unknown): Content {
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
function savedOf(
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

async function keep(context: CallContext, key: string, run: FilteredRun, saved: Json | undefined): Promise<void> {
  const journal = new Journal(context.state);
  // Where this write fails the mark `started` stays, so that the call is doubtful, never repeated.
  if (run.status === "done") await quietly(journal.done(key, saved));
  else
    await quietly(
      journal.failed(
        key,
        run.status === "failed" ? "error" : run.status,
        run.status === "withheld" ? run.message : run.error,
      ),
    );
}

/** Whether the log has it; at once where it takes it at once. */
function recordOutcome(
  context: CallContext,
  attempt: Attempt,
  run: Run,
  more: Parameters<typeof outcomeRecord>[3],
): boolean | Promise<boolean> {
  try {
    const appended = appendOutcome(context, attempt, run, more);
    return appended instanceof Promise
      ? appended.then(
          () => true,
          () => false,
        )
      : true;
  } catch {
    return false;
  }
}
