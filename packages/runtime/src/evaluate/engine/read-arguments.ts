import type { Fault, Json } from "@writ/ir";
import { CURRENCIES, Money, plainMinor, readFields, readValue, type Value } from "@writ/ir/values";
import { holdsOfNumber } from "./column.js";
import type { Frame } from "./frame.js";
import { isPlain, quick } from "./quick.js";
import { READ_ANY, READ_INT, READ_MONEY } from "./slots.js";
import { holdsOfGiven } from "./sure.js";

/**
 * Reads the arguments of a call into the slots of a frame: what is canonical by its looks at once, anything else by the
 * reader of its type, and a call that is not as it should be once more as a whole, which says what is wrong with it. What
 * the rules ask of an argument is answered on the way where its column is sure.
 */
export function readArguments(frame: Frame, args: Json): Fault | undefined {
  return isRecord(args) && readEach(frame, args) ? undefined : readWhole(frame, args);
}

function readEach(frame: Frame, args: { readonly [key: string]: Json }): boolean {
  const { params, asked } = frame.code;
  const { readers, places, requiredCount } = params;
  const { slots } = frame;
  let { live } = frame;
  let answered = 0;
  let met = 0;
  let position = 0;
  // Somebody may have added to what all objects inherit: the long way takes only what is an object's own.
  if (!frame.clean) return false;
  for (const name in args) {
    let slot = position;
    let reader = readers[slot];
    if (reader?.name !== name) {
      slot = places.get(name) ?? -1;
      reader = readers[slot];
      if (reader === undefined) return false;
    }
    position += 1;
    const input = args[name];
    const { kind, required } = reader;
    const column = asked[slot];
    if (typeof input === "string") {
      if (column !== undefined) {
        const holds = holdsOfGiven(column, kind, reader.most, input);
        if (holds >= 0) {
          live &= holds | ~column.rules;
          answered |= column.sure;
          slots[slot] = input;
        } else if (!readOne(frame, slot, input)) return false;
      } else if (isPlain(kind, reader.most, input)) slots[slot] = input;
      else if (!readOne(frame, slot, input)) return false;
    } else if (typeof input === "number" && kind === READ_INT && Number.isSafeInteger(input)) {
      const whole = input + 0;
      slots[slot] = whole;
      if (column !== undefined) {
        live &= holdsOfNumber(column, whole) | ~column.rules;
        answered |= column.sure;
      }
    } else if (input === undefined || input === null) {
      if (input === null && required === 0) continue;
      return false;
    } else if (!readOne(frame, slot, input)) return false;
    met += required;
  }
  if (met !== requiredCount) return false;
  frame.live = live;
  frame.answered = answered;
  return true;
}

function readOne(frame: Frame, slot: number, input: Json): boolean {
  const { kinds, types } = frame.code.params;
  const kind = kinds[slot] ?? READ_ANY;
  const type = types[slot];
  if (type === undefined) return false;
  if (kind === READ_MONEY) return readMoney(frame, slot, input, type.kind === "Money" ? type.currency : undefined);
  const plain = quick(kind, type, input);
  if (plain !== undefined) {
    frame.slots[slot] = plain;
    return true;
  }
  const read = readValue(type, input, frame.program.types);
  if (!read.ok) return false;
  frame.readings[slot] = read;
  frame.slots[slot] = read.value;
  return true;
}

function isRecord(input: Json): input is { readonly [key: string]: Json } {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

/** An amount that is a number with no more decimals than its currency has. */
function readMoney(frame: Frame, slot: number, input: Json, declared: string | undefined): boolean {
  let amount: Json | undefined = input;
  let currency: Json | undefined = declared;
  const bare = typeof input === "number";
  if (isRecord(input)) {
    if (Object.keys(input).length !== 2) return false;
    if (!Object.hasOwn(input, "amount") || !Object.hasOwn(input, "currency")) return false;
    const { amount: given, currency: of } = input;
    [amount, currency] = [given, of];
  }
  if (typeof amount !== "number" || typeof currency !== "string") return false;
  if (declared !== undefined && currency !== declared) return false;
  const decimals = CURRENCIES.get(currency);
  const minor = decimals === undefined ? undefined : plainMinor(amount, decimals);
  if (minor === undefined) return false;
  frame.slots[slot] = minor;
  frame.units[slot] = currency;
  frame.bare[slot] = bare;
  return true;
}

/** The long way: all of it, by the declared fields. */
function readWhole(frame: Frame, args: Json): Fault | undefined {
  const { params } = frame.tool.tool;
  const read = readFields(params, args, frame.program.types, "");
  if (!read.ok) return read.fault;
  frame.readings.length = 0;
  const values: ReadonlyMap<string, Value> = read.value instanceof Map ? read.value : new Map<string, Value>();
  for (const [slot, { name }] of params.entries()) {
    const value = values.get(name);
    const money = value instanceof Money;
    frame.slots[slot] = money ? Number(value.minor) : value;
    if (money) frame.units[slot] = value.currency;
  }
  frame.whole = { wire: read.wire, values };
  return undefined;
}
