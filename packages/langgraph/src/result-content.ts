import { ToolMessage } from "@langchain/core/messages";
import type { Json } from "@writ/runtime";

/**
 * What of a tool's output the model will read: the text of its message, or its blocks as data. A command changes the
 * graph's state in ways that only the graph knows: of it nothing can be told, which counts as the worst.
 */
export function resultContent(output: unknown): Json | undefined {
  if (!ToolMessage.isInstance(output)) return undefined;
  const { content } = output;
  if (typeof content === "string") return content;
  const texts = content.map((block) =>
    block.type === "text" && "text" in block && typeof block.text === "string" ? block.text : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts.join("\n") : undefined;
}

/** The same message with other content. What the model does not read (the artifact) may hold what was taken out, so it goes. */
export function withResultContent(output: unknown, content: Json): unknown {
  if (!ToolMessage.isInstance(output)) throw new TypeError("only a message has content");
  const { id, name, tool_call_id, status, additional_kwargs, response_metadata } = output;
  return new ToolMessage({
    content: typeof content === "string" ? content : JSON.stringify(content),
    tool_call_id,
    additional_kwargs,
    response_metadata,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
  });
}
