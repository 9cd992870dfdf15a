import type { Json } from "@writ/ir";
import { Refusal } from "./refusal.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes as the runtime has them: text where they are UTF-8, so that rules about results and detectors read it; else
 * `{ "$bytes": base64 }`.
 */
export function contentOf(bytes: Uint8Array): Json {
  try {
    return utf8.decode(bytes);
  } catch {
    return { $bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
  }
}

/** The bytes of what {@link contentOf} gave, after the runtime may have redacted it. */
export function bytesOf(content: Json | undefined): Uint8Array {
  if (typeof content === "string") return new Uint8Array(Buffer.from(content, "utf8"));
  const held = memberOf(content, "$bytes");
  if (typeof held !== "string") throw new Refusal("the result was withheld");
  return new Uint8Array(Buffer.from(held, "base64"));
}

/** An own member of a record; undefined where it has none, or is no record. */
export function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || isList(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
