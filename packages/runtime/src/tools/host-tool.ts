import { copyJson, digest, type Json } from "@writ/ir";

/** A tool as a host's framework describes it to its model. */
export interface HostTool {
  /** The name the model calls it by. */
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of its arguments, an object, as the model is given it. */
  readonly parameters: unknown;
}

/** A tool read once, as plain data. */
export interface DescribedTool {
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: Schema;
  readonly pin: string;
}

export type Schema = { readonly [key: string]: Json };

/**
 * The digest that `pin` in a policy holds a tool to: of its name, its description and the JSON Schema of its arguments,
 * canonical (RFC 8785), as `sha256:` and 64 digits. A framework that writes the schema of a tool otherwise gives another.
 */
export function toolPin(tool: HostTool): string {
  const read = describe(tool);
  if (typeof read === "string") throw new TypeError(read);
  return read.pin;
}

/** Reads what a host gives for a tool; in words what is wrong with it where it is none. */
export function describe(given: unknown): DescribedTool | string {
  try {
    if (typeof given !== "object" || given === null) return "a tool is an object with a name and parameters";
    const read = (key: keyof HostTool): unknown => Reflect.get(given, key);
    const [name, description, parameters] = [read("name"), read("description") ?? undefined, read("parameters")];
    if (typeof name !== "string" || name === "") return "a tool has a name";
    if (description !== undefined && typeof description !== "string")
      return `the description of ${quoted(name)} is no text`;
    const copied = copyJson(parameters);
    if (!copied.ok || !isSchema(copied.value))
      return `the parameters of ${quoted(name)} are no JSON Schema of an object`;
    const schema = copied.value;
    return { name, description, schema, pin: digest({ name, description: description ?? null, parameters: schema }) };
  } catch {
    return "a tool cannot be read";
  }
}

/** A name of somebody else's choosing within a message, in ASCII and not longer than a name. */
export function quoted(name: string): string {
  return literal(name.length > 128 ? `${name.slice(0, 128)}...` : name);
}

/** A text literal of a policy in ASCII, so that nothing in it looks like something else. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
