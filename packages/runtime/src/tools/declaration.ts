import type { Json } from "@writ/ir";
import { isSchema, literal, type DescribedTool } from "./host-tool.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const QUALIFIED = /^[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$/;
const MAX_PARAMETERS = 32;

/**
 * A declaration to paste into a policy: what the schema says of the arguments, and the worst of everything that it does
 * not say. `writ import` writes a better one.
 */
export function declaration({ name, schema }: DescribedTool): string {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const known = Object.entries(properties)
    .filter(([parameter]) => NAME.test(parameter))
    .slice(0, MAX_PARAMETERS);
  const parameters = known.map(
    ([parameter, inner]) => `${parameter}${required.includes(parameter) ? "" : "?"}: ${typeOf(inner)}`,
  );
  const head = QUALIFIED.test(name) ? name : `${literal(name)} as ${policyName(name)}`;
  const lines = [
    `tool ${head} (${parameters.join(", ")}) -> Json {`,
    "  effect read, write, delete, egress, exec, pay # say what it does",
    "  risk critical",
    ...(known.length === 0 ? [] : [`  sink ${known.map(([parameter]) => parameter).join(", ")}`]),
    "}",
  ];
  return lines.join("\n");
}

function typeOf(schema: Json): string {
  if (!isSchema(schema)) return "Json";
  const { type } = schema;
  const values = schema["enum"];
  if (Array.isArray(values) && values.length > 0 && values.length <= 16 && values.every(isShort))
    return values.map(literal).join(" | ");
  if (type === "string") return "Text";
  if (type === "integer") return "Int";
  if (type === "number") return "Decimal";
  if (type === "boolean") return "Bool";
  const { items } = schema;
  if (type === "array" && isSchema(items) && typeof items["type"] === "string" && items["type"] !== "array")
    return `[${typeOf(items)}]`;
  return "Json";
}

/** A name that a policy can use for one that it cannot. */
function policyName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").slice(0, 64);
  return /^[A-Za-z_]/.test(plain) ? plain : `tool_${plain}`;
}

function isShort(value: Json): value is string {
  return typeof value === "string" && value.length <= 128;
}
