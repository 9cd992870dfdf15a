import { isAIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { isCommand, type LangGraphRunnableConfig } from "@langchain/langgraph";
import { GuardError, type Session } from "@writ/runtime";
import type { Output } from "./tool-output.js";
import type { Turn } from "./to-request.js";
import { isMarked } from "./tool-messages.js";

/** The message is this agent's own, said in this conversation: it is made of what was read, and adds nothing to it. */
export interface Own {
  readonly from: "model";
}

/** A text that the host vouches for. */
export interface Said {
  /** Who put it before the model: the person who is served, or the host itself. */
  readonly from: "user" | "system";
  readonly text: string;
  /** Labels of what is not the person's own words: pasted mail, a retrieved document, an earlier conversation. */
  readonly labels?: readonly string[];
}

type Answer = Own | Said | readonly Said[] | undefined;

/**
 * Tells who said a message of the prompt; undefined where nobody vouches for it. Of a model's message only
 * `{ from: "model" }` counts: heard as anybody else's words, what a model repeats of a page would stand as theirs.
 */
export type Saying = (message: BaseMessage, config: LangGraphRunnableConfig) => Answer | Promise<Answer>;

/**
 * Tells the guard what stands in a prompt. Every message is heard once a session; answers of guard nodes and messages
 * whose calls they took are not heard again. Text that nobody vouches for is heard as such, which is untrusted. What was
 * dealt with is noted in the session, so all nodes of a guard know it, and a later process too; what is forgotten of the
 * answers is taken for text that nobody vouches for.
 */
export const prompts = {
  /** Hears what stands before a turn of the model, whose message is its own from then on. */
  async hear(
    session: Session,
    { prompt, message: turn }: Pick<Turn, "prompt" | "message">,
    said: Saying | undefined,
    config: LangGraphRunnableConfig,
  ): Promise<void> {
    // An empty prompt is one that cannot be seen.
    if (prompt.length === 0 && session.note(heard(""))) session.heard("unknown", "");
    for (const message of prompt) {
      const key = keyOf(message);
      if (session.isNoted(heard(key)) || (ToolMessage.isInstance(message) && session.isNoted(handed(key)))) continue;
      const ask = !ToolMessage.isInstance(message) && !isMarked(message);
      const { own, texts } = ask && said !== undefined ? answerOf(await said(message, config), message) : NOBODY;
      // Nothing is awaited from here on, so that a message of two runs at once is heard once.
      if (session.isNoted(heard(key))) continue;
      for (const { from, text, labels } of texts) session.heard(from, text, labels === undefined ? {} : { labels });
      if (!own && (texts.length === 0 || !isText(message))) session.heard("unknown", message.text);
      session.note(heard(key));
    }
    if (turn !== undefined) session.note(heard(keyOf(turn)));
  },

  /** Takes note of what a node gives to the graph. */
  async handed(session: Session, outputs: readonly Output[]): Promise<void> {
    for (const output of outputs) if (!isCommand(output)) session.note(handed(keyOf(output)));
    // The graph saves its state next. A note that is lost makes an answer text that nobody vouches for, which asks more.
    await session.kept().catch(() => undefined);
  },
};

const heard = (key: string): string => `heard ${key}`;
const handed = (key: string): string => `handed ${key}`;

/** A message by what it says and whom it answers; another message of the same words is another. */
function keyOf(message: BaseMessage): string {
  const { content, id } = message;
  return ToolMessage.isInstance(message)
    ? JSON.stringify(["tool", message.tool_call_id, content])
    : JSON.stringify([message.getType(), id ?? null, content]);
}

const NOBODY: { readonly own: boolean; readonly texts: readonly Said[] } = { own: false, texts: [] };

function answerOf(answer: Answer, message: BaseMessage): typeof NOBODY {
  if (answer === undefined) return NOBODY;
  const list: readonly (Own | Said)[] = isList(answer) ? answer : [answer];
  const texts: Said[] = [];
  for (const one of list) {
    if (
      typeof one !== "object" ||
      one === null ||
      !(one.from === "model" || ((one.from === "user" || one.from === "system") && typeof one.text === "string"))
    )
      throw new GuardError(
        "misuse",
        '`said` of guardNode gives { from: "user" | "system", text, labels? }, a list of these, { from: "model" }, or undefined',
      );
    if (one.from !== "model") texts.push(one);
  }
  if (isAIMessage(message)) return { own: list.length === 1 && texts.length === 0, texts: [] };
  return { own: false, texts };
}

function isList(answer: Own | Said | readonly Said[]): answer is readonly Said[] {
  return Array.isArray(answer);
}

/** A picture or a file says what nobody here can read. */
function isText({ content }: BaseMessage): boolean {
  return typeof content === "string" || content.every((block) => block.type === "text");
}
