import type { Json } from "../schema/json.js";
import type { Command } from "./command/command.js";
import type { Sql } from "./sql/sql.js";

/**
 * An exact decimal: `digits * 10 ** -scale`, the scale as small as it can be. Never a float: 0.1 + 0.2 is 0.3.
 */
export class Decimal {
  readonly digits: bigint;
  readonly scale: number;

  constructor(digits: bigint, scale: number) {
    while (scale > 0 && digits % 10n === 0n) {
      digits /= 10n;
      scale -= 1;
    }
    this.digits = digits;
    this.scale = scale;
  }

  /** The plain notation, without exponent: `-12.5`. */
  toString(): string {
    const negative = this.digits < 0n;
    const text = (negative ? -this.digits : this.digits).toString().padStart(this.scale + 1, "0");
    const whole = this.scale === 0 ? text : `${text.slice(0, -this.scale)}.${text.slice(-this.scale)}`;
    return negative ? `-${whole}` : whole;
  }
}

/** An amount of one currency in its minor units (cents, yen, fils); never negative in a call. */
export class Money {
  readonly minor: bigint;
  readonly currency: string;

  constructor(minor: bigint, currency: string) {
    this.minor = minor;
    this.currency = currency;
  }
}

/** Any JSON: it can be handed on and measured, but no rule looks inside. */
export class Opaque {
  readonly json: Json;

  constructor(json: Json) {
    this.json = json;
  }
}

/**
 * A word of a parsed text that may mean more than it says: a program (`npm` may be `/usr/bin/npm`), a table (`orders`
 * may be `public.orders`). It is read as text; compared with one that may mean the same, it is unknown.
 */
export class Word {
  readonly text: string;
  readonly kind: "program" | "table";

  constructor(text: string, kind: Word["kind"]) {
    this.text = text;
    this.kind = kind;
  }
}

/**
 * A canonical value as the evaluator holds it. Texts of every kind, bytes (base64) and enum members are
 * strings; `Int` is a safe integer, `Duration` milliseconds, `Time` milliseconds since 1970 (UTC); a record is a map.
 */
export type Value =
  | boolean
  | number
  | string
  | Decimal
  | Money
  | Opaque
  | Command
  | Sql
  | Word
  | readonly Value[]
  | ReadonlyMap<string, Value>;

export function isListValue(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Why a value does not fit its type: where (`to[0]`), a code, and a sentence that names no other data. */
export interface ValueFault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** `wire` is the canonical JSON that the tool receives and digests cover; `value` is what rules see: the same thing. */
export type Reading =
  | { readonly ok: true; readonly wire: Json; readonly value: Value }
  | { readonly ok: false; readonly fault: ValueFault };

export function failed(path: string, code: string, message: string): Reading {
  return { ok: false, fault: { path, code, message } };
}

/** A reading whose wire form is its value: every text. */
export function same(value: string): Reading {
  return { ok: true, wire: value, value };
}
