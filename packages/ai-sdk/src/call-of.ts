import type { AssistantModelMessage, ModelMessage } from "ai";
import type { ToolCall } from "@writ/runtime";

/** A tool call as the AI SDK hands it to a tool and to `toolApproval`. */
export interface HostCall {
  readonly tool: string;
  readonly input: unknown;
  readonly id: string;
  readonly messages: readonly ModelMessage[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the guard is asked. The scope is equal before a pause, where the message that makes the call is not in the
 * history yet, and after it, where it is; it is another where a provider starts its ids again. It counts the steps that
 * have a call of this id and not all messages, so that a host that drops old messages meets the same call again.
 */
export function callOf({ tool, input, id, messages, signal }: HostCall): ToolCall {
  // A call without an id is told by its turn.
  const steps = messages.filter((message) => (id === "" ? message.role === "assistant" : hasCall(message, id))).length;
  const before = isResumed(id, messages) ? steps - 1 : steps;
  return {
    tool,
    args: input,
    callId: id === "" ? "-" : id,
    scope: JSON.stringify(["ai-sdk", before]),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Whether the AI SDK runs a call that is in the history already: the last message answers its approval request, and not the call. */
function isResumed(id: string, messages: readonly ModelMessage[]): boolean {
  const last = messages.at(-1);
  if (last?.role !== "tool") return false;
  // Nearly always: the last message answers calls, and no request.
  if (!last.content.some((part) => part.type === "tool-approval-response")) return false;
  if (last.content.some((part) => part.type === "tool-result" && part.toolCallId === id)) return false;
  const asked = new Set(
    messages.flatMap((message) =>
      partsOf(message).flatMap((part) =>
        part.type === "tool-approval-request" && part.toolCallId === id ? [part.approvalId] : [],
      ),
    ),
  );
  return last.content.some((part) => part.type === "tool-approval-response" && asked.has(part.approvalId));
}

function hasCall(message: ModelMessage, id: string): boolean {
  return partsOf(message).some((part) => part.type === "tool-call" && part.toolCallId === id);
}

type Parts = Exclude<AssistantModelMessage["content"], string>;

function partsOf(message: ModelMessage): Parts {
  return message.role === "assistant" && typeof message.content !== "string" ? message.content : [];
}
