import { isAIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { isCommand, type LangGraphRunnableConfig } from "@langchain/langgraph";
import {
  handedMessage,
  heardMessage,
  hearPrompt,
  type PromptPart,
  type Saying as SayingOf,
  type Session,
} from "@writ/runtime";
import type { Output } from "./tool-output.js";
import type { Turn } from "./to-request.js";
import { isMarked } from "./tool-messages.js";

/**
 * Tells who said a message of the prompt; undefined where nobody vouches for it. Of a model's message only
 * `{ from: "model" }` counts: heard as anybody else's words, what a model repeats of a page would stand as theirs.
 */
export type Saying = (message: BaseMessage, config: LangGraphRunnableConfig) => ReturnType<SayingOf<BaseMessage>>;

/** Hears what stands before a turn of the model, whose message is its own from then on. */
export async function hearTurn(
  session: Session,
  { prompt, message }: Pick<Turn, "prompt" | "message">,
  said: Saying | undefined,
  config: LangGraphRunnableConfig,
): Promise<void> {
  await hearPrompt(session, prompt, said === undefined ? undefined : (one) => said(one, config), (one) => [
    partOf(one),
  ]);
  if (message !== undefined) heardMessage(session, message, keyOf);
}

/** Takes note of what a node gives to the graph. */
export async function handOver(session: Session, outputs: readonly Output[]): Promise<void> {
  for (const output of outputs) if (!isCommand(output)) handedMessage(session, output, keyOf);
  // The graph saves its state next. A note that is lost makes an answer text that nobody vouches for, which asks more.
  await session.kept().catch(() => undefined);
}

/** Of answers, and of what a tool's command put there, nobody is asked who said it. */
function partOf(message: BaseMessage): PromptPart {
  const answer = ToolMessage.isInstance(message) || isMarked(message);
  const kind = answer ? "answer" : isAIMessage(message) ? "model" : "said";
  const { content } = message;
  return {
    kind,
    key: keyOf(message),
    text: typeof content === "string" ? content : message.text,
    plain: isText(message),
    calls: [],
  };
}

/** A message by what it says and whom it answers; another message of the same words is another. */
function keyOf(message: BaseMessage): string {
  const { content, id } = message;
  return ToolMessage.isInstance(message)
    ? JSON.stringify(["tool", message.tool_call_id, content])
    : JSON.stringify([message.getType(), id ?? null, content]);
}

/** A picture or a file says what nobody here can read. */
function isText({ content }: BaseMessage): boolean {
  return typeof content === "string" || content.every((block) => block.type === "text");
}
