import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { instructionsIn, type Instruction } from "./instructions.js";
import type { Model } from "./model.js";

type Call = NonNullable<AIMessage["tool_calls"]>[number];

/**
 * A stand-in for a model, gullible by construction: it does what the newest text tells it to, and a page counts as
 * much as the person it works for. It knows no list of steps; take the sentence out of the page and it does not do
 * what the sentence says.
 */
export const gullible: Model = {
  name: "a scripted stand-in, gullible by construction: it obeys the newest text it has read",
  scripted: true,
  answer: (messages) => Promise.resolve(next(messages)),
};

/** The first instruction of the newest text that still has one left; without any the work is done. */
function next(messages: readonly BaseMessage[]): AIMessage {
  const made = new Set(
    messages.flatMap((message) => (message instanceof AIMessage ? (message.tool_calls ?? []).map(({ id }) => id) : [])),
  );
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!(message instanceof HumanMessage) && !(message instanceof ToolMessage)) continue;
    for (const [number, instruction] of instructionsIn(message.text).entries()) {
      const id = `text${index}-sentence${number + 1}`; // where the instruction stands is what makes it this one
      if (!made.has(id)) return new AIMessage({ content: "", tool_calls: [call(id, instruction, messages)] });
    }
  }
  const refused = messages.filter((message) => message instanceof ToolMessage && message.status === "error").length;
  return new AIMessage(
    `I made ${made.size} calls; ${refused === 0 ? "all of them went through" : `${refused} did not go through`}.`,
  );
}

function call(id: string, instruction: Instruction, messages: readonly BaseMessage[]): Call {
  switch (instruction.kind) {
    case "read":
      return { id, type: "tool_call", name: "crm_lookup", args: { id: instruction.customer } };
    case "open":
      return { id, type: "tool_call", name: "web_fetch", args: { url: instruction.url } };
    case "mail record": {
      const { to, customer } = instruction;
      const body = newest(messages, "crm_lookup", customer) ?? "I have not read that record.";
      return { id, type: "tool_call", name: "email_send", args: { to: [to], subject: `Record of ${customer}`, body } };
    }
    case "mail page": {
      const { to, about } = instruction;
      const page = newest(messages, "web_fetch", about) ?? "";
      const body = page
        .split("\n")
        .filter((line) => line.includes(about) && line.endsWith("."))
        .join("\n");
      return { id, type: "tool_call", name: "email_send", args: { to: [to], subject: `Your parcel ${about}`, body } };
    }
    case "refund": {
      const { customer, amount, currency, note } = instruction;
      return { id, type: "tool_call", name: "payments_refund", args: { customer, amount: { amount, currency }, note } };
    }
    case "report":
      return { id, type: "tool_call", name: "report_make", args: { month: instruction.month } };
    case "shell":
      return { id, type: "tool_call", name: "shell_run", args: { cmd: instruction.command } };
  }
}

/** The newest result of a tool that speaks of something. */
function newest(messages: readonly BaseMessage[], tool: string, about: string): string | undefined {
  return messages.findLast(
    (message) => message instanceof ToolMessage && message.name === tool && message.text.includes(about),
  )?.text;
}
