import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Fault } from "../fault.js";
import { isObject, own, ownText, type ImportedTool, type JsonObject } from "./imported-tool.js";
import { toolOf } from "./tool-lists.js";

/**
 * The tools that a JavaScript or TypeScript module exports: an array or a record of them as `tools` or as default, or
 * every export that is one. This runs the module, which must not await at its top. Schemas of Zod 4 become JSON Schema by the module's own Zod.
 * Throws a {@link Fault}.
 */
export function moduleTools(file: string): ImportedTool[] {
  const path = resolve(file);
  let exported: unknown;
  try {
    exported = createRequire(path)(path);
  } catch (error) {
    throw new Fault(
      `cannot import ${file}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : "it threw"}`,
    );
  }
  const candidates = [own(exported, "tools"), own(exported, "default"), exported];
  for (const candidate of candidates) {
    const found = entriesOf(candidate).filter(([, value]) => isTool(value));
    if (found.length === 0) continue;
    const zod = zodOf(path);
    return found.map(([name, value], at) =>
      toolOf(
        {
          name: ownText(value, "name") ?? name,
          description: ownText(value, "description"),
          parameters: schemaOf(value, zod, file),
        },
        `${file}: tool ${at + 1}`,
        undefined,
      ),
    );
  }
  throw new Fault(`${file} exports no tools`, "tools have a schema as schema, parameters or inputSchema");
}

function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((one, at): [string, unknown] => [`tool_${at + 1}`, one]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

const SCHEMAS = ["schema", "parameters", "inputSchema", "input_schema"] as const;

function isTool(value: unknown): boolean {
  return isZod(value) || SCHEMAS.some((name) => hasSchema(value, name));
}

/** Tools are often instances of classes, whose schema may stand on the prototype. */
function hasSchema(value: unknown, name: (typeof SCHEMAS)[number]): boolean {
  const schema = read(value, name);
  return isObject(schema);
}

function read(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function isZod(value: unknown): boolean {
  return isObject(value) && "_zod" in value;
}

type ToJsonSchema = (schema: unknown) => unknown;

function schemaOf(value: unknown, zod: ToJsonSchema | undefined, file: string): JsonObject {
  const schema = isZod(value) ? value : SCHEMAS.map((name) => read(value, name)).find(isObject);
  if (isObject(schema) && "_def" in schema && !isZod(schema))
    throw new Fault(`${file} has schemas of Zod 3, which cannot be turned into JSON Schema`, "use Zod 4");
  if (!isZod(schema)) return isObject(schema) ? schema : {};
  if (zod === undefined)
    throw new Fault(`${file} has schemas of Zod, and no Zod with toJSONSchema is installed beside it`, "install Zod 4");
  try {
    const converted = zod(schema);
    return isObject(converted) ? converted : {};
  } catch (error) {
    throw new Fault(`a schema of ${file} has no JSON Schema: ${error instanceof Error ? error.message : "it threw"}`);
  }
}

/** The Zod that the module itself would import. */
function zodOf(path: string): ToJsonSchema | undefined {
  try {
    const zod: unknown = createRequire(path)("zod");
    const convert = read(read(zod, "z"), "toJSONSchema") ?? read(zod, "toJSONSchema");
    if (typeof convert !== "function") return undefined;
    // Arguments are checked before they are transformed; what has no JSON Schema becomes Json.
    return (schema): unknown => Reflect.apply(convert, undefined, [schema, { io: "input", unrepresentable: "any" }]);
  } catch {
    return undefined;
  }
}
