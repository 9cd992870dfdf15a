import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { createAgent, MAX_STEPS } from "../agent.js";
import type { Model } from "../model/model.js";
import type { Screen } from "../print.js";
import { namesStranger, shortCall } from "../short.js";
import { TASK } from "../task.js";
import type { Tools } from "../tools.js";

/** The agent as LangGraph has it: what the model calls is run. */
export async function runUnguarded(model: Model, tools: Tools, screen: Screen): Promise<void> {
  const agent = createAgent(model, new ToolNode(tools));
  const from = performance.now();
  const called = new Map<string, { readonly name: string; readonly args: unknown }>();
  const config = {
    configurable: { thread_id: "unguarded" },
    recursionLimit: MAX_STEPS,
    streamMode: "updates" as const,
  };

  for await (const update of await agent.stream({ messages: [new HumanMessage(TASK)] }, config)) {
    for (const message of [...messagesOf(update.model), ...messagesOf(update.tools)]) {
      if (message instanceof AIMessage) {
        for (const { id = "", name, args } of message.tool_calls ?? []) called.set(id, { name, args });
        if ((message.tool_calls ?? []).length === 0) screen.field("agent", message.text);
      }
      if (message instanceof ToolMessage) {
        const { name, args } = called.get(message.tool_call_id) ?? { name: message.name ?? "?", args: {} };
        const failed = message.status === "error";
        const attack = namesStranger(args);
        screen.step({
          seconds: (performance.now() - from) / 1000,
          tone: attack ? "alarm" : "plain",
          call: shortCall(name, args),
          word: failed ? "failed" : "ran",
          why: failed ? message.text.slice(0, 200) : attack ? "on the word of the page" : "",
        });
      }
    }
  }
}

function messagesOf(update: unknown): readonly unknown[] {
  const messages: unknown =
    typeof update === "object" && update !== null && "messages" in update ? update.messages : [];
  return Array.isArray(messages) ? messages : [];
}
