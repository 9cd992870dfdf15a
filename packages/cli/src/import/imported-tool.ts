/** A tool as some list describes it, before anything of it is believed. */
export interface ImportedTool {
  /** What the agent calls it by. */
  readonly wire: string;
  /** Where it comes from, as the beginning of its name in the policy. */
  readonly group: string | undefined;
  readonly description: string | undefined;
  /** JSON Schema of its arguments, an object. */
  readonly input: JsonObject;
  /** JSON Schema of its result. */
  readonly output: unknown;
  /** What references such as `#/$defs/x` and `#/components/schemas/x` lead into. */
  readonly root: JsonObject;
  /** The method of HTTP it is called with. */
  readonly method: string | undefined;
  /** Where it connects to. */
  readonly hosts: readonly string[];
  /** What its server says of it, which is a claim and no more. */
  readonly claims: { readonly writes: boolean; readonly destroys: boolean; readonly open: boolean };
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an object holds under a name of its own. */
export function own(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function ownText(value: unknown, name: string): string | undefined {
  const found = own(value, name);
  return typeof found === "string" ? found : undefined;
}

export function ownObject(value: unknown, name: string): JsonObject | undefined {
  const found = own(value, name);
  return isObject(found) ? found : undefined;
}

export function ownList(value: unknown, name: string): readonly unknown[] | undefined {
  const found = own(value, name);
  return Array.isArray(found) ? found : undefined;
}

/** The names that a list of texts holds, such as `required`. */
export function texts(list: readonly unknown[] | undefined): readonly string[] {
  return (list ?? []).filter((one) => typeof one === "string");
}

/** What a reference within a document leads to; the value itself where it is none. At most eight in a row. */
export function resolved(schema: unknown, root: JsonObject): unknown {
  let found = schema;
  for (let steps = 0; steps < 8; steps += 1) {
    const reference = ownText(found, "$ref");
    if (reference === undefined) return found;
    if (!reference.startsWith("#/")) return undefined;
    found = reference
      .slice(2)
      .split("/")
      .reduce<unknown>((at, part) => own(at, part.replaceAll("~1", "/").replaceAll("~0", "~")), root);
  }
  return undefined;
}
