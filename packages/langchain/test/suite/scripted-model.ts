import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel, type BindToolsInput } from "@langchain/core/language_models/chat_models";
import { AIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { ScriptedCall } from "@writ/testing";

export type Script = readonly (readonly ScriptedCall[])[];

/** What was said to a model, and what it was offered. */
export class Heard {
  prompt: readonly BaseMessage[] = [];
  offered: readonly string[] = [];
}

/** A chat model that says the script's next turn, by how many turns it had in the conversation before it. */
export class ScriptedModel extends BaseChatModel {
  readonly heard: Heard;
  readonly #script: Script;
  readonly #prefix: string;

  constructor(script: Script, prefix: string, heard = new Heard()) {
    super({});
    this.#script = script;
    this.#prefix = prefix;
    this.heard = heard;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(tools: BindToolsInput[]) {
    this.heard.offered = tools.map(nameOf);
    return new ScriptedModel(this.#script, this.#prefix, this.heard);
  }

  override async _generate(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    _runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    this.heard.prompt = messages;
    const turn = messages.filter((message) => message.getType() === "ai").length;
    const calls = this.#script[turn] ?? [];
    const message = new AIMessage({
      id: `${this.#prefix}-${turn}`,
      content: calls.length === 0 ? "done" : "",
      tool_calls: calls.map(({ id, name, args }) => ({ id, name, args: { ...args }, type: "tool_call" })),
    });
    return { generations: [{ text: message.text, message }] };
  }

  get answers(): { call: string; text: string; error: boolean }[] {
    return this.heard.prompt
      .filter((message) => ToolMessage.isInstance(message))
      .map((message) => ({ call: message.tool_call_id, text: message.text, error: message.status === "error" }));
  }

  /** The model was told of everything and had the last word. */
  get ended(): boolean {
    const turn = this.heard.prompt.filter((message) => message.getType() === "ai").length;
    return this.heard.prompt.length > 0 && turn >= this.#script.length;
  }
}

function nameOf(tool: BindToolsInput): string {
  const name: unknown = Reflect.get(tool, "name");
  return typeof name === "string" ? name : String(Reflect.get(tool, "type"));
}
