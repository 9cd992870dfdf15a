import { canonicalize, copyJson, type Bounds, type Json } from "@writ/ir";

/** A value that no record may hold. Its place is put together on the way out, so that good values cost no paths. */
export class RecordFault extends Error {
  #path: string;
  readonly #why: string;

  constructor(path: string, why: string) {
    super(why);
    this.name = "RecordFault";
    this.#path = path;
    this.#why = why;
  }

  /** The same fault, inside a member or an element. */
  within(key: string): this {
    this.#path = this.#path === "" || this.#path.startsWith("[") ? `${key}${this.#path}` : `${key}.${this.#path}`;
    this.message = `${this.#path}: ${this.#why}`;
    return this;
  }
}

/** Checks a value and gives its canonical JSON in one pass: each value is read once, so what is checked is what is stored. */
export type Encode = (value: unknown) => string;

/** One member of an object, with its key already written. */
export interface Field {
  readonly key: string;
  readonly prefix: string;
  readonly encode: Encode;
  readonly optional: boolean;
  /** What it was the last time, where that was a short text: sessions, tools and digests come again and again. */
  seen: { readonly value: unknown; readonly text: string };
}

const MAX_SEEN = 128;
/** No value of a record is this. */
const NEVER = { value: Symbol("never"), text: "" };

/** Printable ASCII that JSON needs not escape: nearly every text, and several times faster this way. */
const PLAIN = /^[ !#-[\]-~]*$/;

const FREE_JSON: Bounds = { depth: 40, nodes: 50_000, bytes: 256 * 1024 };

/**
 * A text of `min` to `max` UTF-16 units. Half a surrogate pair, which a model may well write into a name, becomes
 * U+FFFD: a refusal that cannot be recorded would be worse than one recorded with a repaired name.
 */
export function text(min: number, max: number): Encode {
  return (value) => {
    if (typeof value !== "string") throw new RecordFault("", `must be a text, not ${kindOf(value)}`);
    if (value.length < min) throw new RecordFault("", "must not be empty");
    if (value.length > max) throw new RecordFault("", `is ${value.length} characters long; ${max} are allowed`);
    return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value.toWellFormed());
  };
}

/** One of the given texts. */
export function choice(...allowed: readonly string[]): Encode {
  const encoded = new Map(allowed.map((one) => [one, JSON.stringify(one)]));
  return (value) => {
    const found = typeof value === "string" ? encoded.get(value) : undefined;
    if (found === undefined) throw new RecordFault("", `must be one of ${allowed.join(", ")}`);
    return found;
  };
}

/** An integer from 0 that a double holds exactly. */
export const integer: Encode = (value) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new RecordFault("", "must be an integer from 0");
  }
  return String(value); // -0 is written 0
};

/** A finite number from 0. */
export const duration: Encode = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new RecordFault("", "must be a number from 0");
  }
  return String(value); // -0 is written 0
};

function plain(value: unknown): Json {
  const copied = copyJson(value, FREE_JSON);
  if (copied.ok) return copied.value;
  throw new RecordFault(copied.fault.path, copied.fault.message);
}

/** Any JSON value. */
export const json: Encode = (value) => canonicalize(plain(value));

/** Any JSON object. */
export const jsonObject: Encode = (value) => {
  const copied = plain(value);
  if (typeof copied !== "object" || copied === null || Array.isArray(copied)) {
    throw new RecordFault("", `must be an object, not ${kindOf(value)}`);
  }
  return canonicalize(copied);
};

/** A list of at most `max` values of one kind. */
export function list(element: Encode, max: number): Encode {
  return (value) => {
    if (!Array.isArray(value)) throw new RecordFault("", `must be a list, not ${kindOf(value)}`);
    const length = value.length;
    if (length > max) throw new RecordFault("", `has ${length} elements; ${max} are allowed`);
    let out = "[";
    for (let i = 0; i < length; i += 1) {
      if (i > 0) out += ",";
      try {
        out += element(value[i]);
      } catch (error) {
        throw error instanceof RecordFault ? error.within(`[${i}]`) : error;
      }
    }
    return `${out}]`;
  };
}

/** An object of exactly these members. */
export function object(required: Record<string, Encode>, optional: Record<string, Encode> = {}): Encode {
  const table = fields(required, optional);
  return (value) => {
    const source = asObject(value);
    const counted = { members: 0 };
    const out = members(table, source, counted);
    refuseUnknown([table], source, counted.members);
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
    seen: NEVER,
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
  counted: { members: number },
): string {
  let out = "";
  for (const field of table) {
    // Inherited members are none of the record's: a polluted Object.prototype must not get into a log.
    const present = Object.hasOwn(source, field.key);
    const value = present ? source[field.key] : undefined;
    if (present) counted.members += 1;
    if (value === undefined) {
      if (!field.optional) throw new RecordFault("", "is missing").within(field.key);
      continue;
    }
    if (out !== "") out += ",";
    if (value === field.seen.value) {
      out += field.seen.text;
      continue;
    }
    try {
      const member = field.prefix + field.encode(value);
      out += member;
      if (typeof value === "string" && value.length <= MAX_SEEN) field.seen = { value, text: member };
    } catch (error) {
      throw error instanceof RecordFault ? error.within(field.key) : error;
    }
  }
  return out;
}

/** Refuses a member that no table names. */
export function refuseUnknown(
  tables: readonly (readonly Field[])[],
  source: Record<string, unknown>,
  known: number,
): void {
  const keys = Object.keys(source);
  if (keys.length === known) return;
  const extra = keys.find((key) => !tables.some((table) => table.some((field) => field.key === key)));
  throw new RecordFault("", `has an unknown member ${JSON.stringify((extra ?? "").slice(0, 60))}`);
}

export function asObject(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new RecordFault("", `must be an object, not ${kindOf(value)}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
