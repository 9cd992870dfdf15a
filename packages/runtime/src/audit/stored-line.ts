import { canonicalize, copyJson, sha256Hex } from "@writ/ir";
import { leafHash, MAX_RECORD_BYTES, MAX_SEALED_CHARS } from "./encode-record.js";
import { isRecord } from "./record-fields.js";

/** The longest line: a hash, a space, a record, a tab, sealed arguments. */
export const MAX_LINE = 65 + MAX_RECORD_BYTES + 1 + MAX_SEALED_CHARS;

/** A stored record as JSON, not checked against its type. */
export type LooseRecord = Readonly<Record<string, unknown>>;

/**
 * What a line of the log is: `<leaf hash> <record>`, `<leaf hash> <record><tab><sealed arguments>`, or, where retention
 * deleted the record, `<leaf hash>` alone.
 */
export type StoredLine =
  | {
      readonly kind: "record";
      readonly hash: string;
      /** The record's stored bytes, as text. */
      readonly stored: string;
      readonly record: LooseRecord;
      /** Encrypted arguments, base 64. */
      readonly sealed: string | undefined;
      /** The record says that it has sealed arguments, and they are not there. */
      readonly unsealed: boolean;
    }
  | { readonly kind: "erased"; readonly hash: string }
  /** The bytes are not those that the hash was made of. */
  | { readonly kind: "edited"; readonly stated: string; readonly actual: string }
  /** The sealed arguments are not those that the record names. */
  | { readonly kind: "resealed" }
  | { readonly kind: "garbage" }
  /** A good hash over what is no canonical record. */
  | { readonly kind: "foreign" }
  | { readonly kind: "binary" };

const STORED_BOUNDS = { depth: 48, nodes: 200_000, bytes: 2 * MAX_RECORD_BYTES };
const HASH = /^[0-9a-f]{64}$/;
const HEAD = /^[0-9a-f]{64} \{/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one line without its newline; takes any bytes and never throws. */
export function readLine(bytes: Uint8Array, canonical: boolean): StoredLine {
  const whole = decode(bytes);
  if (whole === undefined) return { kind: "binary" };
  if (HASH.test(whole)) return { kind: "erased", hash: whole };
  if (!HEAD.test(whole)) return { kind: "garbage" };
  // Canonical JSON writes a tab as \t, so a raw one can only be the separator.
  const tab = whole.indexOf("\t");
  const hash = whole.slice(0, 64);
  const stored = tab < 0 ? whole.slice(65) : whole.slice(65, tab);
  const actual = leafHash(stored);
  if (actual !== hash) return { kind: "edited", stated: hash, actual };
  const record = parse(stored, canonical);
  if (record === undefined) return { kind: "foreign" };
  const sealed = tab < 0 ? undefined : whole.slice(tab + 1);
  const named = sealedDigest(record);
  if (sealed !== undefined && (named === undefined || sealedHash(sealed) !== named)) return { kind: "resealed" };
  return { kind: "record", hash, stored, record, sealed, unsealed: sealed === undefined && named !== undefined };
}

/** What a record says of its sealed arguments: the digest of the text that stands after it. */
export function sealedHash(sealed: string): string {
  return `sha256:${sha256Hex(sealed)}`;
}

function sealedDigest(record: LooseRecord): string | undefined {
  const { args } = record;
  const named = isRecord(args) && Object.hasOwn(args, "sealed") ? args["sealed"] : undefined;
  return typeof named === "string" ? named : undefined;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(stored: string, canonical: boolean): LooseRecord | undefined {
  try {
    const value: unknown = JSON.parse(stored);
    if (!isRecord(value)) return undefined;
    if (!canonical) return value;
    const copied = copyJson(value, STORED_BOUNDS);
    return copied.ok && canonicalize(copied.value) === stored ? value : undefined;
  } catch {
    return undefined;
  }
}
