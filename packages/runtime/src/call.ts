import type { Json, Tier } from "@writ/ir";
import type { Attempt, CallContext } from "./call-context.js";
import { common, failed, faulted, HostSignal, recordRefusal, refused, Stop, words } from "./call-ends.js";
import { intent, outcomeRecord } from "./call-record.js";
import type { Approval } from "./approvals/approval.js";
import { limitClaims, type NamedClaim } from "./duties/limit.js";
import { isRemembered, rememberGrant, type Remembering } from "./approvals/remember.js";
import { shadowsOf } from "./duties/shadow.js";
import { refusedInput } from "./evaluate/decide.js";
import { whenLate } from "./faults/deadlines.js";
import type { HeldArgs } from "./faults/held-call.js";
import type { HeldPort } from "./faults/held-port.js";
import { Inquiry } from "./inquiry.js";
import { Journal } from "./journal.js";
import { REFUSALS, refusalForModel, waitingForModel } from "./messages.js";
import type { FailureCause, Outcome } from "./outcome.js";
import { perform, type Performed } from "./perform.js";
import type { ToolCall } from "./port.js";
import type { Reservation } from "./ports/state-store.js";
import { prepare } from "./prepare.js";
import { quietly } from "./quietly.js";
import { randomId } from "./random-id.js";

/**
 * The one path that every tool call takes: normalise and decide, look in the journal, ask, reserve, record the
 * intent, run, record the outcome. Whatever fails before the tool runs refuses the call; the caller gets a value.
 */
export async function guardedCall(
  context: CallContext,
  call: ToolCall,
  args: HeldArgs,
  port: HeldPort,
  reply = false,
): Promise<Outcome> {
  const tool = reply
    ? context.program.reply
    : typeof call.tool === "string"
      ? context.program.tools.get(call.tool)
      : undefined;
  let attempt = unprepared(context, call);
  try {
    refuseEarly(context, attempt);
    attempt = await prepare(context, call, args, tool);
    await journaled(context, attempt, port);
    await refuseAborted(context, attempt);
    await refuseByPolicy(context, attempt);
    const tier = await refuseByTier(context, attempt);
    const agreed = await askPerson(context, attempt);
    const grant = agreed === "remembered" ? undefined : agreed;
    const claims = await reserve(context, attempt);
    await admit(context, attempt, agreed, tier, claims);
    const run = await performThenFinish(context, attempt, tier, claims, port);
    if (run.status === "done")
      return {
        status: "done",
        ...common(context, attempt),
        result: run.result,
        replayed: false,
        ...(run.handle === undefined ? {} : { handle: run.handle }),
      };
    if (run.status === "failed") return failed(context, attempt, run.cause, run.message, false, run.why);
    if (grant !== undefined) await quietly(context.approvals.giveBack(grant.approval));
    throw new HostSignal(run.signal);
  } catch (error) {
    if (error instanceof Stop) return error.outcome;
    if (error instanceof HostSignal) throw error.signal;
    return faulted(context, attempt, error);
  }
}

/** Runs the call; whatever comes of it, what it held while it ran is free again. */
async function performThenFinish(
  context: CallContext,
  attempt: Attempt,
  tier: Tier,
  claims: readonly NamedClaim[],
  port: HeldPort,
): Promise<Performed> {
  try {
    return await perform(context, attempt, tier, port);
  } finally {
    if (claims.some(({ takes }) => takes === "concurrent")) await quietly(context.state.finish(attempt.id));
  }
}

/** A call of which nothing is known yet. */
function unprepared(context: CallContext, call: ToolCall): Attempt {
  const verdict = refusedInput({ path: "", code: "fault", message: "the call could not be looked at" });
  return {
    id: randomId("c"),
    call,
    verdict,
    key: undefined,
    inquiry: new Inquiry(context.program, context.facts, context.detectors),
  };
}

function refuseEarly(context: CallContext, attempt: Attempt): void {
  if (context.closed()) throw refused(context, attempt, "closed", REFUSALS.closed, "the guard is closed");
}

/** An aborted call is recorded like any other that was refused. */
async function refuseAborted(context: CallContext, attempt: Attempt): Promise<void> {
  if (attempt.call.signal?.aborted !== true) return;
  await recordRefusal(context, attempt, REFUSALS.aborted, { by: "host", kind: "aborted" });
  throw refused(context, attempt, "aborted", REFUSALS.aborted, "aborted before it was made");
}

/** A call that was made before, by the host's id, gives what it gave; one that was begun and never ended is doubtful. */
async function journaled(context: CallContext, attempt: Attempt, port: HeldPort): Promise<void> {
  if (attempt.key === undefined) return;
  const entry = await new Journal(context.state).look(attempt.key);
  switch (entry.state) {
    case "new":
      return;
    case "started":
      throw new Stop(
        failed(
          context,
          attempt,
          "unknown",
          "This call was started before and its outcome is not known. It is not run again.",
          true,
        ),
      );
    case "failed":
      throw new Stop(failed(context, attempt, failureCause(entry.code), entry.error, true));
    case "done": {
      if (!entry.kept)
        throw new Stop(
          failed(
            context,
            attempt,
            "unknown",
            "This call ran before; its result was not kept. It is not run again.",
            true,
          ),
        );
      const restored = restore(port, entry.result);
      if (restored === undefined)
        throw new Stop(
          failed(
            context,
            attempt,
            "unknown",
            "This call ran before; its result cannot be read again. It is not run again.",
            true,
          ),
        );
      throw new Stop({ status: "done", ...common(context, attempt), result: restored.result, replayed: true });
    }
  }
}

/** A result as the host wants it; undefined where the host cannot take it back. */
function restore(port: HeldPort, saved: Json): { readonly result: unknown } | undefined {
  try {
    return { result: port.restore === undefined ? saved : port.restore(saved) };
  } catch {
    return undefined;
  }
}

function failureCause(code: string): FailureCause {
  return code === "error" || code === "timeout" || code === "aborted" || code === "unrecorded" || code === "withheld"
    ? code
    : "unknown";
}

async function refuseByPolicy(context: CallContext, attempt: Attempt): Promise<void> {
  const { verdict } = attempt;
  if (verdict.decision.effect !== "forbid") return;
  const message = refusalForModel(verdict);
  await recordRefusal(context, attempt, message);
  const only = verdict.decision.reasons.length === 1 ? verdict.decision.reasons[0]?.by : undefined;
  throw refused(context, attempt, only === "input" ? "input" : only === "tier" ? "tier" : "policy", message);
}

/** The final answer runs nothing. */
const REPLY_TIER: Tier = {
  name: "low",
  isolate: "inline",
  network: [],
  read: [],
  write: [],
  env: [],
  at: [0, 0, 0, 1, 1],
};

/** Only `inline` can be provided here; a call that needs more is refused, and nothing falls back to less. */
async function refuseByTier(context: CallContext, attempt: Attempt): Promise<Tier> {
  if (attempt.verdict.tool === context.program.reply) return REPLY_TIER;
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

async function askPerson(context: CallContext, attempt: Attempt): Promise<Grant | "remembered" | undefined> {
  const { verdict, call } = attempt;
  if (verdict.decision.effect !== "ask") return undefined;
  if (await isRemembered(remembering(context), verdict)) return "remembered";
  const args = verdict.args ?? null;
  const standing = await context.approvals.standing(verdict, {
    tool: call.tool,
    args,
    identity: context.identity,
    session: context.session,
    call: attempt.id,
  });
  switch (standing.kind) {
    case "granted":
      return { approval: standing.approval, version: standing.version };
    case "waiting": {
      const message = waitingForModel(verdict);
      if (standing.created)
        await context.audit.append(
          intent(context, attempt, { effect: "ask", message, approval: standing.approval.id }),
          { durable: false },
        );
      throw new Stop({ status: "waiting", ...common(context, attempt), message, approval: standing.approval });
    }
    case "rejected":
      await recordRefusal(context, attempt, REFUSALS.rejected, { by: "approval", kind: "rejected" });
      throw refused(
        context,
        attempt,
        "rejected",
        REFUSALS.rejected,
        `rejected by ${standing.approval.votes
          .filter((vote) => !vote.grant)
          .map((vote) => vote.by)
          .join(", ")}`,
      );
    case "revoked":
      await recordRefusal(context, attempt, REFUSALS.revoked, { by: "approval", kind: "revoked" });
      throw refused(context, attempt, "rejected", REFUSALS.revoked, "the approval was taken back");
    case "expired":
      await recordRefusal(context, attempt, REFUSALS.expired, { by: "approval", kind: "expired" });
      throw refused(context, attempt, "expired", REFUSALS.expired, "nobody with the role agreed in time");
    case "too_many":
      await recordRefusal(context, attempt, REFUSALS.tooManyWaiting, { by: "approval", kind: "too_many" });
      throw refused(context, attempt, "overload", REFUSALS.tooManyWaiting, "the session has its cap of waiting calls");
  }
}

function remembering({ program, state, session, identity, clock }: CallContext): Remembering {
  return { program, state, session, user: identity.user["id"] ?? null, now: clock.now() };
}

/** Takes the call's places under its limits; nothing is taken where one is full or cannot be counted. */
async function reserve(context: CallContext, attempt: Attempt): Promise<readonly NamedClaim[]> {
  const claims = limitClaims(attempt.verdict, context.program.bundle.policy.name, context.session);
  if (claims === undefined) {
    await recordRefusal(context, attempt, REFUSALS.limitKey, { by: "limit", kind: "limit" });
    throw refused(context, attempt, "limit", REFUSALS.limitKey, "the key of a limit is unknown");
  }
  if (claims.length === 0) return claims;
  const reservation = await reserved(context, attempt, claims);
  if (reservation.ok) return claims;
  const full = claims[reservation.index];
  await recordRefusal(context, attempt, REFUSALS.limit, { by: "limit", kind: "limit" });
  throw refused(context, attempt, "limit", REFUSALS.limit, `a limit of ${full?.rule ?? "?"} is used up`);
}

/** Places that are taken after the call was refused as late are free again. */
async function reserved(context: CallContext, attempt: Attempt, claims: readonly NamedClaim[]): Promise<Reservation> {
  try {
    return await context.state.reserve(attempt.id, claims, context.clock.now());
  } catch (error) {
    whenLate(error, () => context.state.release(attempt.id));
    throw error;
  }
}

/** A mark that is set after the call was refused as late is taken back: nothing was started. */
async function markStarted(journal: Journal, key: string): Promise<boolean> {
  try {
    return await journal.start(key);
  } catch (error) {
    whenLate(error, async (set) => (set === true ? journal.forget(key) : undefined));
    throw error;
  }
}

async function useGrant({ approvals }: CallContext, { approval, version }: Grant): Promise<boolean> {
  try {
    return await approvals.use(approval, version);
  } catch (error) {
    whenLate(error, async (used) => (used === true ? approvals.giveBack(approval) : undefined));
    throw error;
  }
}

/** An intent that is on record, of a call that was not made after all. */
async function notStarted(context: CallContext, attempt: Attempt): Promise<void> {
  await context.audit.append(
    outcomeRecord(context, attempt, { status: "aborted", error: "", kind: "not started" }, { ms: 0 }),
    { durable: false },
  );
}

/** Everything that must be on record before the effect; what fails here takes back what was taken. */
async function admit(
  context: CallContext,
  attempt: Attempt,
  agreed: Grant | "remembered" | undefined,
  tier: Tier,
  claims: readonly NamedClaim[],
): Promise<void> {
  const grant = agreed === "remembered" ? undefined : agreed;
  const journal = new Journal(context.state);
  let started = false;
  let used = false;
  let recorded = false;
  try {
    if (attempt.key !== undefined) {
      started = await markStarted(journal, attempt.key);
      if (!started)
        throw new Stop(
          failed(
            context,
            attempt,
            "unknown",
            "This call was started before and its outcome is not known. It is not run again.",
            true,
          ),
        );
    }
    if (grant !== undefined) {
      used = await useGrant(context, grant);
      if (!used) throw refused(context, attempt, "expired", REFUSALS.expired, "the approval was used by another call");
    }
    const effects = attempt.verdict.tool?.tool.effects ?? [];
    const durable = effects.length === 0 || effects.some((effect) => effect !== "read");
    const approval = grant === undefined ? {} : { approval: grant.approval.id };
    const shadows = await shadowsOf(attempt.verdict, context.state, {
      call: attempt.id,
      policy: context.program.bundle.policy.name,
      session: context.session,
      now: context.clock.now(),
    });
    const isolation = { tier: tier.name, backend: "inline", proven: [] };
    try {
      const remembered = agreed === "remembered" ? { further: { by: "approval", kind: "remembered" } } : {};
      await context.audit.append(
        intent(context, attempt, { effect: "allow", isolation, shadows, ...remembered, ...approval }),
        { durable },
      );
    } catch (error) {
      // A log that was only slow holds an intent then, of a call that is refused here and now.
      whenLate(error, () => notStarted(context, attempt));
      throw refused(context, attempt, "audit", REFUSALS.audit, `the audit log refused the record: ${words(error)}`);
    }
    recorded = true;
    if (grant !== undefined) await rememberGrant(remembering(context), attempt.verdict, grant.approval);
    if (claims.length > 0) await context.state.commit(attempt.id, context.clock.now());
  } catch (error) {
    if (recorded) await quietly(notStarted(context, attempt));
    if (claims.length > 0) await quietly(context.state.release(attempt.id));
    if (started && attempt.key !== undefined) await quietly(journal.forget(attempt.key));
    if (used && grant !== undefined) await quietly(context.approvals.giveBack(grant.approval));
    throw error;
  }
}
