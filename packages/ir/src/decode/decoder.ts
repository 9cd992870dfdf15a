import { copyJson, type Bounds } from "../json.js";
import type { Json } from "../schema/json.js";
import { validator, type DecodeFault, type JsonSchemaDocument } from "./validator.js";

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: DecodeFault };

/** Bytes of the text of one document; a longer one is refused before it is parsed. */
const MAX_TEXT = 256 * 1024 * 1024;

/**
 * Makes the decoder of a format: of JSON text, UTF-8 bytes or a parsed value, by the JSON Schema, within bounds, and by what
 * no schema says (`further`).
 */
export function decoder<T>(
  format: string,
  schema: () => JsonSchemaDocument,
  bounds: Bounds,
  further?: (value: T) => DecodeFault | undefined,
): (input: unknown) => Decoded<T> {
  let check: ((value: Json) => DecodeFault | undefined) | undefined;
  const is = (value: Json): value is Json & T => {
    check ??= validator(schema());
    return check(value) === undefined;
  };
  return (input) => {
    const parsed = parse(input);
    if (!parsed.ok) return parsed;
    const copied = copyJson(parsed.value, bounds);
    if (!copied.ok)
      return { ok: false, fault: { ...copied.fault, path: copied.fault.path === "" ? "$" : copied.fault.path } };
    const value = copied.value;
    const found = formatOf(value);
    if (found !== format) {
      const said = found === undefined ? "has no format" : `has the format ${JSON.stringify(found)}`;
      return {
        ok: false,
        fault: {
          code: "unknown_format",
          path: "format",
          message: `the document ${said}; this version reads ${format}`,
        },
      };
    }
    if (is(value)) {
      const wrong = further?.(value);
      return wrong === undefined ? { ok: true, value } : { ok: false, fault: wrong };
    }
    return { ok: false, fault: check?.(value) ?? { code: "invalid", path: "$", message: "the document is not valid" } };
  };
}

function formatOf(value: Json): Json | undefined {
  return typeof value === "object" && value !== null && "format" in value && Object.hasOwn(value, "format")
    ? value.format
    : undefined;
}

function parse(input: unknown): Decoded<unknown> {
  if (typeof input !== "string" && !(input instanceof Uint8Array)) return { ok: true, value: input };
  if (input.length > MAX_TEXT) {
    return {
      ok: false,
      fault: { code: "too_large", path: "$", message: `the document is longer than ${MAX_TEXT} bytes` },
    };
  }
  try {
    const text = typeof input === "string" ? input : new TextDecoder("utf-8", { fatal: true }).decode(input);
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, fault: { code: "not_json", path: "$", message: "the document is not JSON in UTF-8" } };
  }
}
