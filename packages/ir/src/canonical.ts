import type { Json } from "./schema/json.js";

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers and texts as ECMAScript writes them,
 * no white space. Equal values give equal texts on every machine. The value must be plain JSON, as
 * {@link copyJson} returns it; a number that is not finite is misuse and throws a `RangeError`.
 */
export function canonicalize(value: Json): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      if (!Number.isFinite(value)) throw new RangeError("canonicalize: a number that is not finite is not JSON");
      return String(value); // as ECMAScript writes it, which is what the RFC asks for
    case "boolean":
      return value ? "true" : "false";
    default:
      if (value === null) return "null";
      return isList(value) ? list(value) : object(value);
  }
}

function list(values: readonly Json[]): string {
  let out = "[";
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) out += ",";
    out += canonicalize(values[i] ?? null);
  }
  return `${out}]`;
}

function object(value: { readonly [key: string]: Json }): string {
  const keys = Object.keys(value);
  if (!isSorted(keys)) sort(keys);
  let out = "{";
  for (const key of keys) {
    const inner = value[key];
    if (inner === undefined) continue;
    if (out.length > 1) out += ",";
    out += quotedKey(key) + canonicalize(inner);
  }
  return `${out}}`;
}

/** Most objects are written in order already, and sorting costs more than looking. */
function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i += 1) if ((keys[i - 1] ?? "") > (keys[i] ?? "")) return false;
  return true;
}

/** Keys come again and again, and to look one up takes a fraction of looking at its characters. */
const quoted = new Map<string, string>();
const MAX_QUOTED = 512;
const MAX_KEY = 64;

function quotedKey(key: string): string {
  let known = quoted.get(key);
  if (known === undefined) {
    known = `${quote(key)}:`;
    if (quoted.size < MAX_QUOTED && key.length <= MAX_KEY) quoted.set(key, known);
  }
  return known;
}

const FEW = 16;

/** By UTF-16 code units, in place. The engine's own sort copies the list out and back, which takes longest where it is short. */
function sort(keys: string[]): void {
  if (keys.length > FEW) {
    keys.sort();
    return;
  }
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] ?? "";
    let at = i;
    for (let before = keys[at - 1] ?? ""; at > 0 && before > key; before = keys[at - 1] ?? "") {
      keys[at] = before;
      at -= 1;
    }
    keys[at] = key;
  }
}

/** Printable ASCII that JSON need not escape: nearly every text, and several times faster this way. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

const encoder = new TextEncoder();

/** The canonical text as UTF-8 bytes, which is what digests and signatures cover. */
export function canonicalBytes(value: Json): Uint8Array {
  return encoder.encode(canonicalize(value));
}
