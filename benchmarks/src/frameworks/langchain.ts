import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { tool } from "@langchain/core/tools";
import { guardTools, writMiddleware } from "@writ/langchain";
import { createAgent, createMiddleware } from "langchain";
import { nextMessage } from "./langgraph.js";
import { identity, SCHEMA, TOOL, type FrameworkSubject, type RunAgent, type Work } from "./subject.js";

class ScriptedModel extends BaseChatModel {
  readonly #work: Work;

  constructor(work: Work) {
    super({});
    this.#work = work;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = nextMessage(messages.filter((one) => one.getType() === "ai").length, this.#work);
    return { generations: [{ text: message.text, message }] };
  }
}

const add = tool(async () => "added", { name: TOOL, description: "Adds.", schema: SCHEMA });

const idle = createMiddleware({
  name: "idle",
  wrapModelCall: (request, handler) => handler(request),
  wrapToolCall: (request, handler) => handler(request),
});

export const langchain: FrameworkSubject = {
  name: "LangChain, guardTools and writMiddleware",
  plain: (work) => run(createAgent({ model: new ScriptedModel(work), tools: [add] })),
  hooked: (work) => run(createAgent({ model: new ScriptedModel(work), tools: [add], middleware: [idle] })),
  guarded: (work, guard) =>
    run(
      createAgent({
        model: new ScriptedModel(work),
        tools: guardTools(guard, [add], { identity }),
        middleware: [writMiddleware(guard, { identity })],
      }),
    ),
};

interface Agent {
  invoke(
    input: { messages: { role: "user"; content: string }[] },
    config: { recursionLimit: number },
  ): Promise<unknown>;
}

function run(agent: Agent): RunAgent {
  return async () => {
    await agent.invoke({ messages: [{ role: "user", content: "go" }] }, { recursionLimit: 200 });
  };
}
