import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A call that the model makes, one a turn. */
export interface Line {
  readonly name: string;
  readonly args: { readonly [name: string]: string };
}

/** Stands in for a model, so that nobody needs a key: it makes the calls of its script, whatever it is told. */
export class ScriptedModel extends BaseChatModel {
  readonly #script: readonly Line[];

  constructor(script: readonly Line[]) {
    super({});
    this.#script = script;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const turn = messages.filter((message) => message.getType() === "ai").length;
    const line = this.#script[turn];
    const tool_calls =
      line === undefined
        ? []
        : [{ id: `c${turn}`, name: line.name, args: { ...line.args }, type: "tool_call" as const }];
    const message = new AIMessage({ id: `m${turn}`, content: line === undefined ? "That is all." : "", tool_calls });
    return { generations: [{ text: message.text, message }] };
  }
}
