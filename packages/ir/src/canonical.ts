import type { Json } from "./schema/json.js";

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers and texts as ECMAScript writes them,
 * no white space. Equal values give equal texts on every machine. The value must be plain JSON, as
 * {@link copyJson} returns it; a number that is not finite is misuse and throws a `RangeError`.
 */
export function canonicalize(value: Json): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError("canonicalize: a number that is not finite is not JSON");
    return JSON.stringify(value);
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) {
    let out = "[";
    for (let i = 0; i < value.length; i += 1) {
      if (i > 0) out += ",";
      out += canonicalize(value[i] ?? null);
    }
    return `${out}]`;
  }
  let out = "{";
  for (const key of Object.keys(value).toSorted()) {
    const inner = value[key];
    if (inner === undefined) continue;
    if (out.length > 1) out += ",";
    out += `${JSON.stringify(key)}:${canonicalize(inner)}`;
  }
  return `${out}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

const encoder = new TextEncoder();

/** The canonical text as UTF-8 bytes, which is what digests and signatures cover. */
export function canonicalBytes(value: Json): Uint8Array {
  return encoder.encode(canonicalize(value));
}
