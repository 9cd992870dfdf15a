import type { Json } from "@writ/ir";
import type { Arguments } from "./arguments.js";
import { Fault } from "./fault.js";

/** A JSON object that was given as an option; `{}` where it was not. Throws a {@link Fault} for anything else. */
export function readObject(args: Arguments, option: string): { readonly [name: string]: Json } {
  const text = args.value(option);
  if (text === undefined) return {};
  const parsed = parse(text);
  if (!isObject(parsed)) throw new Fault(`--${option} is no JSON object`, 'it looks like {"id":"ann"}');
  return parsed;
}

/** One JSON object or a list of them. */
export function readObjects(args: Arguments, option: string): readonly { readonly [name: string]: Json }[] {
  const text = args.value(option);
  if (text === undefined) return [];
  const parsed = parse(text);
  const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((one) => {
    if (!isObject(one))
      throw new Fault(`--${option} is no JSON object, nor a list of them`, 'it looks like {"id":"ann"}');
    return one;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What `JSON.parse` gives holds nothing but JSON. */
function isObject(value: unknown): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
