import { digest } from "@writ/ir";
import type { Attempt, CallContext } from "./context.js";
import { recordRefusal, refused } from "./ends.js";
import { toolName } from "./record.js";
import { canonicalArgs } from "../evaluate/decide.js";
import type { ToolProgram } from "../evaluate/program.js";
import type { HeldArgs } from "../faults/held-call.js";
import type { Trip } from "../gate/breaker.js";
import { Journal } from "./journal.js";
import { identify } from "./prepare.js";
import type { Outcome } from "../outcome.js";
import { UNDO_SCOPE } from "../undo.js";
import { quietly } from "../quietly.js";

/** What tells the same call apart: the digest of its canonical arguments, or of those it was made with where it has none. */
function digestOf(context: CallContext, tool: ToolProgram | undefined, args: HeldArgs): string {
  if (!args.ok) return "";
  const canonical = tool === undefined ? undefined : canonicalArgs(context.program, tool, args.value);
  return digest(canonical ?? args.value);
}

/** What refuses a call unlooked at, because it was refused again and again. The final answer is always looked at. */
export function tripOver(
  context: CallContext,
  attempt: Attempt,
  tool: ToolProgram | undefined,
  args: HeldArgs,
): Trip | undefined {
  if (context.breaker === undefined || context.breaker.quiet || tool === context.program.reply) return undefined;
  // A person takes back what the agent did: the agent's own refusals must not keep him from it.
  if (attempt.call.scope === UNDO_SCOPE) return undefined;
  return context.breaker.blocks(toolName(attempt), () => digestOf(context, tool, args), context.clock.now());
}

/** Whether the journal answers this call: its answer is what happened, and no refusal may say otherwise. */
export async function isOnRecord(
  context: CallContext,
  { id, call }: Pick<Attempt, "id" | "call">,
  tool: ToolProgram | undefined,
  args: HeldArgs,
): Promise<boolean> {
  if (tool === undefined || !args.ok || call.callId === undefined) return false;
  const { key } = identify(context, id, call, tool, args.value);
  return key !== undefined && (await new Journal(context.state).look(key)).state !== "new";
}

/** Refuses it. */
export async function refuseRepeated(
  context: CallContext,
  attempt: Attempt,
  tool: ToolProgram | undefined,
  args: HeldArgs,
  trip: Trip,
): Promise<never> {
  const canonical = tool === undefined || !args.ok ? undefined : canonicalArgs(context.program, tool, args.value);
  const { id, call, key, inquiry, flight, verdict } = attempt;
  const looked: Attempt = {
    id,
    call,
    key,
    inquiry,
    flight,
    verdict: {
      decision: { ...verdict.decision, reasons: [], fault: undefined },
      matches: [],
      ...(tool === undefined ? {} : { tool }),
      ...(canonical === undefined ? {} : { args: canonical }),
    },
  };
  const message = tripped(trip);
  await recordRefusal(context, looked, message, { by: "breaker", kind: trip.what });
  throw refused(context, looked, "breaker", message, `the breaker: ${described(trip)}`);
}

/** Takes what became of a call into account. A trip is recorded once, as an incident; a promise where that is waited for. */
export function countRefusal(
  context: CallContext,
  attempt: Attempt,
  tool: ToolProgram | undefined,
  args: HeldArgs,
  outcome: Outcome,
): Promise<void> | undefined {
  const { breaker } = context;
  if (breaker === undefined || tool === context.program.reply) return undefined;
  if (outcome.status === "done" && breaker.quiet) return undefined;
  const name = toolName(attempt);
  if (outcome.status === "done" && !outcome.replayed) {
    breaker.ran(name, () => digestOf(context, tool, args));
    return undefined;
  }
  if (outcome.status !== "refused") return undefined;
  const at = context.clock.now();
  const call = { tool: name, args: digestOf(context, tool, args), key: attempt.key };
  const trip = breaker.refused(call, outcome.cause, at);
  if (trip === undefined) return undefined;
  const { session } = context;
  return quietly(
    context.audit.append(
      { type: "incident", at, code: "breaker", message: described(trip), session, tool: name },
      { durable: false },
    ),
  );
}

/** For the model: what will not help, and what may. */
function tripped({ what, count }: Trip): string {
  switch (what) {
    case "call":
      return `Refused: this same call was refused ${count} times. Repeating it will not change the answer. Do something else, or tell the user what you could not do.`;
    case "tool":
      return "Refused: calls of this tool were refused again and again, so it is paused. Go on without it, or tell the user what you could not do.";
    case "session":
      return "Refused: too many calls were refused. Make no further calls now; tell the user what you could not do.";
  }
}

/** For people. */
function described({ what, tool, count }: Trip): string {
  switch (what) {
    case "call":
      return `the same call of ${tool} was refused ${count} times`;
    case "tool":
      return `${count} calls of ${tool} were refused for one cause`;
    case "session":
      return `${count} calls of the session were refused, the last of ${tool}`;
  }
}
