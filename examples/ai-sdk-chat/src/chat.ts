import { assertGuarded, guardApproval, guardTools, offeredTools } from "@writ/ai-sdk";
import type { Guard } from "@writ/runtime";
import {
  convertToModelMessages,
  isStepCount,
  readUIMessageStream,
  streamText,
  toUIMessageStream,
  type LanguageModel,
  type UIMessage,
} from "ai";
import type { Desk } from "./desk.js";

export interface Person {
  readonly id: string;
  readonly groups: readonly string[];
}

/** The chats of the people who are signed in. Histories are kept here: no client can write what was said before. */
export class Chats {
  readonly #guard: Guard;
  readonly #desk: Desk;
  readonly #model: LanguageModel;
  readonly #messages = new Map<string, UIMessage[]>();

  constructor(guard: Guard, desk: Desk, model: LanguageModel) {
    this.#guard = guard;
    this.#desk = desk;
    this.#model = model;
  }

  messages(person: Person): UIMessage[] {
    const known = this.#messages.get(person.id) ?? [];
    this.#messages.set(person.id, known);
    return known;
  }

  async say(person: Person, text: string): Promise<void> {
    this.messages(person).push({ id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] });
    await this.#answer(person);
  }

  /** Goes on with what waits. It is only woken: the guard looks up whether somebody agreed. */
  async wake(person: Person): Promise<void> {
    const last = this.messages(person).at(-1);
    if (last?.role !== "assistant") return;
    let woken = false;
    for (const part of last.parts)
      if ("state" in part && part.state === "approval-requested") {
        Object.assign(part, { state: "approval-responded", approval: { ...part.approval, approved: true } });
        woken = true;
      }
    if (woken) await this.#answer(person);
  }

  async #answer(person: Person): Promise<void> {
    const messages = this.messages(person);
    const session = await this.#guard.session({
      user: { id: person.id, groups: [...person.groups] },
      agent: { id: "shop-chat" },
      thread: `chat of ${person.id}`,
    });
    const tools = guardTools(session, this.#desk.tools());
    assertGuarded({ tools });
    const { stream } = streamText({
      model: this.#model,
      tools,
      activeTools: await offeredTools(session, tools),
      toolApproval: guardApproval(session),
      messages: await convertToModelMessages(messages),
      stopWhen: isStepCount(5),
    });
    const last = messages.at(-1);
    const begun = last?.role === "assistant" ? { message: structuredClone(last) } : {};
    const made = readUIMessageStream({ stream: toUIMessageStream({ stream, originalMessages: messages }), ...begun });
    let answer: UIMessage | undefined;
    for await (const so of made) answer = so;
    if (answer === undefined) return;
    if (last?.role === "assistant") messages.pop();
    messages.push(answer);
  }
}
