import type { AIMessage, BaseMessage } from "@langchain/core/messages";

/** What decides the agent's next step: the messages so far, in; the next one, with tool calls or without, out. */
export interface Model {
  /** For the screen. */
  readonly name: string;
  readonly scripted: boolean;
  answer(messages: readonly BaseMessage[]): Promise<AIMessage>;
}
