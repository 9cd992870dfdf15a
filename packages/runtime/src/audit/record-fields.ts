import { canonicalize, copyJson, type Bounds, type Json } from "@writ/ir";

/** A value that no record may hold; `path` says where. */
export class RecordFault extends Error {
  constructor(path: string, message: string) {
    super(path === "" ? message : `${path}: ${message}`);
    this.name = "RecordFault";
  }
}

/** Checks a value and gives its canonical JSON in one pass: each value is read once, so what is checked is what is stored. */
export type Encode = (value: unknown, path: string) => string;

/** One member of an object, with its key already written. */
export interface Field {
  readonly key: string;
  readonly prefix: string;
  readonly encode: Encode;
  readonly optional: boolean;
}

/** Printable ASCII that JSON needs not escape: nearly every text, and several times faster this way. */
const PLAIN = /^[ !#-[\]-~]*$/;

const FREE_JSON: Bounds = { depth: 40, nodes: 50_000, bytes: 256 * 1024 };

/**
 * A text of `min` to `max` UTF-16 units. Half a surrogate pair, which a model may well write into a name, becomes
 * U+FFFD: a refusal that cannot be recorded would be worse than one recorded with a repaired name.
 */
export function text(min: number, max: number): Encode {
  return (value, path) => {
    if (typeof value !== "string") throw new RecordFault(path, `must be a text, not ${kindOf(value)}`);
    if (value.length < min) throw new RecordFault(path, "must not be empty");
    if (value.length > max) throw new RecordFault(path, `is ${value.length} characters long; ${max} are allowed`);
    return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value.toWellFormed());
  };
}

/** One of the given texts. */
export function choice(...allowed: readonly string[]): Encode {
  const encoded = new Map(allowed.map((one) => [one, JSON.stringify(one)]));
  return (value, path) => {
    const found = typeof value === "string" ? encoded.get(value) : undefined;
    if (found === undefined) throw new RecordFault(path, `must be one of ${allowed.join(", ")}`);
    return found;
  };
}

/** An integer from 0 that a double holds exactly. */
export const integer: Encode = (value, path) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new RecordFault(path, "must be an integer from 0");
  }
  return value === 0 ? "0" : JSON.stringify(value);
};

/** A finite number from 0. */
export const duration: Encode = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new RecordFault(path, "must be a number from 0");
  }
  return value === 0 ? "0" : JSON.stringify(value);
};

function plain(value: unknown, path: string): Json {
  const copied = copyJson(value, FREE_JSON);
  if (copied.ok) return copied.value;
  throw new RecordFault([path, copied.fault.path].filter((part) => part !== "").join("."), copied.fault.message);
}

/** Any JSON value. */
export const json: Encode = (value, path) => canonicalize(plain(value, path));

/** Any JSON object. */
export const jsonObject: Encode = (value, path) => {
  const copied = plain(value, path);
  if (typeof copied !== "object" || copied === null || Array.isArray(copied)) {
    throw new RecordFault(path, `must be an object, not ${kindOf(value)}`);
  }
  return canonicalize(copied);
};

/** A list of at most `max` values of one kind. */
export function list(element: Encode, max: number): Encode {
  return (value, path) => {
    if (!Array.isArray(value)) throw new RecordFault(path, `must be a list, not ${kindOf(value)}`);
    const length = value.length;
    if (length > max) throw new RecordFault(path, `has ${length} elements; ${max} are allowed`);
    let out = "[";
    for (let i = 0; i < length; i += 1) {
      if (i > 0) out += ",";
      out += element(value[i], `${path}[${i}]`);
    }
    return `${out}]`;
  };
}

/** An object of exactly these members. */
export function object(required: Record<string, Encode>, optional: Record<string, Encode> = {}): Encode {
  const table = fields(required, optional);
  return (value, path) => {
    const source = asObject(value, path);
    const counted = { members: 0 };
    const out = members(table, source, path, counted);
    refuseUnknown([table], source, path, counted.members);
    return `{${out}}`;
  };
}

/** Members in canonical order (RFC 8785: by UTF-16 code units). */
export function fields(required: Record<string, Encode>, optional: Record<string, Encode>): readonly Field[] {
  const make = (encode: Encode, key: string, isOptional: boolean): Field => ({
    key,
    prefix: `${JSON.stringify(key)}:`,
    encode,
    optional: isOptional,
  });
  return [
    ...Object.entries(required).map(([key, encode]) => make(encode, key, false)),
    ...Object.entries(optional).map(([key, encode]) => make(encode, key, true)),
  ].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** The members that `table` names, joined by commas; how many there were is added to `counted`. */
export function members(
  table: readonly Field[],
  source: Record<string, unknown>,
  path: string,
  counted: { members: number },
): string {
  let out = "";
  for (const field of table) {
    const at = path === "" ? field.key : `${path}.${field.key}`;
    // Inherited members are none of the record's: a polluted Object.prototype must not get into a log.
    const present = Object.hasOwn(source, field.key);
    const value = present ? source[field.key] : undefined;
    if (present) counted.members += 1;
    if (value === undefined) {
      if (!field.optional) throw new RecordFault(at, "is missing");
      continue;
    }
    if (out !== "") out += ",";
    out += field.prefix + field.encode(value, at);
  }
  return out;
}

/** Refuses a member that no table names. */
export function refuseUnknown(
  tables: readonly (readonly Field[])[],
  source: Record<string, unknown>,
  path: string,
  known: number,
): void {
  const keys = Object.keys(source);
  if (keys.length === known) return;
  const extra = keys.find((key) => !tables.some((table) => table.some((field) => field.key === key)));
  throw new RecordFault(path, `has an unknown member ${JSON.stringify((extra ?? "").slice(0, 60))}`);
}

export function asObject(value: unknown, path: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new RecordFault(path, `must be an object, not ${kindOf(value)}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
