import { SandboxError } from "../sandbox-error.js";

/** What a value may be. Counted in the encoder as in the decoder: neither end believes the other. */
export interface ValueBounds {
  readonly depth: number;
  readonly nodes: number;
  readonly text: number;
}

export const VALUE_BOUNDS: ValueBounds = { depth: 128, nodes: 200_000, text: 8 * 1024 * 1024 };

/**
 * Tagged JSON. JSON values stand for themselves, except that an object with exactly one key that begins with `$` is a
 * tag; such an object of the program is written under `$object`. Keys are data: `__proto__` is a key.
 *
 * | tag | stands for |
 * |---|---|
 * | `{"$bytes": base64}` | Uint8Array |
 * | `{"$date": milliseconds or null}` | Date |
 * | `{"$bigint": decimal}` | bigint |
 * | `{"$undefined": true}` | undefined |
 * | `{"$number": "NaN" \| "Infinity" \| "-Infinity" \| "-0"}` | numbers that JSON lacks |
 * | `{"$error": {name, message}}` | Error |
 * | `{"$object": {...}}` | an object whose one key begins with `$` |
 */
export function encodeValue(value: unknown, bounds: ValueBounds = VALUE_BOUNDS): unknown {
  return encode(value, 0, new Count(bounds));
}

/** What {@link encodeValue} wrote. Throws a {@link SandboxError} `bad_value` where it is not that, or too large. */
export function decodeValue(written: unknown, bounds: ValueBounds = VALUE_BOUNDS): unknown {
  return decode(written, 0, new Count(bounds));
}

class Count {
  #nodes = 0;
  #text = 0;
  readonly #bounds: ValueBounds;

  constructor(bounds: ValueBounds) {
    this.#bounds = bounds;
  }

  node(depth: number): void {
    this.#nodes += 1;
    if (depth > this.#bounds.depth) throw bad(`deeper than ${this.#bounds.depth} levels`);
    if (this.#nodes > this.#bounds.nodes) throw bad(`more than ${this.#bounds.nodes} values`);
  }

  text(text: string): string {
    this.#text += text.length;
    if (this.#text > this.#bounds.text) throw bad(`more than ${this.#bounds.text} characters of text`);
    return text;
  }
}

function encode(value: unknown, depth: number, count: Count): unknown {
  count.node(depth);
  switch (typeof value) {
    case "string":
      return count.text(value);
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { $bigint: count.text(value.toString()) };
    case "undefined":
      return { $undefined: true };
    case "object":
      if (value === null) return null;
      return encodeObject(value, depth, count);
    default:
      throw bad(`a ${typeof value} cannot be handed over`);
  }
}

function encodeObject(value: object, depth: number, count: Count): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => encode(item, depth + 1, count));
  if (value instanceof Uint8Array) return { $bytes: count.text(Buffer.from(value).toString("base64")) };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (value instanceof Error) {
    const name: unknown = value.name;
    const message: unknown = value.message;
    return { $error: { name: count.text(String(name)), message: count.text(String(message)) } };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw bad("only plain objects can be handed over");
  const written: Record<string, unknown> = {};
  const keys = Object.keys(value);
  for (const key of keys) define(written, count.text(key), encode(Reflect.get(value, key), depth + 1, count));
  return keys.length === 1 && keys[0]?.startsWith("$") === true ? { $object: written } : written;
}

function decode(written: unknown, depth: number, count: Count): unknown {
  count.node(depth);
  if (typeof written === "string") return count.text(written);
  if (written === null || typeof written === "boolean") return written;
  if (typeof written === "number") {
    if (!Number.isFinite(written)) throw bad("a number out of range");
    return written;
  }
  if (Array.isArray(written)) return written.map((item: unknown) => decode(item, depth + 1, count));
  if (typeof written !== "object") throw bad("no JSON");
  const keys = Object.keys(written);
  const [only] = keys;
  if (keys.length === 1 && only?.startsWith("$") === true)
    return decodeTag(only, Reflect.get(written, only), depth, count);
  return decodeMembers(written, depth, count);
}

function decodeMembers(written: object, depth: number, count: Count): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const key of Object.keys(written))
    define(value, count.text(key), decode(Reflect.get(written, key), depth + 1, count));
  return value;
}

function decodeTag(tag: string, content: unknown, depth: number, count: Count): unknown {
  switch (tag) {
    case "$bytes":
      return decodeBytes(content, count);
    case "$date":
      if (content === null) return new Date(Number.NaN);
      if (typeof content !== "number" || Math.abs(content) > 8.64e15) throw bad("a date that is none");
      return new Date(content);
    case "$bigint":
      if (typeof content !== "string" || !/^-?(0|[1-9][0-9]{0,9999})$/.test(content))
        throw bad("a bigint that is none");
      return BigInt(count.text(content));
    case "$undefined":
      return undefined;
    case "$number":
      if (content !== "NaN" && content !== "Infinity" && content !== "-Infinity" && content !== "-0")
        throw bad("a number that is none");
      return Number(content);
    case "$error":
      return decodeError(content, count);
    case "$object":
      if (typeof content !== "object" || content === null || Array.isArray(content))
        throw bad("an object that is none");
      return decodeMembers(content, depth, count);
    default:
      throw bad("an unknown tag");
  }
}

function decodeBytes(content: unknown, count: Count): Uint8Array {
  if (typeof content !== "string" || content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(count.text(content)))
    throw bad("bytes that are no base64");
  return new Uint8Array(Buffer.from(content, "base64"));
}

function decodeError(content: unknown, count: Count): Error {
  if (typeof content !== "object" || content === null) throw bad("an error that is none");
  const name: unknown = Reflect.get(content, "name");
  const message: unknown = Reflect.get(content, "message");
  if (typeof name !== "string" || typeof message !== "string") throw bad("an error that is none");
  const error = new Error(count.text(message));
  error.name = count.text(name);
  error.stack = ""; // what stands there by itself is of the host
  return error;
}

/** A key is data: `__proto__` becomes an own key and no prototype. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

function bad(why: string): SandboxError {
  return new SandboxError("bad_value", `a value of a sandbox cannot be taken: ${why}`);
}
