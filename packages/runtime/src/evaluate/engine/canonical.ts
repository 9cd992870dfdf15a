import type { Json } from "@writ/ir";
import { CURRENCIES, Money, parseDecimal, type Value } from "@writ/ir/values";
import type { Frame } from "./frame.js";
import { READ_DECIMAL, READ_MONEY } from "./slots.js";

/** Arguments as the tool receives them and as rules see them. */
export interface Canonical {
  readonly wire: Json;
  readonly values: ReadonlyMap<string, Value>;
}

/** Puts together what was read argument by argument, as `readFields` gives it. */
export function canonicalOf(frame: Frame): Canonical {
  const wire: Record<string, Json> = {};
  const values = new Map<string, Value>();
  const { params } = frame.tool.tool;
  for (let i = 0; i < params.length; i += 1) {
    const name = params[i]?.name;
    const value = frame.slots[i];
    if (name === undefined || value === undefined) continue;
    const { json, canonical } = restored(frame, i, value);
    values.set(name, canonical);
    if (name === "__proto__")
      Object.defineProperty(wire, name, { value: json, enumerable: true, writable: true, configurable: true });
    else wire[name] = json;
  }
  return { wire, values };
}

function restored(frame: Frame, slot: number, value: Value): { readonly json: Json; readonly canonical: Value } {
  const reading = frame.readings[slot];
  if (reading?.ok === true) return { json: reading.wire, canonical: reading.value };
  const kind = frame.code.params.kinds[slot];
  if (typeof value === "number" && kind === READ_MONEY) {
    const currency = frame.units[slot] ?? "";
    const amount = value / 10 ** (CURRENCIES.get(currency) ?? 0);
    return {
      json: frame.bare[slot] === true ? amount : { amount, currency },
      canonical: new Money(BigInt(value), currency),
    };
  }
  const decimal = kind === READ_DECIMAL ? parseDecimal(JSON.stringify(value)) : undefined;
  if (decimal !== undefined && typeof value === "number") return { json: value, canonical: decimal };
  if (typeof value === "object" || kind === READ_DECIMAL)
    throw new TypeError("an argument was read without its wire form");
  return { json: value, canonical: value };
}
