import {
  isAIMessage,
  isBaseMessage,
  type AIMessage,
  type BaseMessage,
  type ToolMessage,
} from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { LangGraphRunnableConfig } from "@langchain/langgraph";
import { GuardError, type ToolCall as Request } from "@writ/runtime";

/** A tool call of the turn, and what the guard is asked. */
export interface TurnCall {
  /** Index among the tool calls of the message. */
  readonly position: number;
  readonly call: ToolCall;
  readonly request: Request;
}

/** What the node was given to do. */
export interface Turn {
  readonly calls: readonly TurnCall[];
  /** What stood before the model when it made the calls, as far as the node sees it. */
  readonly prompt: readonly BaseMessage[];
  /** The message that makes the calls; undefined where a call was sent without it. */
  readonly message: BaseMessage | undefined;
  /** Names this run of the node: equal when it is resumed or retried. */
  readonly step: string;
  /** What tools see as `runtime.state`. */
  readonly state: unknown;
  /** Whether the input, and so the output, is a plain array of messages. */
  readonly list: boolean;
}

/** Reads the input of a tool node: `{ messages }`, an array of messages, or one call that was sent by `Send`. */
export function readTurn(input: unknown, config: LangGraphRunnableConfig): Turn {
  const namespace = namespaceOf(config);
  if (isSent(input)) {
    const { lg_tool_call: call, ...state } = input;
    const all = isMessages(state["messages"]) ? state["messages"] : [];
    const at = all.findLastIndex((message) => isAIMessage(message));
    const prompt = all.slice(0, Math.max(0, at));
    return {
      calls: [sentCall(call, all, namespace, config)],
      prompt,
      message: all[at],
      step: namespace,
      state,
      list: false,
    };
  }
  const messages = messagesOf(input);
  const index = messages?.findLastIndex((message) => isAIMessage(message)) ?? -1;
  const message = messages?.[index];
  if (messages === undefined || message === undefined || !isAIMessage(message)) {
    throw new GuardError(
      "misuse",
      "a guard node takes { messages } or an array of messages, with a message of the model among them",
    );
  }
  // Only what follows the message answers it: providers start their call ids again in another turn.
  const answered = new Set(
    messages
      .slice(index + 1)
      .filter(isToolMessage)
      .map((answer) => answer.tool_call_id),
  );
  const scope = scopeOf(message, index, namespace);
  const calls = (message.tool_calls ?? [])
    .map((call, position) => turnCall(call, position, scope, config))
    .filter(({ call }) => call.id === undefined || !answered.has(call.id));
  return {
    calls,
    prompt: messages.slice(0, index),
    message,
    step: namespace,
    state: input,
    list: Array.isArray(input),
  };
}

/** Position is part of the scope, so that calls whose ids are missing or repeated stay two calls. */
function turnCall(call: ToolCall, position: number, scope: string, { signal }: LangGraphRunnableConfig): TurnCall {
  const callId = typeof call.id === "string" && call.id !== "" ? call.id : `call-${position}`;
  const request = {
    tool: call.name,
    args: call.args,
    callId,
    scope: `${scope}#${position}`,
    ...(signal === undefined ? {} : { signal }),
  };
  return { position, call, request };
}

/** A sent call has the scope it would have had in its message, where that can be told, so that both are one call. */
function sentCall(
  call: ToolCall,
  messages: readonly BaseMessage[],
  namespace: string,
  config: LangGraphRunnableConfig,
): TurnCall {
  const index = messages.findLastIndex((message) => isAIMessage(message));
  const message = messages[index];
  const same =
    message !== undefined && isAIMessage(message) && call.id !== undefined
      ? (message.tool_calls ?? []).flatMap((other, position) => (other.id === call.id ? [position] : []))
      : [];
  const [position] = same;
  if (message === undefined || !isAIMessage(message) || position === undefined || same.length > 1) {
    return turnCall(call, 0, JSON.stringify(["task", namespace === "" ? crypto.randomUUID() : namespace]), config);
  }
  return turnCall(call, position, scopeOf(message, index, namespace), config);
}

/**
 * Equal on the first run, a retry, a resume and a replay; another for each turn of the model and each (sub)graph:
 * where the graph runs, the message's id and its index. A message without an id is told by the run of the node.
 */
function scopeOf(message: AIMessage, index: number, namespace: string): string {
  if (message.id === undefined) return JSON.stringify(["task", namespace === "" ? crypto.randomUUID() : namespace]);
  return JSON.stringify(["message", namespace.split("|").slice(0, -1).join("|"), message.id, index]);
}

/** Names the run of a node: `parent:task|node:task`; the same when it is resumed. Empty outside of a graph. */
function namespaceOf(config: LangGraphRunnableConfig): string {
  const namespace: unknown = config.executionInfo?.checkpointNs ?? config.configurable?.["checkpoint_ns"];
  return typeof namespace === "string" ? namespace : "";
}

function messagesOf(input: unknown): readonly BaseMessage[] | undefined {
  if (isMessages(input)) return input;
  return isObject(input) && isMessages(input["messages"]) ? input["messages"] : undefined;
}

function isMessages(value: unknown): value is readonly BaseMessage[] {
  return Array.isArray(value) && value.every((message) => isBaseMessage(message));
}

function isToolMessage(message: BaseMessage): message is ToolMessage {
  return message.getType() === "tool";
}

function isSent(value: unknown): value is { readonly lg_tool_call: ToolCall; readonly [key: string]: unknown } {
  return isObject(value) && isObject(value["lg_tool_call"]);
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A call that code makes, of which nothing is known but what it asks: it is made anew each time. */
export function directCall(name: string, args: unknown, { signal }: LangGraphRunnableConfig): TurnCall {
  const held = typeof args === "object" && args !== null ? { ...args } : {};
  return {
    position: 0,
    call: { name, args: held, type: "tool_call" },
    request: { tool: name, args, ...(signal === undefined ? {} : { signal }) },
  };
}
