import { isBaseMessage, mapStoredMessagesToChatMessages, type StoredMessage } from "@langchain/core/messages";
import { Command, isCommand, Send } from "@langchain/langgraph";
import type { Json } from "@writ/runtime";

/** Marks what is not plain JSON; an object that has this key by itself is marked too, so that none can pose as another. */
const TAG = "writ.kind";

/**
 * A tool's output as JSON for the journal: messages, commands and `Send` by a tag, the rest as it is. Throws on what
 * JSON cannot hold (a class instance, a function); the runtime then keeps no result, and a replay says so.
 */
export function saveResult(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number")
    return value;
  if (Array.isArray(value)) return value.map((item) => saveResult(item));
  if (isBaseMessage(value)) return tagged("message", savePlain(value.toDict()));
  if (isCommand(value)) {
    const { graph, update, goto, resume } = value;
    return tagged("command", savePlain({ graph, update, goto, resume }));
  }
  if (value instanceof Send) return tagged("send", savePlain(value.toJSON()));
  if (!isPlain(value)) throw new TypeError("the result is not plain data");
  const plain = savePlain(value);
  return Object.hasOwn(value, TAG) ? tagged("object", plain) : plain;
}

/** What {@link saveResult} was given. Anything it did not make comes back as plain data. */
export function restoreResult(saved: Json): unknown {
  if (saved === null || typeof saved !== "object") return saved;
  if (isList(saved)) return saved.map((item) => restoreResult(item));
  if (!Object.hasOwn(saved, TAG)) return restorePlain(saved);
  const inner = saved["value"];
  const value = isObject(inner) ? restorePlain(inner) : {};
  switch (saved[TAG]) {
    case "message":
      return isStored(value) ? mapStoredMessagesToChatMessages([value])[0] : value;
    case "command":
      return new Command(value);
    case "send":
      return new Send(String(value["node"]), value["args"]);
    default:
      return value;
  }
}

type Plain = { readonly [key: string]: unknown };

function tagged(kind: string, value: Json): Json {
  return { [TAG]: kind, value };
}

function savePlain(value: object): Json {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, saveResult(item)]));
}

function restorePlain(value: { readonly [key: string]: Json }): Plain {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restoreResult(item)]));
}

function isPlain(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isStored(value: Plain): value is Plain & StoredMessage {
  return typeof value["type"] === "string" && typeof value["data"] === "object";
}
