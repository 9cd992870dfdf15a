import { sha256Hex, type Reason } from "@writ/ir";
import { reason as encodeReason, type EncodedRecord } from "../audit/encode-record.js";
import { writeArguments } from "../audit/quick-arguments.js";
import { quickIntent, quickOutcome } from "../audit/quick-record.js";
import type { IntentRecord } from "../audit/record.js";
import type { Attempt, CallContext } from "./context.js";
import { appendIntent, digestOfResult, intent, outcomeRecord, toolName, type IntentParts } from "./record.js";
import { agentChain } from "../delegation/chain.js";
import type { Run } from "../duties/isolate.js";
import type { ToolProgram } from "../evaluate/program.js";
import { place } from "../explain/explain.js";
import { append, placing, type About } from "../faults/prompt.js";
import type { Appended } from "../ports/audit-sink.js";

/*
 * Nearly every call is allowed by its rules alone, runs, and gives a result. For a log of ours its two records are written
 * straight from what is known, without a record as an object in between. Whatever is not as simple, and whatever does
 * not encode, takes the long way (`record.ts`), which says what is wrong with it.
 */

/** A record as a log of ours takes it. */
interface Written {
  readonly encoded: EncodedRecord;
  readonly about: About;
}

/** An intent that allows: encoded already, or as a record. */
export type AllowedIntent =
  | (Written & { readonly body?: undefined })
  | { readonly body: IntentRecord; readonly encoded?: undefined };

type AllowedParts = Omit<IntentParts, "effect" | "isolation"> & Required<Pick<IntentParts, "isolation">>;

/** The intent of a call that is allowed. */
export function allowedIntent(context: CallContext, attempt: Attempt, parts: AllowedParts): AllowedIntent {
  const written = placing(context.audit) === undefined ? undefined : quickly(() => allowed(context, attempt, parts));
  return written ?? { body: intent(context, attempt, { ...parts, effect: "allow" }) };
}

/** Records it; at once where the log takes it at once. */
export function appendAllowed(
  context: CallContext,
  attempt: Attempt,
  record: AllowedIntent,
  durable: boolean,
): Appended | Promise<Appended> {
  if (record.encoded === undefined) return appendIntent(context, attempt, record.body, durable);
  const log = placing(context.audit);
  if (log === undefined) throw new Error("the log was changed under a call"); // refused, as a log that fails
  return log.place(record.encoded, record.about, durable);
}

/** Records how a call ended. */
export function appendOutcome(
  context: CallContext,
  attempt: Attempt,
  run: Run,
  more: Parameters<typeof outcomeRecord>[3],
): Appended | Promise<Appended> {
  const log = placing(context.audit);
  const written = log === undefined ? undefined : quickly(() => done(context, attempt, run, more));
  return log !== undefined && written !== undefined
    ? log.place(written.encoded, written.about, false)
    : append(context.audit, outcomeRecord(context, attempt, run, more), { durable: false });
}

/** What cannot be encoded is not lost: the long way says why. */
function quickly(encode: () => Written | undefined): Written | undefined {
  try {
    return encode();
  } catch {
    return undefined;
  }
}

function allowed(
  { program, clock, session, identity, nestedIn }: CallContext,
  attempt: Attempt,
  { isolation, shadows = [], further, approval, message }: AllowedParts,
): Written | undefined {
  const { verdict, call, inquiry } = attempt;
  const { tool, args } = verdict;
  if (
    nestedIn !== undefined ||
    further !== undefined ||
    approval !== undefined ||
    message !== undefined ||
    shadows.length > 0
  )
    return undefined;
  if (tool === undefined || args === undefined || verdict.parts !== undefined || inquiry.failed) return undefined;
  if (isolation.backend !== "inline") return undefined; // behind walls, or asked for by what is: the long way says all of it
  if (agentChain(identity).length > 1 || (call.callId !== undefined && call.callId.length > MAX_CALL_ID))
    return undefined;
  const written = writeArguments(tool.tool, args, program.types);
  const reasons = verdict.decision.reasons.map((reason) => reasonText(program.bundle, tool, reason));
  if (written === undefined) return undefined;
  const about: About = {
    type: "intent",
    at: clock.now(),
    session,
    call: attempt.id,
    tool: toolName(attempt),
    effect: "allow",
  };
  // Written out: what compiled code knows of a spread object it forgets between calls.
  const encoded = quickIntent({
    at: about.at,
    session,
    call: about.call,
    tool: about.tool,
    callId: call.callId,
    digest: `sha256:${sha256Hex(written.whole)}`,
    masked: written.masked,
    reasons,
    policy: program.digest,
    isolation,
  });
  return encoded === undefined ? undefined : { encoded, about };
}

const MAX_CALL_ID = 256;

function done(
  { clock, session, identity }: CallContext,
  attempt: Attempt,
  run: Run,
  { ms, saved, labels = [], withheld }: Parameters<typeof outcomeRecord>[3],
): Written | undefined {
  if (run.status !== "done" || run.changes !== undefined || withheld !== undefined || agentChain(identity).length > 1)
    return undefined;
  const digest = saved === undefined ? undefined : digestOfResult(saved);
  const about: About = { type: "outcome", at: clock.now(), session, call: attempt.id, tool: toolName(attempt) };
  const encoded = quickOutcome({ at: about.at, session, call: about.call, tool: about.tool, ms, digest, labels });
  return encoded === undefined ? undefined : { encoded, about };
}

interface WrittenReason {
  readonly kind: string;
  readonly truth: string;
  readonly text: string;
}

/** The reasons of a tool's rules as records have them: the same at every call. */
const written = new WeakMap<ToolProgram, Map<string, WrittenReason>>();

function reasonText(bundle: Parameters<typeof place>[0], tool: ToolProgram, { by, kind, truth }: Reason): string {
  let known = written.get(tool);
  if (known === undefined) written.set(tool, (known = new Map<string, WrittenReason>()));
  const before = known.get(by);
  if (before?.kind === kind && before.truth === truth) return before.text;
  const rule = tool.rules.find((one) => one.id === by);
  const text = encodeReason({ by, kind, truth, ...(rule === undefined ? {} : { at: place(bundle, rule.at) }) });
  known.set(by, { kind, truth, text });
  return text;
}
