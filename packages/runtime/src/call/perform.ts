import type { Json } from "@writ/ir";
import type { Attempt, CallContext } from "./context.js";
import { recordedLabels, toolName, type outcomeRecord } from "./record.js";
import { appendOutcome } from "./record-quick.js";
import { BROKEN, contentOf, filterSafely, savedOf, unfiltered, type Content, type FilteredRun } from "./result.js";
import { cloneJson } from "../duties/clone-json.js";
import { runInline, type Run } from "../duties/isolate.js";
import type { OutputRule } from "../evaluate/program.js";
import type { HeldPort } from "../faults/held-port.js";
import { keepResult, keepWritten } from "../flow/keep-result.js";
import type { LabelSet } from "../flow/labels.js";
import { labelResult, UNREADABLE, UNSAID, type ReadResult } from "../flow/result-labels.js";
import { mayHold, textReader, type TextReader } from "../flow/text-reader.js";
import { Learned } from "../isolation/learned.js";
import type { PlacedCall } from "../isolation/place-call.js";
import type { TakeCall } from "../isolation/nested.js";
import { runWalled } from "../isolation/run-walled.js";
import { Journal } from "./journal.js";
import { REFUSALS } from "../messages.js";
import type { FailureCause } from "../outcome.js";
import { quietly } from "../quietly.js";
import { keepsUndo, keepUndo } from "../undo.js";

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
export function perform(
  context: CallContext,
  attempt: Attempt,
  at: PlacedCall,
  port: HeldPort,
  take: TakeCall,
): Promise<Performed> {
  const { verdict } = attempt;
  // Looked at before the tool runs, where it will stand at what the tool writes.
  const writes = context.program.flows && verdict.tool?.tool.effects.includes("write") === true;
  const carried = writes ? verdict.scope?.flow?.carried() : undefined;
  const from = performance.now();
  const args = cloneJson(verdict.args ?? null);
  // What a program behind walls read on its way, which its result may hold.
  const learned = at.walls === undefined ? undefined : new Learned(context.program.lattice);
  const running =
    learned === undefined
      ? runInline(port, args, at.tier, attempt.call.signal, attempt.flight)
      : runWalled(context, attempt, at, { args, learned, port, take });
  return running.then((run) => {
    const ms = Math.max(0, Math.round((performance.now() - from) * 1000) / 1000);
    try {
      const performed = finish(context, attempt, port, run, ms, { carried, learned });
      return performed instanceof Promise ? performed.catch(() => withheld(context, attempt, run, ms)) : performed;
    } catch {
      return withheld(context, attempt, run, ms);
    }
  });
}

/** The tool has run, so this is no call that was not made. The journal keeps its mark, so it is not made again either. */
async function withheld(context: CallContext, attempt: Attempt, run: Run, ms: number): Promise<Performed> {
  context.memory.joins(undefined);
  await recordOutcome(context, attempt, run, { ms }); // it never rejects
  return { status: "failed", cause: "withheld", message: REFUSALS.withheld };
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

/** What follows a run: its result is labelled, filtered, recorded and kept. At once where nothing is waited for. */
function finish(
  context: CallContext,
  attempt: Attempt,
  port: HeldPort,
  run: Run,
  ms: number,
  { carried, learned }: Inward,
): Performed | Promise<Performed> {
  const { verdict } = attempt;
  const content = run.status === "done" ? contentOf(port, run.result) : UNREADABLE;
  const texts = mayHold(content, verdict.tool?.tool.result, context.program.types);
  const kept = run.status !== "paused" && keepsUndo(context, attempt);
  if (
    texts ||
    kept ||
    run.status === "paused" ||
    context.recall !== undefined ||
    attempt.key !== undefined ||
    (verdict.tool?.outputs ?? NO_RULES).length > 0
  )
    return finishWhole(context, attempt, port, run, ms, { carried, learned, content, texts, kept });
  const { read, broken } = readSafely(context, attempt, run, content, { reader: undefined, learned });
  context.nestedIn?.learned.add(read?.labels);
  remember(context, attempt, run, read, carried);
  const filtered = broken ? BROKEN : unfiltered(run, content);
  const saved = filtered.status === "done" ? savedOf(port, run, content, filtered) : undefined;
  const appended = recordFiltered(context, attempt, run, { ms, saved, read, filtered });
  return appended instanceof Promise
    ? appended.then((recorded) => handOver(context, attempt, filtered, read, recorded))
    : handOver(context, attempt, filtered, read, appended);
}

const NO_RULES: readonly OutputRule[] = [];

async function finishWhole(
  context: CallContext,
  attempt: Attempt,
  port: HeldPort,
  run: Run,
  ms: number,
  made: Inward & { readonly content: Content; readonly texts: boolean; readonly kept: boolean },
): Promise<Performed> {
  const { carried, learned, content } = made;
  // The tool has run: what breaks from here on withholds its result, and never counts as a call that was not made.
  const { read, broken } = readSafely(context, attempt, run, content, {
    reader: made.texts ? await textReader() : undefined,
    learned,
  });
  context.nestedIn?.learned.add(read?.labels);
  // Before anything that may fail, and before the outcome: a call that ran is never missing among what can be undone.
  if (made.kept) await keepUndo(context, attempt, { status: run.status, value: read?.value });
  remember(context, attempt, run, read, carried);
  // What was learned outlives this process before anybody sees the result, or nobody sees it.
  const keeping = context.recall?.keep();
  if (keeping !== undefined) await keeping;
  const filtered =
    run.status === "paused"
      ? run
      : broken
        ? BROKEN
        : (attempt.verdict.tool?.outputs ?? NO_RULES).length === 0
          ? unfiltered(run, content)
          : await filterSafely(context, attempt, port, run, content, read?.value);
  const saved = filtered.status === "done" ? savedOf(port, run, content, filtered) : undefined;
  const recording = recordFiltered(context, attempt, run, { ms, saved, read, filtered });
  const recorded = recording instanceof Promise ? await recording : recording;
  if (filtered.status === "paused") {
    if (attempt.key !== undefined) await quietly(new Journal(context.state).forget(attempt.key));
    return filtered;
  }
  const kept = attempt.key === undefined ? undefined : keep(context, attempt.key, filtered, saved);
  if (kept !== undefined) await kept;
  const performed = handOver(context, attempt, filtered, read, recorded);
  const handed = performed.status === "done" ? context.recall?.keep() : undefined;
  if (handed !== undefined) await handed;
  return performed;
}
/** What a session keeps of a run: that it happened, what it read, and what it wrote. */
function remember(
  { memory, clock, program }: CallContext,
  { id, verdict }: Attempt,
  run: Run,
  read: ReadResult | undefined,
  carried: LabelSet | undefined,
): void {
  const { tool } = verdict;
  const ended = run.status === "done" ? "ok" : run.status === "paused" ? "paused" : "failed";
  memory.ends(id, tool?.tool.name ?? "", ended, clock.now(), read?.value);
  if (!program.flows || tool === undefined) return;
  keepWritten(memory, tool, verdict.values ?? new Map(), carried);
  if (read !== undefined && tool !== program.reply)
    keepResult(memory, tool, read, { call: id, flow: verdict.scope?.flow });
}

/** Records how a call ended that the rules about results have been asked of. */
function recordFiltered(
  context: CallContext,
  attempt: Attempt,
  run: Run,
  made: {
    readonly ms: number;
    readonly saved: Json | undefined;
    readonly read: ReadResult | undefined;
    readonly filtered: FilteredRun | Extract<Run, { readonly status: "paused" }>;
  },
): boolean | Promise<boolean> {
  const { ms, saved, read, filtered } = made;
  const labels = recordedLabels(context, attempt, read?.labels);
  return recordOutcome(context, attempt, run, {
    ms,
    saved,
    labels,
    withheld: filtered.status === "withheld" ? filtered.rule : undefined,
  });
}

/** What the host gets of a call that ran; nothing of its result where the log does not have its outcome. */
function handOver(
  context: CallContext,
  attempt: Attempt,
  filtered: FilteredRun,
  read: ReadResult | undefined,
  recorded: boolean,
): Performed {
  if (!recorded)
    return {
      status: "failed",
      cause: "unrecorded",
      message: "The call ran, but its outcome could not be recorded; the result is withheld.",
    };
  switch (filtered.status) {
    case "withheld":
      return { status: "failed", cause: "withheld", message: filtered.message, why: filtered.why };
    case "done":
      return {
        status: "done",
        result: filtered.result,
        handle: handOut(context, attempt, filtered.content, read?.labels),
      };
    case "failed":
      return { status: "failed", cause: "error", message: filtered.error };
    case "timeout":
    case "aborted":
      return { status: "failed", cause: filtered.status, message: filtered.error };
  }
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

/** Undefined where it is kept at once. */
function keep(context: CallContext, key: string, run: FilteredRun, saved: Json | undefined): Promise<void> | undefined {
  const journal = new Journal(context.state);
  // Where this write fails the mark `started` stays, so that the call is doubtful, never repeated.
  try {
    const writing =
      run.status === "done"
        ? journal.done(key, saved)
        : journal.failed(
            key,
            run.status === "failed" ? "error" : run.status,
            run.status === "withheld" ? run.message : run.error,
          );
    return writing === undefined ? undefined : quietly(writing);
  } catch {
    return undefined;
  }
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
