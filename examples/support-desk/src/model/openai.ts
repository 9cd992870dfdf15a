import { SystemMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import type { Tools } from "../tools.js";
import type { Model } from "./model.js";

const DEFAULT_MODEL = "gpt-4.1-mini";

const SYSTEM = new SystemMessage(
  "You work at the support desk of Acme. Do what the case asks with your tools, one step at a time. " +
    "When a call is refused do not repeat it; go on with the rest. End with one sentence on what you did.",
);

/** A model behind OpenAI's interface, or one that speaks the same (`OPENAI_BASE_URL`). */
export function openai(key: string, tools: Tools): Model {
  const model = process.env["OPENAI_MODEL"] ?? DEFAULT_MODEL;
  const baseURL = process.env["OPENAI_BASE_URL"];
  const chat = new ChatOpenAI({
    apiKey: key,
    model,
    maxRetries: 2,
    ...(baseURL === undefined ? {} : { configuration: { baseURL } }),
  }).bindTools(tools);
  return {
    name: `${model}, with the key in OPENAI_API_KEY`,
    scripted: false,
    answer: (messages) => chat.invoke([SYSTEM, ...messages]),
  };
}
