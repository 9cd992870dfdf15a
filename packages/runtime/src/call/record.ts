import { digest, type Json } from "@writ/ir";
import { maskArguments } from "../audit/mask.js";
import type { IntentRecord, OutcomeRecord } from "../audit/record.js";
import type { Attempt, CallContext } from "./context.js";
import { recordedAgents } from "../delegation/chain.js";
import type { Run } from "../duties/isolate.js";
import type { Shadow } from "../duties/shadow.js";
import { place } from "../explain/explain.js";
import type { Appended } from "../ports/audit-sink.js";
import { append } from "../faults/prompt.js";
import { labelNames, type LabelSet, type Lattice } from "../flow/labels.js";

export interface IntentParts {
  readonly effect: IntentRecord["effect"];
  readonly message?: string;
  readonly approval?: string;
  readonly isolation?: NonNullable<IntentRecord["isolation"]>;
  readonly further?: { readonly by: string; readonly kind: string };
  readonly shadows?: readonly Shadow[];
}

/** Records an intent; a log that keeps full arguments, encrypted, is given them. At once where the log takes it at once. */
export function appendIntent(
  { audit }: CallContext,
  attempt: Attempt,
  record: IntentRecord,
  durable: boolean,
): Appended | Promise<Appended> {
  const args = audit.sealing === true ? { args: attempt.verdict.args ?? null } : undefined;
  return append(audit, record, { durable, ...args });
}

/** What was decided of a call, as the log keeps it. */
export function intent(context: CallContext, attempt: Attempt, parts: IntentParts): IntentRecord {
  const { program } = context;
  const { verdict, call } = attempt;
  const { further, shadows = [], ...rest } = parts;
  const args = verdict.args ?? null;
  const reasons = verdict.decision.reasons.map((reason) => {
    const rule = verdict.matches.find((match) => match.rule.id === reason.by)?.rule;
    return {
      by: reason.by,
      kind: reason.kind,
      truth: reason.truth,
      ...(rule === undefined ? {} : { at: place(program.bundle, rule.at) }),
    };
  });
  return {
    type: "intent",
    at: context.clock.now(),
    session: context.session,
    ...recordedAgents(context.identity),
    call: attempt.id,
    ...(typeof call.callId === "string" ? { callId: call.callId.slice(0, 256) } : {}),
    ...(context.nestedIn === undefined ? {} : { within: context.nestedIn.call }),
    tool: toolName(attempt),
    args: {
      digest: digest(args),
      masked: verdict.tool === undefined ? null : maskArguments(verdict.tool.tool, args, program.types),
    },
    reasons: [
      ...reasons,
      ...(further === undefined ? [] : [{ ...further, truth: "true" }]),
      ...attempt.inquiry.unanswered.slice(0, 64).map(({ by, kind }) => ({ by, kind, truth: "unknown" })),
      ...shadows.map(({ rule, truth, full }) => ({
        by: rule.id,
        kind: full ? "shadow_limit" : "shadow",
        truth: truth === true ? "true" : "unknown",
        at: place(program.bundle, rule.at),
      })),
    ],
    policy: program.digest,
    ...rest,
  };
}

/** The policy's name of a tool where it has one, else what the host said. */
export function toolName(attempt: Attempt): string {
  const name: unknown = attempt.verdict.tool?.tool.name ?? attempt.call.tool;
  return typeof name === "string" ? name.slice(0, 512) : `<${typeof name}>`; // a host in JavaScript may hand over anything
}

/** The digest of the result of a tool that gives none. */
const NOTHING = digest(null);

/** The digest of a result as the journal keeps it. */
export function digestOfResult(saved: Json): string {
  return saved === null ? NOTHING : digest(saved);
}

/** How a call ended, as the log keeps it. `labels` are those of its result; undefined where they are not known. */
export function outcomeRecord(
  context: CallContext,
  attempt: Attempt,
  run: Run,
  more: {
    readonly ms: number;
    readonly saved?: Json | undefined;
    readonly labels?: readonly string[] | undefined;
    readonly withheld?: string | undefined;
  },
): OutcomeRecord {
  const { ms, saved, labels = [], withheld } = more;
  return {
    type: "outcome",
    at: context.clock.now(),
    session: context.session,
    ...recordedAgents(context.identity),
    call: attempt.id,
    tool: toolName(attempt),
    ms,
    status: run.status,
    ...(run.status === "done" && saved !== undefined ? { result: { digest: digestOfResult(saved) } } : {}),
    ...(run.status === "done" && run.changes !== undefined ? { changes: run.changes } : {}),
    // The words of an error may hold data; the log keeps what kind it was.
    ...(withheld === undefined
      ? run.status === "done" || run.status === "paused"
        ? {}
        : { error: run.kind }
      : { error: `withheld by ${withheld}` }),
    ...(labels.length === 0 ? {} : { labels }),
  };
}

/** The labels of a result for the log. */
export function recordedLabels(
  context: CallContext,
  attempt: Attempt,
  labels: LabelSet | undefined,
): readonly string[] {
  const { program } = context;
  if (!program.flows) return attempt.verdict.tool?.tool.labels ?? [];
  return labels === undefined ? UNKNOWN : namesOf(program.lattice, labels);
}

const UNKNOWN: readonly string[] = ["unknown"];

/** The names of a set that is at hand for long, put together once. */
function namesOf(lattice: Lattice, labels: LabelSet): readonly string[] {
  const known = named.get(labels);
  if (known?.lattice === lattice) return known.names;
  const names = labelNames(lattice, labels);
  named.set(labels, { lattice, names });
  return names;
}

const named = new WeakMap<LabelSet, { readonly lattice: Lattice; readonly names: readonly string[] }>();
