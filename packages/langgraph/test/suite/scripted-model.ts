import { AIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { AgentParts, AgentSaid } from "@writ/testing";

/** A model that says the script's next turn, by how many turns it had in the conversation before it. */
export class ScriptedModel {
  /** The last prompt: what the model was told. */
  prompt: readonly BaseMessage[] = [];
  readonly #script: AgentParts["script"];
  readonly #prefix: string;

  constructor(script: AgentParts["script"], prefix: string) {
    this.#script = script;
    this.#prefix = prefix;
  }

  next(messages: readonly BaseMessage[]): AIMessage {
    this.prompt = messages;
    const turn = messages.filter((message) => message.getType() === "ai").length;
    const calls = this.#script[turn] ?? [];
    return new AIMessage({
      id: `${this.#prefix}-${turn}`,
      content: calls.length === 0 ? "done" : "",
      tool_calls: calls.map(({ id, name, args }) => ({ id, name, args: { ...args }, type: "tool_call" })),
    });
  }

  get answers(): AgentSaid["answers"] {
    return this.prompt
      .filter((message) => ToolMessage.isInstance(message))
      .map((message) => ({ call: message.tool_call_id, text: message.text, error: message.status === "error" }));
  }

  /** The model was told of everything and had the last word. */
  get ended(): boolean {
    const turn = this.prompt.filter((message) => message.getType() === "ai").length;
    return this.prompt.length > 0 && turn >= this.#script.length;
  }
}
