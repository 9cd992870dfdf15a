import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { Command, MemorySaver } from "@langchain/langgraph";
import { assertGuarded, guardTools, writMiddleware } from "@writ/langchain";
import type { Guard } from "@writ/runtime";
import { createAgent } from "langchain";
import { workspaceTools } from "./workspace.js";

/** Who is signed in, as the host's own authentication proved it. */
export interface Person {
  readonly id: string;
  readonly groups: readonly string[];
}

/** A coding agent for one person. */
export class Coder {
  readonly #agent;
  readonly #config = { configurable: { thread_id: "task-1" } };

  constructor(guard: Guard, model: BaseChatModel, root: string, user: Person) {
    const who = { identity: () => ({ user: { ...user, groups: [...user.groups] }, agent: { id: "coder" } }) };
    this.#agent = createAgent({
      model,
      tools: guardTools(guard, workspaceTools(root), who),
      middleware: [writMiddleware(guard, who)],
      checkpointer: new MemorySaver(),
    });
    assertGuarded(this.#agent, guard);
  }

  /** Works until it is done or waits for somebody. */
  async work(task: string): Promise<readonly BaseMessage[]> {
    return (await this.#agent.invoke({ messages: [{ role: "user", content: task }] }, this.#config)).messages;
  }

  /** Goes on after somebody agreed or refused. What it is woken with decides nothing. */
  async wake(): Promise<readonly BaseMessage[]> {
    return (await this.#agent.invoke(new Command({ resume: true }), this.#config)).messages;
  }
}
