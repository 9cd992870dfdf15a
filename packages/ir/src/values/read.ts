import type { Json } from "../schema/json.js";
import type { Field, Type } from "../schema/type.js";
import { readBytes } from "./bytes.js";
import { parseCommand } from "./command/command.js";
import { readDecimal } from "./decimal.js";
import { readEmail } from "./email.js";
import { readHost } from "./host.js";
import { readIp } from "./ip.js";
import { readMoney } from "./money.js";
import { readPath } from "./path.js";
import { parseSql } from "./sql/sql.js";
import { readId, readLine, readText } from "./text.js";
import { readDuration, readTime } from "./time.js";
import { readUrl } from "./url.js";
import { failed, Opaque, type Reading, type Value } from "./value.js";

/** The named records of a bundle. */
export type NamedTypes = ReadonlyMap<string, Type>;

const MAX_DEPTH = 64;

/**
 * Parses a JSON value as a type and makes it canonical (language.md section 2). What does not parse is a fault with
 * the place, never a guess; the fault does not repeat the value.
 */
export function readValue(type: Type, input: Json, types: NamedTypes, path = "", depth = 0): Reading {
  if (depth > MAX_DEPTH) return failed(path, "too_deep", "the value is nested too deeply");
  switch (type.kind) {
    case "Bool":
      return typeof input === "boolean"
        ? { ok: true, wire: input, value: input }
        : failed(path, "bool", "expected true or false");
    case "Int":
      return Number.isSafeInteger(input) && typeof input === "number"
        ? { ok: true, wire: input, value: input }
        : failed(path, "int", "expected a whole number");
    case "Decimal":
      return readDecimal(input, path);
    case "Money":
      return readMoney(input, path, type.currency);
    case "Json":
      return { ok: true, wire: input, value: new Opaque(input) };
    case "Duration":
      return readDuration(input, path);
    case "Time":
      return readTime(input, path);
    case "List":
      return readList(type.of, input, types, path, depth);
    case "Record":
      return readFields(type.fields, input, types, path, depth + 1);
    case "Named": {
      const named = types.get(type.name);
      return named === undefined
        ? failed(path, "type", `the type ${type.name} is not known`)
        : readValue(named, input, types, path, depth + 1);
    }
    case "Enum":
      if (typeof input === "string" && type.values.includes(input)) return { ok: true, wire: input, value: input };
      return failed(path, "enum", `expected one of ${type.values.map((value) => JSON.stringify(value)).join(", ")}`);
    case "Ref":
      return typeof input === "string" ? readId(input, path) : failed(path, "ref", "expected a text");
    case "Ip":
      return typeof input === "string" ? readIp(input, path) : failed(path, "ip", "expected a text");
    case "Command": {
      if (typeof input !== "string") return failed(path, "command", "expected a text");
      const read = parseCommand(input);
      return read.ok ? { ok: true, wire: input, value: read.command } : failed(path, read.code, read.message);
    }
    case "Sql": {
      if (typeof input !== "string") return failed(path, "sql", "expected a text");
      const read = parseSql(input);
      return read.ok ? { ok: true, wire: input, value: read.sql } : failed(path, read.code, read.message);
    }
    case "Text":
    case "Line":
    case "Id":
    case "Bytes":
    case "Path":
    case "Url":
    case "Host":
    case "Email":
      return typeof input === "string"
        ? readString(type, input, path)
        : failed(path, type.kind.toLowerCase(), "expected a text");
  }
}

type StringType = Extract<Type, { max?: number | undefined }> | { readonly kind: string };

function readString(type: StringType, input: string, path: string): Reading {
  const max = "max" in type ? type.max : undefined;
  if (!input.isWellFormed()) return failed(path, "text", "the text holds half a surrogate pair");
  switch (type.kind) {
    case "Text":
      return readText(input, path, max);
    case "Line":
      return readLine(input, path, max);
    case "Id":
      return readId(input, path);
    case "Bytes":
      return readBytes(input, path);
    case "Path":
      return readPath(input, path);
    case "Url":
      return readUrl(input, path);
    case "Host":
      return readHost(input, path);
    case "Email":
      return readEmail(input, path);
    default:
      return failed(path, "type", `the type ${type.kind} is not known`);
  }
}

function readList(of: Type, input: Json, types: NamedTypes, path: string, depth: number): Reading {
  if (!isJsonList(input)) return failed(path, "list", "expected a list");
  const wire: Json[] = [];
  const value: Value[] = [];
  for (const [i, item] of input.entries()) {
    const inner = readValue(of, item, types, `${path}[${i}]`, depth + 1);
    if (!inner.ok) return inner;
    wire.push(inner.wire);
    value.push(inner.value);
  }
  return { ok: true, wire, value };
}

/**
 * Reads a record by its fields: one that is not declared, or is required and missing, is a fault. A `null` where
 * the field is optional counts as not given. The wire form is an ordinary object; keys are data.
 */
export function readFields(fields: readonly Field[], input: Json, types: NamedTypes, path: string, depth = 0): Reading {
  if (typeof input !== "object" || input === null || isJsonList(input))
    return failed(path, "record", "expected an object");
  for (const key of Object.keys(input)) {
    if (!isDeclared(fields, key))
      return failed(join(path, key), "unknown_field", `\`${printable(key)}\` is not declared`);
  }
  const wire: Record<string, Json> = {};
  const value = new Map<string, Value>();
  for (const field of fields) {
    const at = join(path, field.name);
    const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined;
    if (given === undefined || (given === null && field.optional === true)) {
      if (field.optional !== true) return failed(at, "missing", `\`${field.name}\` is missing`);
      continue;
    }
    const inner = readValue(field.type, given, types, at, depth);
    if (!inner.ok) return inner;
    if (field.name === "__proto__")
      Object.defineProperty(wire, field.name, {
        value: inner.wire,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else wire[field.name] = inner.wire;
    value.set(field.name, inner.value);
  }
  return { ok: true, wire, value };
}

/** So many fields are compared one by one: making a set of their names takes longer. */
const FEW = 16;
const namesOf = new WeakMap<readonly Field[], ReadonlySet<string>>();

function isDeclared(fields: readonly Field[], key: string): boolean {
  if (fields.length <= FEW) {
    for (const { name } of fields) if (name === key) return true;
    return false;
  }
  let names = namesOf.get(fields);
  if (names === undefined) namesOf.set(fields, (names = new Set(fields.map(({ name }) => name))));
  return names.has(key);
}

function isJsonList(input: Json): input is readonly Json[] {
  return Array.isArray(input);
}

function join(path: string, key: string): string {
  return path === "" ? printable(key) : `${path}.${printable(key)}`;
}

const PLAIN = /^[ -~]*$/;

/** A key of the model's choosing, short and without characters that move a terminal or a reader. */
function printable(key: string): string {
  if (key.length <= 64 && PLAIN.test(key)) return key;
  const short = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  return short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
