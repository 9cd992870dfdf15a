import type { Json, Tool, Type } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";

/**
 * The arguments as the log keeps them: what names things (identifiers, addresses, paths, amounts, dates) is kept, free
 * text, bytes, arbitrary JSON and the query of a URL are replaced by their size. The digest beside it covers the
 * whole, so a claim about the text can be checked without the log holding it.
 */
export function maskArguments(tool: Tool, args: Json, types: NamedTypes): Json {
  const out: Record<string, Json> = {};
  for (const param of tool.params) {
    const value = property(args, param.name);
    if (value !== undefined) define(out, param.name, maskValue(param.type, value, types));
  }
  return out;
}

function property(value: Json, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || isList(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key];
}

/** An assignment to `__proto__` would set the prototype and keep nothing. */
function define(target: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** One value as the log keeps it. */
export function maskValue(type: Type, value: Json, types: NamedTypes): Json {
  switch (type.kind) {
    case "Text":
    case "Line":
    case "Bytes":
    case "Json":
    case "Command":
    case "Sql":
      return `<${type.kind}, ${JSON.stringify(value).length} characters>`;
    case "Url":
      return typeof value === "string" ? value.replace(/\?[^#]*/, "?<query>").replace(/#.*/, "#<fragment>") : "<Url>";
    case "List":
      return isList(value) ? value.map((item) => maskValue(type.of, item, types)) : "<List>";
    case "Named": {
      const named = types.get(type.name);
      return named === undefined ? `<${type.name}>` : maskValue(named, value, types);
    }
    case "Record": {
      const out: Record<string, Json> = {};
      for (const field of type.fields) {
        const inner = property(value, field.name);
        if (inner !== undefined) define(out, field.name, maskValue(field.type, inner, types));
      }
      return out;
    }
    case "Bool":
    case "Int":
    case "Decimal":
    case "Id":
    case "Duration":
    case "Time":
    case "Path":
    case "Host":
    case "Ip":
    case "Ref":
    case "Email":
    case "Money":
    case "Enum":
      return value;
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
