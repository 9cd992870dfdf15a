import type { Json } from "@writ/ir";

/** A path that cannot be followed: something else stands in the way. */
export class NoSuchPlace extends Error {}

/** A JSON object; lists are none. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * A value with what stands at a path replaced; of a list, in every element. `update` gets undefined where nothing is
 * there, and takes away what it gives undefined for. Throws {@link NoSuchPlace} where no record stands on the way.
 */
export function updateAt(
  value: Json | undefined,
  path: readonly string[],
  update: (value: Json | undefined) => Json | undefined,
): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return update(value);
  if (isList(value)) return value.flatMap((item) => updateAt(item, path, update) ?? []);
  if (value === undefined || value === null) return value;
  if (!isObject(value)) throw new NoSuchPlace(name);
  const before = Object.hasOwn(value, name) ? value[name] : undefined;
  const after = rest.length > 0 && before === undefined ? undefined : updateAt(before, rest, update);
  if (after === before) return value;
  const entries = Object.entries(value).filter(([key]) => key !== name);
  return Object.fromEntries(after === undefined ? entries : [...entries, [name, after]]);
}

/**
 * Every text in a value replaced; names of fields are texts too, and with `numbers` a number as it is written, where
 * `replace` finds something in it. Two names that become one are told apart by a number.
 */
export function mapTexts(value: Json, replace: (text: string) => string, numbers: boolean): Json {
  if (typeof value === "string") return replace(value);
  if (typeof value === "number" && numbers) {
    const written = String(value);
    const replaced = replace(written);
    return replaced === written ? value : replaced;
  }
  if (isList(value)) return value.map((item) => mapTexts(item, replace, numbers));
  if (!isObject(value)) return value;
  const entries = new Map<string, Json>();
  for (const [key, inner] of Object.entries(value))
    entries.set(free(entries, replace(key)), mapTexts(inner, replace, numbers));
  return Object.fromEntries(entries);
}

function free(taken: ReadonlyMap<string, Json>, name: string): string {
  let next = name;
  for (let n = 2; taken.has(next); n += 1) next = `${name} ${n}`;
  return next;
}
