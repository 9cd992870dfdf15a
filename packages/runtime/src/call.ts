import type { Tier } from "@writ/ir";
import { admit, reserve } from "./call-admit.js";
import { askPerson, type Agreed } from "./call-ask.js";
import { countRefusal, refuseRepeated } from "./call-breaker.js";
import type { Attempt, CallContext } from "./call-context.js";
import { agentChain } from "./delegation/chain.js";
import { common, failed, faulted, HostSignal, recordRefusal, refused, refuseEnded, Stop } from "./call-ends.js";
import { journaled } from "./call-replay.js";
import type { NamedClaim } from "./duties/limit.js";
import { refusedInput } from "./evaluate/decide.js";
import type { HeldArgs } from "./faults/held-call.js";
import type { HeldPort } from "./faults/held-port.js";
import type { Flight } from "./gate/flights.js";
import { Inquiry } from "./inquiry.js";
import { REFUSALS, refusalForModel } from "./messages.js";
import type { Outcome } from "./outcome.js";
import { perform, type Performed } from "./perform.js";
import type { ToolCall } from "./port.js";
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
  const tool = reply ? context.program.reply : context.program.tools.get(call.tool);
  const flight = context.flights.begin(
    [call.tool, ...(tool === undefined ? [] : [tool.tool.name])],
    agentChain(context.identity),
  );
  let attempt = unprepared(context, call, flight);
  try {
    await refuseClosed(context, attempt);
    await refuseRepeated(context, attempt, tool, args);
    await context.recall?.settle();
    attempt = await prepare(context, call, args, tool, flight);
    flight.call = attempt.id;
    await refuseEnded(context, attempt);
    await journaled(context, attempt, port);
    await refuseAborted(context, attempt);
    await refuseByPolicy(context, attempt);
    const tier = await refuseByTier(context, attempt);
    const agreed = await askPerson(context, attempt);
    const claims = await reserve(context, attempt);
    await admit(context, attempt, agreed, tier, claims);
    const run = await performThenFinish(context, attempt, tier, claims, port);
    return await counted(ended(context, attempt, agreed, run));
  } catch (error) {
    if (context.recall !== undefined) await quietly(context.recall.keep());
    if (error instanceof HostSignal) throw error.signal;
    return await counted(error instanceof Stop ? error.outcome : faulted(context, attempt, error));
  } finally {
    context.flights.done(flight);
  }

  async function counted(ending: Outcome | Promise<Outcome>): Promise<Outcome> {
    const outcome = await ending;
    await quietly(countRefusal(context, attempt, tool, args, outcome));
    return outcome;
  }
}

/** What the host gets of a call that ran. A tool that paused by itself runs again, on the same approval. */
async function ended(context: CallContext, attempt: Attempt, agreed: Agreed, run: Performed): Promise<Outcome> {
  switch (run.status) {
    case "done":
      return {
        status: "done",
        ...common(context, attempt),
        result: run.result,
        replayed: false,
        ...(run.handle === undefined ? {} : { handle: run.handle }),
      };
    case "failed":
      return failed(context, attempt, run.cause, run.message, false, run.why);
    case "paused":
      if (typeof agreed === "object") await quietly(context.approvals.giveBack(agreed.approval));
      throw new HostSignal(run.signal);
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
function unprepared(context: CallContext, call: ToolCall, flight: Flight): Attempt {
  const verdict = refusedInput({ path: "", code: "fault", message: "the call could not be looked at" });
  return {
    id: randomId("c"),
    call,
    verdict,
    key: undefined,
    inquiry: new Inquiry(context.program, context.facts, context.detectors),
    flight,
  };
}

/** A guard that drains can still record; one that is closed cannot, and refuses all the same. */
async function refuseClosed(context: CallContext, attempt: Attempt): Promise<void> {
  if (!context.closed()) return;
  await quietly(recordRefusal(context, attempt, REFUSALS.closed, { by: "guard", kind: "closed" }));
  throw refused(context, attempt, "closed", REFUSALS.closed, "the guard is closed");
}

/** An aborted call is recorded like any other that was refused. */
async function refuseAborted(context: CallContext, attempt: Attempt): Promise<void> {
  if (attempt.call.signal?.aborted !== true) return;
  await recordRefusal(context, attempt, REFUSALS.aborted, { by: "host", kind: "aborted" });
  throw refused(context, attempt, "aborted", REFUSALS.aborted, "aborted before it was made");
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
