import type { Json } from "@writ/ir";
import type { HostPort } from "../port.js";

/** For hosts whose model reads a result as `JSON.stringify` writes it, and a text as it is. */
export const jsonResults: Required<Pick<HostPort, "content" | "withContent" | "save">> = {
  content: (result) => (isScalar(result) ? result : written(JSON.stringify(result))),
  withContent: (_result, content) => content,
  // What would not come back as it was (a Date, a class instance) is not kept, and a replay says so.
  save: (result) => (isScalar(result) ? result : written(JSON.stringify(result, onlyPlain))),
};

/** A result that was waited for: of a tool that streams its parts the last one, which is its result. */
export async function lastPart(result: unknown): Promise<unknown> {
  if (!isStream(result)) return result ?? null;
  let last: unknown = null;
  for await (const part of result) last = part;
  return last ?? null;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function onlyPlain(this: unknown, key: string, value: unknown): unknown {
  const made: unknown = typeof this === "object" && this !== null ? Reflect.get(this, key) : value;
  if (made !== value) throw new TypeError("the result writes itself otherwise than it is"); // `toJSON`
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw new TypeError("the result is not plain data");
  return value;
}

/** What is the same before it is written and after it is read. */
function isScalar(result: unknown): result is string | boolean | null {
  return typeof result === "string" || typeof result === "boolean" || result === null;
}

function written(text: string | undefined): Json {
  if (text === undefined) return null;
  const read: unknown = JSON.parse(text);
  return isJson(read) ? read : null;
}

/** What was read from JSON text is nothing else. */
function isJson(read: unknown): read is Json {
  return read !== undefined;
}
