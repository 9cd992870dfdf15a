import { printType, type Field, type Json, type Type } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import { isSchema, quoted, type Schema } from "./host-tool.js";

type Kind = "string" | "number" | "boolean" | "null" | "array" | "object";
const KINDS: readonly Kind[] = ["string", "number", "boolean", "null", "array", "object"];
const ALL: ReadonlySet<Kind> = new Set(KINDS);
const MAX_DEPTH = 16;
const MAX_REFERENCES = 8;

/** What tells whether a schema fits a declaration. */
interface Fit {
  readonly types: NamedTypes;
  /** What references lead into. */
  readonly root: Schema;
  readonly faults: string[];
}

/**
 * What of a tool's JSON Schema the parameters of a policy can never hold, in words: an argument that is not declared, one
 * that is required and that the tool does not have, and a type of which no value could be both. What the policy only
 * narrows (fewer values, shorter texts) fits. Looks at JSON Schema 2020-12 as far as frameworks write it.
 */
export function misfits(params: readonly Field[], schema: Schema, types: NamedTypes): readonly string[] {
  const fit: Fit = { types, root: schema, faults: [] };
  fields(fit, params, schema, "", 0);
  return fit.faults;
}

function fields(fit: Fit, declared: readonly Field[], schema: Schema, path: string, depth: number): void {
  const properties = propertiesOf(fit, schema);
  if (properties === undefined) return;
  for (const [name, inner] of properties) {
    const at = path === "" ? name : `${path}.${name}`;
    const field = declared.find((one) => one.name === name);
    if (field === undefined) fit.faults.push(`the policy does not declare the parameter ${quoted(at)}`);
    else value(fit, field.type, inner, at, depth + 1, field.optional === true);
  }
  for (const { name, optional } of declared)
    if (optional !== true && !properties.has(name))
      fit.faults.push(
        `the tool has no parameter ${quoted(path === "" ? name : `${path}.${name}`)}, which the policy requires`,
      );
}

function value(fit: Fit, type: Type, schema: Json, path: string, depth: number, optional: boolean): void {
  const found = resolved(fit, schema);
  if (depth > MAX_DEPTH || found === undefined || found === true) return;
  const wanted = kindsOfType(fit, type);
  const kinds = kindsOf(fit, found, depth);
  const shared = [...kinds].filter((kind) => wanted.has(kind) || (optional && kind === "null"));
  if (shared.length === 0 || (shared.every((kind) => kind === "null") && !wanted.has("null"))) {
    const said = kinds.size === 0 ? "nothing" : [...kinds].join(" or ");
    fit.faults.push(`the parameter ${quoted(path)} is ${printType(type)} in the policy and ${said} in the tool`);
    return;
  }
  const named = type.kind === "Named" ? fit.types.get(type.name) : type;
  if (named === undefined || !isSchema(found)) return;
  const only = kinds.size === 1 || (kinds.size === 2 && kinds.has("null"));
  if (named.kind === "Enum") {
    const values = valuesOf(found);
    if (values !== undefined && !values.some((one) => typeof one === "string" && named.values.includes(one)))
      fit.faults.push(`the parameter ${quoted(path)} has no value that is both in the policy and in the tool`);
  } else if (named.kind === "List" && only && found["items"] !== undefined) {
    value(fit, named.of, found["items"], `${path}[]`, depth + 1, false);
  } else if (named.kind === "Record" && only) fields(fit, named.fields, found, path, depth + 1);
}

/** The properties of an object's schema; undefined where it says of none. */
function propertiesOf(fit: Fit, schema: Schema): ReadonlyMap<string, Json> | undefined {
  const out = new Map<string, Json>();
  let said = false;
  for (const part of [schema, ...(listOf(schema["allOf"]) ?? [])]) {
    const found = resolved(fit, part);
    const properties = isSchema(found) ? found["properties"] : undefined;
    if (!isSchema(properties)) continue;
    said = true;
    for (const [name, inner] of Object.entries(properties)) out.set(name, inner);
  }
  return said ? out : undefined;
}

/** The kinds of JSON that a schema lets through, as far as it says. */
function kindsOf(fit: Fit, schema: Json, depth: number): ReadonlySet<Kind> {
  const found = resolved(fit, schema);
  if (found === false) return new Set();
  if (!isSchema(found) || depth > MAX_DEPTH) return ALL;
  let kinds: ReadonlySet<Kind> = ALL;
  const narrow = (to: Iterable<Kind>): void => {
    const set = new Set(to);
    kinds = new Set([...kinds].filter((kind) => set.has(kind)));
  };
  const { type } = found;
  if (typeof type === "string") narrow(kindNamed(type));
  else if (Array.isArray(type)) narrow(type.flatMap((one) => (typeof one === "string" ? kindNamed(one) : KINDS)));
  if (found["nullable"] === true) kinds = new Set([...kinds, "null"]);
  const values = valuesOf(found);
  if (values !== undefined) narrow(values.map(kindOf));
  for (const key of ["anyOf", "oneOf"]) {
    const choices = listOf(found[key]);
    if (choices === undefined) continue;
    const taken = new Set<Kind>();
    for (const choice of choices) for (const kind of kindsOf(fit, choice, depth + 1)) taken.add(kind);
    narrow(taken);
  }
  for (const part of listOf(found["allOf"]) ?? []) narrow(kindsOf(fit, part, depth + 1));
  return kinds;
}

function kindNamed(type: string): readonly Kind[] {
  if (type === "integer") return ["number"];
  return KINDS.filter((kind) => kind === type);
}

function kindOf(json: Json): Kind {
  if (json === null) return "null";
  if (Array.isArray(json)) return "array";
  const kind = typeof json;
  return kind === "string" || kind === "number" || kind === "boolean" ? kind : "object";
}

function valuesOf(schema: Schema): readonly Json[] | undefined {
  if (Object.hasOwn(schema, "const")) return [schema["const"] ?? null];
  const values = schema["enum"];
  return Array.isArray(values) ? values : undefined;
}

function listOf(json: Json | undefined): readonly Json[] | undefined {
  return isList(json) ? json : undefined;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

/** The kinds of JSON that a type of the language is read from (language.md section 2). */
function kindsOfType(fit: Fit, type: Type, depth = 0): ReadonlySet<Kind> {
  switch (type.kind) {
    case "Bool":
      return new Set(["boolean"]);
    case "Int":
      return new Set(["number"]);
    case "Decimal":
      return new Set(["number", "string"]);
    case "Money":
      return new Set(type.currency === undefined ? ["object"] : ["number", "string", "object"]);
    case "List":
      return new Set(["array"]);
    case "Record":
      return new Set(["object"]);
    case "Json":
      return ALL;
    case "Named": {
      const named = fit.types.get(type.name);
      return named === undefined || depth > MAX_DEPTH ? new Set() : kindsOfType(fit, named, depth + 1);
    }
    case "Text":
    case "Line":
    case "Id":
    case "Bytes":
    case "Duration":
    case "Time":
    case "Path":
    case "Url":
    case "Host":
    case "Ip":
    case "Email":
    case "Command":
    case "Enum":
    case "Ref":
    case "Sql":
      return new Set(["string"]);
  }
}

/** What a reference within the schema leads to; undefined where it leads nowhere that can be seen. */
function resolved({ root }: Fit, schema: Json): Json | undefined {
  let found: Json | undefined = schema;
  for (let steps = 0; steps < MAX_REFERENCES; steps += 1) {
    const reference: Json | undefined = isSchema(found) ? found["$ref"] : undefined;
    if (typeof reference !== "string") return found;
    if (reference !== "#" && !reference.startsWith("#/")) return undefined;
    found = reference
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<Json | undefined>((at, part) => (isSchema(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
  }
  return undefined;
}
