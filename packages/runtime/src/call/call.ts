import { admit, claimsUnder, reserve } from "./admit.js";
import { askPerson, type Agreed } from "./ask.js";
import { countRefusal, isOnRecord, refuseRepeated, tripOver } from "./breaker.js";
import { Unprepared, type Attempt, type CallContext } from "./context.js";
import { agentChain } from "../delegation/chain.js";
import { common, failed, faulted, HostSignal, endingOf, recordRefusal, refused, refuseEnding, Stop } from "./ends.js";
import { journaled } from "./replay.js";
import type { NamedClaim } from "../duties/limit.js";
import type { ToolProgram } from "../evaluate/program.js";
import type { HeldArgs } from "../faults/held-call.js";
import type { HeldPort } from "../faults/held-port.js";
import type { Flight } from "../gate/flights.js";
import { Inquiry } from "./inquiry.js";
import { listGrants } from "../isolation/list-grants.js";
import { placeCall, type PlacedCall } from "../isolation/place-call.js";
import { REFUSALS, refusalForModel } from "../messages.js";
import type { Outcome } from "../outcome.js";
import { perform, type Performed } from "./perform.js";
import type { ToolCall } from "../port.js";
import { prepare } from "./prepare.js";
import { quietly } from "../quietly.js";

/**
 * The one path that every tool call takes: normalise and decide, look in the journal, ask, reserve, record the
 * intent, run, record the outcome. Whatever fails before the tool runs refuses the call; the caller gets a value. With
 * `clear` it is only decided: whoever is to be asked is asked, and where it may be made that is what the caller gets.
 */
export async function guardedCall<Clear = never>(
  context: CallContext,
  call: ToolCall,
  args: HeldArgs,
  port: HeldPort,
  reply = false,
  clear?: Clear,
): Promise<Outcome | Clear> {
  const tool = reply ? context.program.reply : context.program.tools.get(call.tool);
  const names = tool === undefined ? [call.tool] : [call.tool, tool.tool.name];
  const flight = context.flights.begin(names, agentChain(context.identity));
  let attempt: Attempt = begin(context, call, flight);
  try {
    if (context.closed()) await refuseClosed(context, attempt);
    const trip = tripOver(context, attempt, tool, args);
    if (trip !== undefined && !(await isOnRecord(context, attempt, tool, args)))
      await refuseRepeated(context, attempt, tool, args, trip);
    const settling = context.recall?.settle();
    if (settling !== undefined) await settling;
    const prepared = prepare(context, call, args, tool, attempt);
    attempt = prepared instanceof Promise ? await prepared : prepared;
    if (context.nestedIn !== undefined) attempt = listGrants(context.nestedIn, attempt);
    if (attempt.key === undefined) flight.call = attempt.id;
    else if (!context.flights.claim(flight, attempt.id)) attempt = await afterOthers(context, attempt, args, tool);
    const looked = endingOf(context, flight);
    const ending = looked instanceof Promise ? await looked : looked;
    if (ending !== undefined) await refuseEnding(context, attempt, ending);
    const before = attempt.key === undefined ? undefined : journaled(context, attempt, attempt.key, port);
    if (before !== undefined) await before;
    if (attempt.call.signal?.aborted === true) await refuseAborted(context, attempt);
    const { effect } = attempt.verdict.decision;
    if (effect !== "allow" && effect !== "ask") await refuseByPolicy(context, attempt);
    if (!isReviewed(context, attempt)) await refuseByPin(context, attempt);
    const placed = placeCall(context, attempt);
    const at = placed.ok ? placed : await refuseByTier(context, attempt, placed.why);
    const agreed = effect === "ask" ? await askPerson(context, attempt) : undefined;
    if (clear !== undefined) {
      const keeping = context.recall?.keep();
      if (keeping !== undefined) await quietly(keeping);
      return clear;
    }
    const under = claimsUnder(context, attempt);
    const claims = under?.length === 0 ? under : await reserve(context, attempt, under);
    const admitting = admit(context, attempt, agreed, at, claims);
    if (admitting !== undefined) await admitting;
    const run =
      claims.length === 0 || !claims.some(isConcurrent)
        ? await perform(context, attempt, at, port, guardedCall)
        : await performThenFinish(context, attempt, at, port);
    const outcome = run.status === "paused" ? await paused(context, agreed, run.signal) : ended(context, attempt, run);
    const counting = counted(outcome);
    if (counting !== undefined) await counting;
    return outcome;
  } catch (error) {
    const keeping = context.recall?.keep();
    if (keeping !== undefined) await quietly(keeping);
    if (error instanceof HostSignal) throw error.signal;
    const outcome = error instanceof Stop ? error.outcome : await faulted(context, attempt, error);
    const counting = counted(outcome);
    if (counting !== undefined) await counting;
    return outcome;
  } finally {
    context.flights.done(flight);
  }

  /** What cannot be counted changes nothing of what became of the call. */
  function counted(outcome: Outcome): Promise<void> | undefined {
    try {
      const counting = countRefusal(context, attempt, tool, args, outcome);
      return counting === undefined ? undefined : quietly(counting);
    } catch {
      return undefined;
    }
  }
}

/**
 * Waits until no other flight of this call is under way, and decides it then: two of one id share a mark, an intent and
 * a place in the past, and the one that does not run must not take back what belongs to the one that does.
 */
async function afterOthers(
  context: CallContext,
  first: Attempt,
  args: HeldArgs,
  tool: ToolProgram | undefined,
): Promise<Attempt> {
  const { flight, call } = first;
  let attempt = first;
  do {
    await context.flights.landing(attempt.id);
    if (context.recall !== undefined) await context.recall.settle();
    attempt = await prepare(context, call, args, tool, begin(context, call, flight));
  } while (!context.flights.claim(flight, attempt.id));
  return attempt;
}

function begin({ program, facts, detectors }: CallContext, call: ToolCall, flight: Flight): Attempt {
  return new Unprepared(call, flight, new Inquiry(program, facts, detectors));
}

/** What the host gets of a call that ran. */
function ended(
  context: CallContext,
  attempt: Attempt,
  run: Exclude<Performed, { readonly status: "paused" }>,
): Outcome {
  if (run.status === "failed") return failed(context, attempt, run.cause, run.message, false, run.why);
  const { call, decision, explanation } = common(context, attempt);
  const { result, handle } = run;
  return handle === undefined
    ? { status: "done", call, decision, explanation, result, replayed: false }
    : { status: "done", call, decision, explanation, result, replayed: false, handle };
}

/** A tool that paused by itself runs again, on the same approval. */
async function paused(context: CallContext, agreed: Agreed, signal: unknown): Promise<never> {
  if (typeof agreed === "object") await quietly(context.approvals.giveBack(agreed.approval));
  throw new HostSignal(signal);
}

function isConcurrent({ takes }: NamedClaim): boolean {
  return takes === "concurrent";
}

/** Runs the call; whatever comes of it, what it held while it ran is free again. */
async function performThenFinish(
  context: CallContext,
  attempt: Attempt,
  at: PlacedCall,
  port: HeldPort,
): Promise<Performed> {
  try {
    return await perform(context, attempt, at, port, guardedCall);
  } finally {
    await quietly(context.state.finish(attempt.id));
  }
}

/** A guard that drains can still record; one that is closed cannot, and refuses all the same. */
async function refuseClosed(context: CallContext, attempt: Attempt): Promise<never> {
  await quietly(recordRefusal(context, attempt, REFUSALS.closed, { by: "guard", kind: "closed" }));
  throw refused(context, attempt, "closed", REFUSALS.closed, "the guard is closed");
}

/** An aborted call is recorded like any other that was refused. */
async function refuseAborted(context: CallContext, attempt: Attempt): Promise<never> {
  await recordRefusal(context, attempt, REFUSALS.aborted, { by: "host", kind: "aborted" });
  throw refused(context, attempt, "aborted", REFUSALS.aborted, "aborted before it was made");
}

async function refuseByPolicy(context: CallContext, attempt: Attempt): Promise<never> {
  const { verdict } = attempt;
  const message = refusalForModel(verdict);
  await recordRefusal(context, attempt, message);
  const only = verdict.decision.reasons.length === 1 ? verdict.decision.reasons[0]?.by : undefined;
  throw refused(context, attempt, only === "input" ? "input" : only === "tier" ? "tier" : "policy", message);
}

/** Whether the tool is as the policy pins it. One that was never bound is not known to be. */
function isReviewed({ bound, rehearsal }: CallContext, { call, verdict }: Attempt): boolean {
  const pin = verdict.tool?.tool.pin;
  return pin === undefined || rehearsal !== undefined || bound?.isPinned(call.tool, pin) === true;
}

async function refuseByPin(context: CallContext, attempt: Attempt): Promise<never> {
  await recordRefusal(context, attempt, REFUSALS.pin, { by: "guard", kind: "pin" });
  const why = "the policy pins this tool, and none with that name, description and parameters was bound (guard.bind)";
  throw refused(context, attempt, "pin", REFUSALS.pin, why);
}

/** A call that needs more than was proven is refused, and nothing falls back to less. */
async function refuseByTier(context: CallContext, attempt: Attempt, why: string): Promise<never> {
  const message = "Refused: this call has to run in an isolation that is not available here.";
  await recordRefusal(context, attempt, message, { by: "tier", kind: "tier" });
  throw refused(context, attempt, "tier", message, why);
}
