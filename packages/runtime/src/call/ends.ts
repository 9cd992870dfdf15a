import type { Attempt, CallContext } from "./context.js";
import { appendIntent, intent, toolName } from "./record.js";
import { decideShadow } from "../evaluate/decide.js";
import { explain } from "../explain/explain.js";
import { REFUSALS } from "../messages.js";
import type { FailureCause, Outcome, RefusalCause } from "../outcome.js";
import type { Ending, Flight } from "../gate/flights.js";
import { quietly } from "../quietly.js";

/** A step that ends the way: what the host gets instead of a result. */
export class Stop extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.status);
    this.outcome = outcome;
  }
}

export function common(context: CallContext, attempt: Attempt): Pick<Outcome, "call" | "decision" | "explanation"> {
  return {
    call: attempt.id,
    decision: attempt.verdict.decision,
    explanation: explain(context.program.bundle, attempt.verdict),
  };
}

/** The host's own control flow, on its way through. */
export class HostSignal extends Error {
  readonly signal: unknown;

  constructor(signal: unknown) {
    super("the host paused the tool");
    this.signal = signal;
  }
}

export function refused(
  context: CallContext,
  attempt: Attempt,
  cause: RefusalCause,
  message: string,
  why?: string,
): Stop {
  const explanation = why === undefined ? explain(context.program.bundle, attempt.verdict) : [why];
  const decision =
    cause === "policy" || cause === "input"
      ? attempt.verdict.decision
      : { ...attempt.verdict.decision, effect: "forbid" as const };
  return new Stop({ status: "refused", call: attempt.id, decision, explanation, message, cause });
}

export function failed(
  context: CallContext,
  attempt: Attempt,
  cause: FailureCause,
  message: string,
  replayed: boolean,
  why?: string,
): Outcome {
  return {
    status: "failed",
    ...common(context, attempt),
    ...(why === undefined ? {} : { explanation: [why] }),
    message,
    cause,
    replayed,
  };
}

/** A refusal is recorded like any call; where that fails the call is refused all the same, and says why. */
export async function recordRefusal(
  context: CallContext,
  attempt: Attempt,
  message: string,
  further?: { readonly by: string; readonly kind: string },
): Promise<void> {
  const { tool, values } = attempt.verdict;
  if (tool !== undefined && values !== undefined)
    context.memory.denies(attempt.id, tool.tool.name, values, context.clock.now());
  try {
    const shadows = decideShadow(attempt.verdict).flatMap((match) =>
      match.truth === false ? [] : [{ ...match, full: false }],
    );
    const parts = { effect: "forbid", message, shadows, ...(further === undefined ? {} : { further }) } as const;
    await appendIntent(context, attempt, intent(context, attempt, parts), false);
  } catch (error) {
    throw refused(context, attempt, "audit", REFUSALS.audit, `the audit log refused the record: ${words(error)}`);
  }
}

/** Why a call that was stopped, or that the guard's close has caught up with, goes no further. At once where it is known at once. */
export function endingOf(context: CallContext, flight: Flight): Ending | undefined | Promise<Ending | undefined> {
  const ended = context.end?.look();
  if (ended instanceof Promise || context.stops?.of(flight) !== undefined) return endingAfter(context, flight, ended);
  return flight.ending ?? ended;
}

async function endingAfter(
  context: CallContext,
  flight: Flight,
  looked: ReturnType<typeof endingOf>,
): Promise<Ending | undefined> {
  const ended = await looked;
  const stopped = context.stops?.of(flight) === undefined ? undefined : await context.stops.lookFor(flight);
  return flight.ending ?? stopped ?? ended;
}

/** The same just before the call starts, with a look at what other processes ordered. */
export function endingInStore(context: CallContext, flight: Flight): Ending | undefined | Promise<Ending | undefined> {
  const stopped = context.stops?.lookFor(flight);
  const ended = context.end?.look();
  if (!(stopped instanceof Promise || ended instanceof Promise)) return flight.ending ?? stopped ?? ended;
  return Promise.all([stopped, ended]).then((found) => flight.ending ?? found[0] ?? found[1]);
}

/** Refuses a call that was ended. */
export async function refuseEnding(context: CallContext, attempt: Attempt, ending: Ending): Promise<never> {
  const { cause, message, why } = ending;
  await recordRefusal(context, attempt, message, { by: "guard", kind: cause });
  throw refused(context, attempt, cause, message, why);
}

/** Anything unforeseen before the tool ran: refused, and an incident where the log can take one. */
export async function faulted(context: CallContext, attempt: Attempt, error: unknown): Promise<Outcome> {
  const kind = errorKind(error);
  await quietly(recordIncident(context, attempt, kind, words(error)));
  return refused(context, attempt, kind, REFUSALS[kind], words(error)).outcome;
}

/** Asynchronous as a whole, so that a clock that throws is one more thing that could not be recorded. */
async function recordIncident(context: CallContext, attempt: Attempt, kind: string, message: string): Promise<void> {
  const tool = toolName(attempt);
  await context.audit.append(
    { type: "incident", at: context.clock.now(), code: `call_${kind}`, message, session: context.session, tool },
    { durable: false },
  );
}

function errorKind(error: unknown): "audit" | "state" | "fault" {
  const name = error instanceof Error ? error.name : "";
  return name === "AuditError" ? "audit" : name === "StateError" ? "state" : "fault";
}

export function words(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : "unknown fault";
}
