import { ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { isCommand, type Command } from "@langchain/langgraph";
import type { StructuredToolInterface } from "@langchain/core/tools";

/** What a tool call adds to the graph. */
export type Output = ToolMessage | Command;

/** What a tool gave, as LangChain makes it a message: messages and commands as they are, a pair as content and artifact. */
export function toOutput(raw: unknown, call: ToolCall, tool?: StructuredToolInterface): Output {
  let content = raw;
  let artifact: unknown;
  if (tool !== undefined && Reflect.get(tool, "responseFormat") === "content_and_artifact") {
    if (!isPair(raw)) throw new TypeError("the tool's responseFormat is content_and_artifact, and it gave no pair");
    [content, artifact] = raw;
  }
  if (isCommand(content)) return content;
  if (ToolMessage.isInstance(content)) return content;
  const message = new ToolMessage({
    status: "success",
    name: call.name,
    content: typeof content === "string" || isBlocks(content) ? content : (JSON.stringify(content) ?? ""),
    tool_call_id: call.id ?? "",
    ...(artifact === undefined ? {} : { artifact }),
  });
  if (artifact === undefined && typeof message.content === "string") texts.set(message, message.content);
  return message;
}

/** Messages that {@link toOutput} makes of their text and their call alone. */
const texts = new WeakMap<object, string>();

/** The text of which {@link toOutput} makes this message again; undefined for any that holds more. */
export function textOf(output: unknown): string | undefined {
  const text = typeof output === "object" && output !== null ? texts.get(output) : undefined;
  return text !== undefined && ToolMessage.isInstance(output) && output.content === text ? text : undefined;
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

type Blocks = Exclude<ToolMessage["content"], string>;

function isBlocks(value: unknown): value is Blocks {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) => typeof item === "object" && item !== null && "type" in item && typeof item.type === "string",
    )
  );
}
