import { digest, type Identity, type Json, type JsonCopy, type Tier } from "@writ/ir";
import type { ApprovalDesk } from "./approvals.js";
import { maskArguments } from "./audit/mask.js";
import type { IntentRecord, OutcomeRecord } from "./audit/record.js";
import type { Approval } from "./duties/approval.js";
import { runInline, type Run } from "./duties/isolate.js";
import { limitClaims, type NamedClaim } from "./duties/limit.js";
import { decide, type Verdict } from "./evaluate/decide.js";
import type { Program } from "./evaluate/program.js";
import { explain, place } from "./explain.js";
import { Journal, journalKey, keepable } from "./journal.js";
import { REFUSALS, refusalForModel, waitingForModel } from "./messages.js";
import type { Observer } from "./observe.js";
import type { FailureCause, Outcome, RefusalCause } from "./outcome.js";
import type { HostPort, ToolCall } from "./port.js";
import type { AuditSink } from "./ports/audit-sink.js";
import type { Clock } from "./ports/clock.js";
import type { StateStore } from "./ports/state-store.js";
import { randomId } from "./random-id.js";

/** What a call needs of its guard. */
export interface CallContext {
  readonly program: Program;
  readonly audit: AuditSink;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly approvals: ApprovalDesk;
  readonly session: string;
  readonly identity: Identity;
  readonly closed: () => boolean;
  readonly observe?: Observer | undefined;
  /** Set by `rehearsal.ts` alone, whose tools are values and run nothing: roles a test supposes, and no tier refused. */
  readonly rehearsal?: { readonly supposed: ReadonlySet<string> | undefined };
}

/** One call on its way: what is known of it so far. */
interface Attempt {
  readonly id: string;
  readonly call: ToolCall;
  readonly verdict: Verdict;
  readonly key: string | undefined;
}

/** A step that ends the way: what the host gets instead of a result. */
class Stop extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.status);
    this.outcome = outcome;
  }
}

/**
 * The one path that every tool call takes: normalise and decide, look in the journal, ask, reserve, record the
 * intent, run, record the outcome. Whatever fails before the tool runs refuses the call; the caller gets a value.
 */
export async function guardedCall(context: CallContext, call: ToolCall, args: JsonCopy, port: HostPort): Promise<Outcome> {
  let attempt = begin(context, call, args);
  try {
    refuseEarly(context, attempt);
    attempt = await journaled(context, attempt, port);
    await refuseByPolicy(context, attempt);
    const tier = await refuseByTier(context, attempt);
    const grant = await askPerson(context, attempt);
    const claims = await reserve(context, attempt);
    await admit(context, attempt, grant, tier, claims);
    return await perform(context, attempt, grant, tier, port);
  } catch (error) {
    if (error instanceof Stop) return error.outcome;
    if (error instanceof HostSignal) throw error.signal;
    return faulted(context, attempt, error);
  }
}

/** The host's own control flow, on its way through. */
class HostSignal extends Error {
  readonly signal: unknown;

  constructor(signal: unknown) {
    super("the host paused the tool");
    this.signal = signal;
  }
}

function begin(context: CallContext, call: ToolCall, copied: JsonCopy): Attempt {
  if (!copied.ok || typeof call.tool !== "string") {
    const fault = copied.ok ? { path: "tool", code: "unknown_tool", message: "a tool's name is a text" } : copied.fault;
    const verdict: Verdict = {
      decision: { format: "writ.decision/1", effect: "forbid", reasons: [{ by: "input", kind: "input", truth: "true" }], demands: [], limits: [], fault },
      matches: [],
    };
    return { id: randomId("c"), call, verdict, key: undefined };
  }
  const { supposed } = context.rehearsal ?? {};
  const verdict = decide(context.program, { tool: call.tool, args: copied.value, identity: context.identity, now: context.clock.now(), supposed });
  const { callId } = call;
  const key = typeof callId !== "string" || callId === "" || verdict.args === undefined
    ? undefined
    : journalKey(context.session, { ...(call.scope === undefined ? {} : { scope: call.scope }), callId, tool: call.tool }, verdict.args);
  return { id: key === undefined ? randomId("c") : `c_${key.slice(0, 32)}`, call, verdict, key };
}

function refused(context: CallContext, attempt: Attempt, cause: RefusalCause, message: string, why?: string): Stop {
  const explanation = why === undefined ? explain(context.program.bundle, attempt.verdict) : [why];
  const decision = cause === "policy" || cause === "input" ? attempt.verdict.decision : { ...attempt.verdict.decision, effect: "forbid" as const };
  return new Stop({ status: "refused", call: attempt.id, decision, explanation, message, cause });
}

function failed(context: CallContext, attempt: Attempt, cause: FailureCause, message: string, replayed: boolean): Outcome {
  return {
    status: "failed", call: attempt.id, decision: attempt.verdict.decision, message, cause, replayed,
    explanation: explain(context.program.bundle, attempt.verdict),
  };
}

function refuseEarly(context: CallContext, attempt: Attempt): void {
  if (context.closed()) throw refused(context, attempt, "closed", REFUSALS.closed, "the guard is closed");
  if (attempt.call.signal?.aborted === true) throw refused(context, attempt, "aborted", REFUSALS.aborted, "aborted before it was made");
}

/** A call that was made before, by the host's id, gives what it gave; one that was begun and never ended is doubtful. */
async function journaled(context: CallContext, attempt: Attempt, port: HostPort): Promise<Attempt> {
  if (attempt.key === undefined) return attempt;
  const entry = await new Journal(context.state).look(attempt.key);
  switch (entry.state) {
    case "new":
      return attempt;
    case "started":
      throw new Stop(failed(context, attempt, "unknown", "This call was started before and its outcome is not known. It is not run again.", true));
    case "failed":
      throw new Stop(failed(context, attempt, failureCause(entry.code), entry.error, true));
    case "done": {
      if (!entry.kept) throw new Stop(failed(context, attempt, "unknown", "This call ran before; its result was not kept. It is not run again.", true));
      const result = port.restore === undefined ? entry.result : port.restore(entry.result);
      const explanation = explain(context.program.bundle, attempt.verdict);
      throw new Stop({ status: "done", call: attempt.id, decision: attempt.verdict.decision, explanation, result, replayed: true });
    }
  }
}

function failureCause(code: string): FailureCause {
  return code === "error" || code === "timeout" || code === "aborted" || code === "unrecorded" ? code : "unknown";
}

async function refuseByPolicy(context: CallContext, attempt: Attempt): Promise<void> {
  const { verdict } = attempt;
  if (verdict.decision.effect !== "forbid") return;
  const message = refusalForModel(verdict);
  await recordRefusal(context, attempt, message);
  const only = verdict.decision.reasons.length === 1 ? verdict.decision.reasons[0]?.by : undefined;
  throw refused(context, attempt, only === "input" ? "input" : only === "tier" ? "tier" : "policy", message);
}

/** Only `inline` can be provided here; a call that needs more is refused, and nothing falls back to less. */
async function refuseByTier(context: CallContext, attempt: Attempt): Promise<Tier> {
  const name = attempt.verdict.decision.tier?.name;
  const tier = name === undefined ? undefined : context.program.tiers.get(name);
  if (tier !== undefined && (tier.isolate === "inline" || context.rehearsal !== undefined)) return tier;
  const why = `tier ${name ?? "?"} isolates in ${tier?.isolate ?? "?"}, which this guard cannot provide`;
  const message = "Refused: this call has to run in an isolation that is not available here.";
  await recordRefusal(context, attempt, message, { by: "tier", kind: "tier" });
  throw refused(context, attempt, "tier", message, why);
}

interface Grant {
  readonly approval: Approval;
  readonly version: number;
}

async function askPerson(context: CallContext, attempt: Attempt): Promise<Grant | undefined> {
  const { verdict, call } = attempt;
  if (verdict.decision.effect !== "ask") return undefined;
  const args = verdict.args ?? null;
  const standing = await context.approvals.standing(verdict, { tool: call.tool, args, identity: context.identity, session: context.session, call: attempt.id });
  switch (standing.kind) {
    case "granted":
      return { approval: standing.approval, version: standing.version };
    case "waiting": {
      const message = waitingForModel(verdict);
      if (standing.created) await context.audit.append(intent(context, attempt, { effect: "ask", message, approval: standing.approval.id }), { durable: false });
      const explanation = explain(context.program.bundle, verdict);
      throw new Stop({ status: "waiting", call: attempt.id, decision: verdict.decision, explanation, message, approval: standing.approval });
    }
    case "rejected":
      await recordRefusal(context, attempt, REFUSALS.rejected, { by: "approval", kind: "rejected" });
      throw refused(context, attempt, "rejected", REFUSALS.rejected, `rejected by ${standing.approval.votes.filter((vote) => !vote.grant).map((vote) => vote.by).join(", ")}`);
    case "expired":
      await recordRefusal(context, attempt, REFUSALS.expired, { by: "approval", kind: "expired" });
      throw refused(context, attempt, "expired", REFUSALS.expired, "nobody with the role agreed in time");
    case "too_many":
      await recordRefusal(context, attempt, REFUSALS.tooManyWaiting, { by: "approval", kind: "too_many" });
      throw refused(context, attempt, "overload", REFUSALS.tooManyWaiting, "the session has its cap of waiting calls");
  }
}

/** Takes the call's places under its limits; nothing is taken where one is full or cannot be counted. */
async function reserve(context: CallContext, attempt: Attempt): Promise<readonly NamedClaim[]> {
  const claims = limitClaims(attempt.verdict, context.program.bundle.policy.name, context.session);
  if (claims === undefined) {
    await recordRefusal(context, attempt, REFUSALS.limitKey, { by: "limit", kind: "limit" });
    throw refused(context, attempt, "limit", REFUSALS.limitKey, "the key of a limit is unknown");
  }
  if (claims.length === 0) return claims;
  const reservation = await context.state.reserve(attempt.id, claims, context.clock.now());
  if (reservation.ok) return claims;
  const full = claims[reservation.index];
  await recordRefusal(context, attempt, REFUSALS.limit, { by: "limit", kind: "limit" });
  throw refused(context, attempt, "limit", REFUSALS.limit, `limit of ${full?.count ?? "?"} calls by ${full?.rule ?? "?"} is used up`);
}

/** Everything that must be on record before the effect; what fails here takes back what was taken. */
async function admit(context: CallContext, attempt: Attempt, grant: Grant | undefined, tier: Tier, claims: readonly NamedClaim[]): Promise<void> {
  const journal = new Journal(context.state);
  let started = false;
  let used = false;
  let recorded = false;
  try {
    if (attempt.key !== undefined) {
      started = await journal.start(attempt.key);
      if (!started) throw new Stop(failed(context, attempt, "unknown", "This call was started before and its outcome is not known. It is not run again.", true));
    }
    if (grant !== undefined) {
      used = await context.approvals.use(grant.approval, grant.version);
      if (!used) throw refused(context, attempt, "expired", REFUSALS.expired, "the approval was used by another call");
    }
    const effects = attempt.verdict.tool?.tool.effects ?? [];
    const durable = effects.length === 0 || effects.some((effect) => effect !== "read");
    const approval = grant === undefined ? {} : { approval: grant.approval.id };
    const isolation = { tier: tier.name, backend: "inline", proven: [] };
    try {
      await context.audit.append(intent(context, attempt, { effect: "allow", isolation, ...approval }), { durable });
    } catch (error) {
      throw refused(context, attempt, "audit", REFUSALS.audit, `the audit log refused the record: ${words(error)}`);
    }
    recorded = true;
    if (claims.length > 0) await context.state.commit(attempt.id, context.clock.now());
  } catch (error) {
    if (recorded) await recordOutcome(context, attempt, { status: "aborted", error: "", kind: "not started" }, 0, undefined);
    if (claims.length > 0) await quietly(context.state.release(attempt.id));
    if (started && attempt.key !== undefined) await quietly(journal.forget(attempt.key));
    if (used && grant !== undefined) await quietly(context.approvals.giveBack(grant.approval));
    throw error;
  }
}

async function perform(context: CallContext, attempt: Attempt, grant: Grant | undefined, tier: Tier, port: HostPort): Promise<Outcome> {
  const from = performance.now();
  const run = await runInline(port, structuredClone(attempt.verdict.args ?? null), tier, attempt.call.signal);
  const ms = Math.max(0, Math.round((performance.now() - from) * 1000) / 1000);
  const saved = run.status === "done" ? save(port, run.result) : undefined;
  const recorded = await recordOutcome(context, attempt, run, ms, saved);
  if (run.status === "paused") {
    if (attempt.key !== undefined) await quietly(new Journal(context.state).forget(attempt.key));
    if (grant !== undefined) await quietly(context.approvals.giveBack(grant.approval));
    throw new HostSignal(run.signal);
  }
  await keep(context, attempt, run, saved);
  if (recorded !== undefined) {
    return failed(context, attempt, "unrecorded", "The call ran, but its outcome could not be recorded; the result is withheld.", false);
  }
  if (run.status === "done") {
    const explanation = explain(context.program.bundle, attempt.verdict);
    return { status: "done", call: attempt.id, decision: attempt.verdict.decision, explanation, result: run.result, replayed: false };
  }
  return failed(context, attempt, run.status === "failed" ? "error" : run.status, run.error, false);
}

function save(port: HostPort, result: unknown): Json | undefined {
  try {
    if (port.save === undefined) return keepable(result);
    const saved = port.save(result);
    return saved === undefined ? undefined : keepable(saved); // within the bounds and digestible, whoever wrote `save`
  } catch {
    return undefined;
  }
}

async function keep(context: CallContext, attempt: Attempt, run: Run, saved: Json | undefined): Promise<void> {
  if (attempt.key === undefined) return;
  const journal = new Journal(context.state);
  // Where this write fails the mark `started` stays, so that the call is doubtful, never repeated.
  if (run.status === "done") await quietly(journal.done(attempt.key, saved));
  else if (run.status !== "paused") await quietly(journal.failed(attempt.key, run.status === "failed" ? "error" : run.status, run.error));
}

async function recordOutcome(context: CallContext, attempt: Attempt, run: Run, ms: number, saved: Json | undefined): Promise<string | undefined> {
  const labels = attempt.verdict.tool?.tool.labels ?? [];
  const record: OutcomeRecord = {
    type: "outcome", at: context.clock.now(), session: context.session, call: attempt.id, tool: toolName(attempt), ms,
    status: run.status,
    ...(run.status === "done" && saved !== undefined ? { result: { digest: digest(saved) } } : {}),
    // The words of an error may hold data; the log keeps what kind it was.
    ...(run.status === "done" || run.status === "paused" ? {} : { error: run.kind }),
    ...(labels.length === 0 ? {} : { labels }),
  };
  try {
    await context.audit.append(record, { durable: false });
    return undefined;
  } catch (error) {
    return words(error);
  }
}

interface IntentParts {
  readonly effect: IntentRecord["effect"];
  readonly message?: string;
  readonly approval?: string;
  readonly isolation?: NonNullable<IntentRecord["isolation"]>;
  readonly further?: { readonly by: string; readonly kind: string };
}

function intent(context: CallContext, attempt: Attempt, parts: IntentParts): IntentRecord {
  const { program } = context;
  const { verdict, call } = attempt;
  const { further, ...rest } = parts;
  const args = verdict.args ?? null;
  const reasons = verdict.decision.reasons.map((reason) => {
    const rule = verdict.matches.find((match) => match.rule.id === reason.by)?.rule;
    return { by: reason.by, kind: reason.kind, truth: reason.truth, ...(rule === undefined ? {} : { at: place(program.bundle, rule.at) }) };
  });
  return {
    type: "intent",
    at: context.clock.now(),
    session: context.session,
    call: attempt.id,
    ...(typeof call.callId === "string" ? { callId: call.callId.slice(0, 256) } : {}),
    tool: toolName(attempt),
    args: { digest: digest(args), masked: verdict.tool === undefined ? null : maskArguments(verdict.tool.tool, args, program.types) },
    reasons: further === undefined ? reasons : [...reasons, { ...further, truth: "true" }],
    policy: program.digest,
    ...rest,
  };
}

function toolName(attempt: Attempt): string {
  const name: unknown = attempt.verdict.tool?.tool.name ?? attempt.call.tool;
  return typeof name === "string" ? name.slice(0, 512) : `<${typeof name}>`; // a host in JavaScript may hand over anything
}

/** A refusal is recorded like any call; where that fails the call is refused all the same, and says why. */
async function recordRefusal(context: CallContext, attempt: Attempt, message: string, further?: { readonly by: string; readonly kind: string }): Promise<void> {
  try {
    await context.audit.append(intent(context, attempt, { effect: "forbid", message, ...(further === undefined ? {} : { further }) }), { durable: false });
  } catch (error) {
    throw refused(context, attempt, "audit", REFUSALS.audit, `the audit log refused the record: ${words(error)}`);
  }
}

/** Anything unforeseen before the tool ran: refused, and an incident where the log can take one. */
async function faulted(context: CallContext, attempt: Attempt, error: unknown): Promise<Outcome> {
  const kind = errorKind(error);
  const at = context.clock.now();
  await quietly(context.audit.append({ type: "incident", at, code: `call_${kind}`, message: words(error), session: context.session, tool: toolName(attempt) }, { durable: false }));
  return refused(context, attempt, kind, REFUSALS[kind], words(error)).outcome;
}

function errorKind(error: unknown): "audit" | "state" | "fault" {
  const name = error instanceof Error ? error.name : "";
  return name === "AuditError" ? "audit" : name === "StateError" ? "state" : "fault";
}

function words(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : "unknown fault";
}

/** For taking back what was taken: where that fails too, what stays behind refuses more, never less. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // a reservation, mark or approval that stays taken admits nothing
  }
}
