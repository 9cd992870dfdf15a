import {
  coerceMessageLikeToMessage,
  isBaseMessage,
  type BaseMessage,
  type BaseMessageLike,
} from "@langchain/core/messages";
import { Send, type Command } from "@langchain/langgraph";

const TAG = "writ.tool";
const MESSAGES = "messages";

/** Marks the messages that a tool's command brings, whoever they say they are from. The mark goes with the checkpoint. */
export function markMessages({ update, goto }: Command, tool: string): void {
  if (Array.isArray(update)) {
    const entries: unknown[] = update;
    for (const [index, entry] of entries.entries())
      if (isPair(entry) && entry[0] === MESSAGES) entries[index] = [MESSAGES, markAll(entry[1], tool)];
  } else markIn(update, tool);
  const targets: unknown[] = Array.isArray(goto) ? goto : [goto];
  for (const target of targets) if (target instanceof Send) markIn(target.args, tool);
}

/** Whether a message was put into the graph by a tool's command. */
export function isMarked(message: BaseMessage): boolean {
  return Object.hasOwn(message.additional_kwargs, TAG);
}

function markIn(state: unknown, tool: string): void {
  if (typeof state === "object" && state !== null && Object.hasOwn(state, MESSAGES))
    Reflect.set(state, MESSAGES, markAll(Reflect.get(state, MESSAGES), tool));
}

function markAll(messages: unknown, tool: string): unknown[] {
  const list: unknown[] = Array.isArray(messages) ? messages : [messages];
  return list.map((message) => {
    if (!isMessageLike(message)) return message;
    // What is not a message yet would be made one behind this node, without the mark.
    const made = isBaseMessage(message) ? message : coerceMessageLikeToMessage(message);
    made.additional_kwargs = { ...made.additional_kwargs, [TAG]: tool };
    return made;
  });
}

/** What the reducer of messages takes for one; anything else it refuses by itself. */
function isMessageLike(value: unknown): value is BaseMessageLike {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function isPair(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && typeof value[0] === "string";
}
