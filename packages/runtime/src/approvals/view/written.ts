import { canonicalize, printExpression, type Json, type Type } from "@writ/ir";
import { isPlain, quote, shorten, visible } from "./visible.js";

/** A list whose text is longer says how many it holds. */
const LONG = 200;

/** A value in words. */
export interface Written {
  readonly text: string;
  readonly quoted: boolean;
}

/** Kinds whose texts are names, and stand as they are while they look like one. */
const NAMES: ReadonlySet<Type["kind"]> = new Set([
  "Id",
  "Path",
  "Url",
  "Host",
  "Ip",
  "Email",
  "Ref",
  "Enum",
  "Decimal",
  "Duration",
  "Time",
]);

/** A canonical value as a person sees it. Whatever could be taken for something else is quoted. */
export function written(type: Type, value: Json): Written {
  if (type.kind === "Money") {
    const text = printExpression({ op: "literal", type, value, at: [0, 0, 0, 1, 1] });
    return { text: visible(text), quoted: false };
  }
  if (typeof value === "number" || typeof value === "boolean") return { text: String(value), quoted: false };
  if (typeof value !== "string") {
    const text = canonicalize(value);
    const items = Array.isArray(value) && text.length > LONG ? ` (${value.length} items)` : "";
    return { text: `${shorten(text)}${items}`, quoted: true };
  }
  const name = NAMES.has(type.kind) && isPlain(value) && value.length <= 500;
  return name ? { text: value, quoted: false } : { text: quote(value), quoted: true };
}
