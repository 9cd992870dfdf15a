import { remembering, type Agreed, type Grant } from "./ask.js";
import type { Attempt, CallContext } from "./context.js";
import { failed, recordRefusal, refused, endingInStore, refuseEnding, Stop, words } from "./ends.js";
import { outcomeRecord, toolName } from "./record.js";
import { allowedIntent, appendAllowed, type AllowedIntent } from "./record-quick.js";
import { limitClaims, type NamedClaim } from "../duties/limit.js";
import { recordedIsolation, type PlacedCall } from "../isolation/place-call.js";
import { rememberGrant } from "../approvals/remember.js";
import { shadowsOf, type Shadow } from "../duties/shadow.js";
import type { Ending } from "../gate/flights.js";
import { promptly } from "../faults/prompt.js";
import { whenLate } from "../faults/deadlines.js";
import { Journal } from "./journal.js";
import { REFUSALS } from "../messages.js";
import type { Reservation } from "../ports/state-store.js";
import { randomId } from "../random-id.js";
import { quietly } from "../quietly.js";

/** The limits that a call counts against; undefined where one cannot be counted. */
export function claimsUnder(context: CallContext, { verdict }: Attempt): readonly NamedClaim[] | undefined {
  return limitClaims(verdict, context.program.bundle.policy.name, context.shared);
}

/** Takes the call's places under its limits; nothing is taken where one is full or cannot be counted. */
export async function reserve(
  context: CallContext,
  attempt: Attempt,
  claims: readonly NamedClaim[] | undefined,
): Promise<readonly NamedClaim[]> {
  if (claims === undefined) {
    await recordRefusal(context, attempt, REFUSALS.limitKey, { by: "limit", kind: "limit" });
    throw refused(context, attempt, "limit", REFUSALS.limitKey, "the key of a limit is unknown");
  }
  if (claims.length === 0) return claims;
  const now = promptly(context.state);
  const reservation =
    now === undefined ? await reserved(context, attempt, claims) : now.reserve(attempt.id, claims, context.clock.now());
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
    whenLate(error, async (answer) => (isTaken(answer) ? context.state.release(attempt.id) : undefined));
    throw error;
  }
}

function isTaken(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "ok" in answer && answer.ok === true;
}

/** Marks a journaled call as started. A mark that is set after the call was refused as late is taken back. */
function markStarted(context: CallContext, attempt: Attempt, taken: Taken): Promise<void> | undefined {
  const { key, id } = attempt;
  if (key === undefined || taken.marked) return undefined;
  const journal = new Journal(context.state);
  const set = journal.start(key, {
    call: id,
    at: context.clock.now(),
    session: context.session,
    tool: toolName(attempt),
    run: taken.run,
  });
  if (!(set instanceof Promise)) return isMarked(context, attempt, taken, set);
  return set.then(
    (marked) => isMarked(context, attempt, taken, marked),
    (error: unknown) => {
      whenLate(error, async (late) => (late === true ? journal.forget(key, taken.run) : undefined));
      throw error;
    },
  );
}

function isMarked(context: CallContext, attempt: Attempt, taken: Taken, marked: boolean): undefined {
  taken.marked = marked;
  if (marked) return undefined;
  taken.elsewhere = true;
  const message = "This call was started before and its outcome is not known. It is not run again.";
  throw new Stop(failed(context, attempt, "unknown", message, true));
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

/** What of a call is in place before its effect. */
interface Taken {
  marked: boolean;
  /** Tells the mark of this run from any other. */
  readonly run: string;
  /** Another process marked it: there it may have happened. */
  elsewhere: boolean;
  used: boolean;
  recorded: boolean;
}

/** Everything that must be on record before the effect; what fails here takes back what was taken. At once where nothing is waited for. */
export function admit(
  context: CallContext,
  attempt: Attempt,
  agreed: Agreed,
  at: PlacedCall,
  claims: readonly NamedClaim[],
): Promise<void> | undefined {
  const taken: Taken = {
    marked: false,
    run: attempt.key === undefined ? "" : randomId("m"),
    elsewhere: false,
    used: false,
    recorded: false,
  };
  const shadowed = (attempt.verdict.tool?.shadows ?? NO_SHADOWS).length > 0;
  if (
    agreed !== undefined ||
    attempt.key !== undefined ||
    context.recall !== undefined ||
    claims.length > 0 ||
    shadowed
  )
    return admitWhole(context, attempt, agreed, at, claims, taken);
  // Nothing is taken but the intent's place in the log.
  try {
    const before = endingInStore(context, attempt.flight);
    if (before !== undefined) return admitWhole(context, attempt, agreed, at, claims, taken, before);
    const recorded = recordIntent(context, attempt, begun(context, attempt, agreed, at, NO_SHADOWS), taken);
    const after = recorded === undefined ? context.end?.look() : undefined;
    if (recorded !== undefined || after instanceof Promise)
      return admitAfter(context, attempt, claims, taken, recorded);
    refuseEnded(context, attempt, after);
    return undefined;
  } catch (error) {
    return takenBack(context, attempt, claims, taken, undefined, error);
  }
}

const NO_SHADOWS: readonly Shadow[] = [];

/** What is left of {@link admit} for a plain call whose log, or whose session's end, has to be waited for. */
async function admitAfter(
  context: CallContext,
  attempt: Attempt,
  claims: readonly NamedClaim[],
  taken: Taken,
  recorded: Promise<void> | undefined,
): Promise<void> {
  try {
    if (recorded !== undefined) await recorded;
    const looked = context.end?.look();
    refuseEnded(context, attempt, looked instanceof Promise ? await looked : looked);
  } catch (error) {
    return takenBack(context, attempt, claims, taken, undefined, error);
  }
}

async function admitWhole(
  context: CallContext,
  attempt: Attempt,
  agreed: Agreed,
  at: PlacedCall,
  claims: readonly NamedClaim[],
  taken: Taken,
  asked?: NonNullable<ReturnType<typeof endingInStore>>,
): Promise<void> {
  const grant = agreed === "remembered" ? undefined : agreed;
  const { recall } = context;
  try {
    if (grant !== undefined) {
      // A person's word is not used up by a call that is found to have been made before.
      await markStarted(context, attempt, taken);
      taken.used = await useGrant(context, grant);
      if (!taken.used)
        throw refused(context, attempt, "expired", REFUSALS.expired, "the approval was used by another call");
    }
    const shadows =
      (attempt.verdict.tool?.shadows ?? NO_SHADOWS).length === 0
        ? NO_SHADOWS
        : await shadowsOf(attempt.verdict, context.state, {
            call: attempt.id,
            policy: context.program.bundle.policy.name,
            session: context.shared,
            now: context.clock.now(),
          });
    const before = asked ?? endingInStore(context, attempt.flight);
    const stopped = before instanceof Promise ? await before : before;
    if (stopped !== undefined) await refuseEnding(context, attempt, stopped);
    const record = begun(context, attempt, agreed, at, shadows);
    // Each is on stable storage before the effect and none needs another, so they share one wait.
    const now = promptly(context.state);
    const waits: Promise<void>[] = [];
    const wait = (work: Promise<void> | undefined): void => void (work === undefined || waits.push(work));
    wait(recall?.keep());
    if (attempt.key !== undefined) wait(thrownLater(() => markStarted(context, attempt, taken)));
    wait(recordIntent(context, attempt, record, taken));
    if (claims.length > 0 && now === undefined) wait(context.state.sync());
    if (waits.length === 1) await waits[0];
    else if (waits.length > 1) await all(waits);
    // Looked at again after the mark is set: the end of a session forgets the marks that would have told of another run.
    const end = context.end?.look();
    refuseEnded(context, attempt, end instanceof Promise ? await end : end);
    if (grant !== undefined) await rememberGrant(remembering(context), attempt.verdict, grant.approval);
    if (claims.length > 0 && now === undefined) await context.state.commit(attempt.id, context.clock.now());
    else if (claims.length > 0) now?.commit(attempt.id, context.clock.now());
  } catch (error) {
    return takenBack(context, attempt, claims, taken, grant, error);
  }
}
/** What fails at once fails with the rest, which is under way. */
function thrownLater(work: () => Promise<void> | undefined): Promise<void> | undefined {
  try {
    return work();
  } catch (error) {
    return failing(error);
  }
}

async function failing(error: unknown): Promise<never> {
  throw error;
}

/** The intent of a call that begins now. */
function begun(
  context: CallContext,
  attempt: Attempt,
  agreed: Agreed,
  at: PlacedCall,
  shadows: readonly Shadow[],
): AllowedIntent {
  const { memory } = context;
  const { verdict, id } = attempt;
  const record = allowedIntent(context, attempt, {
    isolation: recordedIsolation(context, at),
    shadows,
    ...(agreed === "remembered" ? { further: { by: "approval", kind: "remembered" } } : {}),
    ...(agreed === undefined || agreed === "remembered" ? {} : { approval: agreed.approval.id }),
  });
  const tool = verdict.tool?.tool.name ?? "";
  if (memory.watches(tool)) memory.begins(id, tool, verdict.values ?? new Map());
  return record;
}

function refuseEnded(context: CallContext, attempt: Attempt, looked: Ending | undefined): void {
  const ending = attempt.flight.ending ?? looked;
  if (ending !== undefined) throw refused(context, attempt, ending.cause, ending.message, ending.why);
}

/** Gives back what was taken for a call that is not made after all; then throws why. */
async function takenBack(
  context: CallContext,
  attempt: Attempt,
  claims: readonly NamedClaim[],
  taken: Taken,
  grant: Grant | undefined,
  error: unknown,
): Promise<never> {
  if (!taken.elsewhere) context.memory.never(attempt.id);
  if (taken.recorded) await quietly(notStarted(context, attempt));
  if (claims.length > 0) await quietly(context.state.release(attempt.id));
  if (taken.marked && attempt.key !== undefined)
    await quietly(new Journal(context.state).forget(attempt.key, taken.run));
  if (taken.used && grant !== undefined) await quietly(context.approvals.giveBack(grant.approval));
  throw error;
}

/** Records the intent; undefined where it is on record at once. */
function recordIntent(
  context: CallContext,
  attempt: Attempt,
  record: AllowedIntent,
  taken: Taken,
): Promise<void> | undefined {
  const effects = attempt.verdict.tool?.tool.effects ?? [];
  const durable = effects.length === 0 || effects.some((effect) => effect !== "read");
  const unrecorded = (error: unknown): Promise<never> => {
    // A log that was only slow holds an intent then, of a call that is refused here and now.
    // Where the same call is under way again by then, its own outcome is what ends it.
    whenLate(error, async () =>
      context.flights.hasAnother(attempt.flight, attempt.id) ? undefined : notStarted(context, attempt),
    );
    return Promise.reject(
      refused(context, attempt, "audit", REFUSALS.audit, `the audit log refused the record: ${words(error)}`),
    );
  };
  const kept = (): void => {
    taken.recorded = true;
  };
  try {
    const appended = appendAllowed(context, attempt, record, durable);
    if (appended instanceof Promise) return appended.then(kept, unrecorded);
    kept();
    return undefined;
  } catch (error) {
    return unrecorded(error);
  }
}

/** Waits for all of it, so that what was taken is known; then throws what the first of them threw. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(work)) if (end.status === "rejected") throw end.reason;
}
