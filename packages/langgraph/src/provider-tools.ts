import { isAIMessage, type BaseMessage } from "@langchain/core/messages";
import { GuardError, type Guard } from "@writ/runtime";

/**
 * Throws a {@link GuardError} where a message of a model says that its provider ran a tool which nobody named: no call of
 * it came by the guard.
 */
export function refuseProviderCalls(guard: Guard, message: BaseMessage | undefined): void {
  if (message === undefined || !isAIMessage(message)) return;
  if (saysNothing(message)) return;
  const known = looked.get(guard) ?? new WeakMap<object, unknown>();
  looked.set(guard, known);
  if (known.has(message) && known.get(message) === message.content) return;
  for (const block of message.contentBlocks)
    if (block.type === "server_tool_call") refuseProviderTool(guard, block.name);
  known.set(message, message.content);
}

/** A text alone, of a model whose provider says nothing of itself: no block of it could be a provider's call. */
function saysNothing({ content, response_metadata: said }: BaseMessage): boolean {
  return typeof content === "string" && (said === undefined || Object.keys(said).length === 0);
}

/** Messages that were looked at, each with its content: every call of a turn brings the same one. */
const looked = new WeakMap<Guard, WeakMap<object, unknown>>();

/** Throws a {@link GuardError} unless the guard was told of this tool of a provider. */
export function refuseProviderTool(guard: Guard, name: string): void {
  if (!guard.providerTools.has(name))
    throw new GuardError(
      "misuse",
      `the model's provider runs the tool ${JSON.stringify(name.slice(0, 128))} by itself, and no call of it is decided: leave it out, or name it in createGuard({ providerTools })`,
    );
}
