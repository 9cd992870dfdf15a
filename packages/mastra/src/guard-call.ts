import {
  handedAnswer,
  hearPrompt,
  jsonResults,
  lastPart,
  orUnable,
  tookCall,
  ToolCallError,
  type Guard,
  type Json,
  type Saying,
  type ToolCall,
} from "@writ/runtime";
import { approvalPause, isApprovalPause, OwnPause } from "./pause.js";
import type { Caller } from "./place.js";
import { sessionOf, type Identify } from "./identity.js";

/** A message of a prompt, as the AI SDK writes it. Where no model made the call, its arguments as text. */
export interface Message {
  readonly role: string;
  readonly content: unknown;
}

/** One call of a tool or a step, and how its host runs and pauses it. */
export interface GuardedCall {
  readonly guard: Guard;
  readonly identify: Identify;
  readonly caller: Caller;
  readonly call: ToolCall;
  /** What stood before the model, and who said it. */
  readonly prompt: readonly Message[];
  readonly said: Saying<Message> | undefined;
  /** Whether there are tools that the provider runs: their results stand before the model and are not seen here. */
  readonly unseen: boolean;
  /** What the host suspended the call with before, where it is resumed. */
  readonly suspended: unknown;
  /** Suspends the call; undefined where the host cannot. */
  readonly suspend: unknown;
  /** Runs it; `own`: it is resumed from a pause of its own, whose answer it gets. */
  readonly run: (args: Json, signal: AbortSignal, pause: OwnPause, own: boolean) => unknown;
}

/** Decides a call and runs it. Throws a {@link ToolCallError} where it gives no result; gives undefined where it was suspended. */
export async function guardCall(made: GuardedCall): Promise<unknown> {
  const { guard, identify, caller, call, prompt, said, unseen, suspended, suspend, run } = made;
  const session = await orUnable(sessionOf(guard, identify, caller));
  if (typeof session === "string")
    throw new Error("Refused: the guard cannot keep its records, so the call was not made.");
  await hearPrompt(session, prompt, said);
  if (unseen && session.note("unseen")) session.heard("unknown", "");
  const answersTo = call.callId ?? "";
  tookCall(session, answersTo, call.tool);
  const own = suspended !== undefined && !isApprovalPause(suspended);
  const pause = new OwnPause();
  try {
    const outcome = await session.call(call, {
      ...jsonResults,
      execute: async (args, signal) => {
        const result = await lastPart(await run(args, signal, pause, own));
        if (pause.taken) throw pause.said;
        return result;
      },
      isControlFlow: (error) => pause.is(error),
    });
    if (outcome.status !== "waiting")
      handedAnswer(session, answersTo, outcome.status === "done" ? outcome.result : outcome.message);
    if (outcome.status === "done") return outcome.result;
    if (outcome.status !== "waiting" || typeof suspend !== "function") throw new ToolCallError(outcome);
    await Reflect.apply(suspend, undefined, [approvalPause(outcome.approval)]);
    return undefined;
  } catch (error) {
    if (pause.taken && error === pause.said) return undefined;
    throw error;
  }
}
