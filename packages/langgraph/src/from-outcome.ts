import { ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { Outcome } from "@writ/runtime";
import { toOutput, type Output } from "./tool-output.js";

/**
 * What the graph gets for an outcome. A call that gave no result is answered with an error that the model can
 * recover from; it says what the runtime means for the model, and nothing of rules.
 */
export function fromOutcome(outcome: Outcome, call: ToolCall): Output {
  switch (outcome.status) {
    case "done":
      return toOutput(outcome.result, call);
    case "waiting":
      return answer(call, outcome.message, { status: outcome.status, call: outcome.call });
    case "refused":
      return answer(call, outcome.message, { status: outcome.status, call: outcome.call, cause: outcome.cause });
    case "failed": {
      const message = outcome.cause === "error" ? `${outcome.message}\n Please fix your mistakes.` : outcome.message;
      return answer(call, message, { status: outcome.status, call: outcome.call, cause: outcome.cause });
    }
    default:
      return unknownOutcome(outcome, call);
  }
}

/** The guard cannot record or keep anything, so it makes no call at all. */
export function unavailable(call: ToolCall, cause: string): ToolMessage {
  return answer(call, "Refused: the guard cannot keep its records, so the call was not made.", {
    status: "refused",
    cause,
  });
}

/** A status that this version does not know, such as one of a later runtime, is an error and never a result. */
function unknownOutcome(_outcome: never, call: ToolCall): ToolMessage {
  return answer(call, "The outcome of this call is not known.", { status: "unknown" });
}

function answer(call: ToolCall, content: string, writ: { readonly [key: string]: string }): ToolMessage {
  return new ToolMessage({
    status: "error",
    name: call.name,
    content,
    tool_call_id: call.id ?? "",
    additional_kwargs: { writ },
  });
}
