import { canonicalize, type Json, type Tool } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import { maskValue } from "./mask.js";
import { json } from "./record-fields.js";

/** Arguments written once: the canonical text that their digest covers, and the canonical text of what the log shows. */
export interface WrittenArguments {
  readonly whole: string;
  readonly masked: string;
}

interface Part {
  readonly name: string;
  readonly key: string;
  /** `size`: of its value the log shows how long it is. `shown`: a scalar is shown as it is. */
  readonly how: "size" | "shown" | "other";
  readonly kind: string;
  readonly param: Tool["params"][number];
}

/** Longer ones take the long way, which holds them against every bound of a record. */
const MAX_WRITTEN = 32 * 1024;
const plans = new WeakMap<Tool, readonly Part[]>();

/**
 * What `canonicalize(args)` and the canonical text of `maskArguments(tool, args, types)` are, in one pass over the arguments of a
 * call. Undefined where it is not sure of either; throws what the long way throws, or takes.
 */
export function writeArguments(tool: Tool, args: Json, types: NamedTypes): WrittenArguments | undefined {
  if (typeof args !== "object" || args === null || isList(args)) return undefined;
  let whole = "{";
  let masked = "{";
  let met = 0;
  for (const part of plans.get(tool) ?? planned(tool)) {
    if (!Object.hasOwn(args, part.name)) continue;
    const value = args[part.name];
    if (value === undefined) return undefined;
    met += 1;
    const text = canonicalize(value);
    const plain = isPlain(value);
    if (plain === undefined) return undefined;
    if (met > 1) {
      whole += ",";
      masked += ",";
    }
    whole += part.key + text;
    if (part.how === "size") masked += `${part.key}"<${part.kind}, ${text.length} characters>"`;
    else if (part.how === "shown" && plain) masked += part.key + text;
    else masked += part.key + json(maskValue(part.param.type, value, types));
  }
  // What is no parameter stands in the digest and not in what is shown.
  if (Object.keys(args).length !== met || masked.length > MAX_WRITTEN) return undefined;
  return { whole: `${whole}}`, masked: `${masked}}` };
}

/** Whether a value is a scalar that is written the same everywhere; undefined for a text with half a surrogate pair. */
function isPlain(value: Json): boolean | undefined {
  if (typeof value === "string") return value.isWellFormed() ? true : undefined;
  return typeof value !== "object" || value === null;
}

function planned(tool: Tool): readonly Part[] {
  const parts = tool.params.map((param): Part => {
    const { kind } = param.type;
    return { name: param.name, key: `${canonicalize(param.name)}:`, how: howOf(kind), kind, param };
  });
  parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  plans.set(tool, parts);
  return parts;
}

function howOf(kind: Tool["params"][number]["type"]["kind"]): Part["how"] {
  switch (kind) {
    case "Text":
    case "Line":
    case "Bytes":
    case "Json":
    case "Command":
    case "Sql":
      return "size";
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
      return "shown";
    case "Url":
    case "List":
    case "Named":
    case "Record":
      return "other";
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
