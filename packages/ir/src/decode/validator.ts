import type { Json } from "../schema/json.js";

/** What is wrong with a document, and where (`rules[3].when.op`). */
export interface DecodeFault {
  readonly code: "too_deep" | "too_large" | "not_json" | "unknown_format" | "unknown_key" | "unknown_kind" | "invalid";
  readonly path: string;
  readonly message: string;
}

/** A JSON Schema document (draft 2020-12) of the subset that {@link validator} reads. */
export type JsonSchemaDocument = { readonly [key: string]: Json };

type Check = (value: Json, path: string) => DecodeFault | undefined;
type JsonObject = { readonly [key: string]: Json };

const HANDLED = new Set([
  "$schema",
  "$id",
  "$defs",
  "$ref",
  "id",
  "title",
  "description",
  "type",
  "const",
  "enum",
  "properties",
  "required",
  "additionalProperties",
  "propertyNames",
  "items",
  "prefixItems",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
  "oneOf",
  "anyOf",
]);

/**
 * Compiles a JSON Schema to a function that gives the first fault, or nothing. A keyword that it does not know
 * is refused when it compiles, so that no constraint of a schema is ever passed over in silence.
 */
export function validator(document: JsonSchemaDocument): (value: Json) => DecodeFault | undefined {
  const named = new Map<string, Check>();
  const resolve = (reference: string): Check => {
    const known = named.get(reference);
    if (known !== undefined) return known;
    // Registered before it is compiled, since a schema may refer to itself.
    const slot: { check?: Check } = {};
    const later: Check = (value, path) =>
      slot.check?.(value, path) ?? (slot.check === undefined ? fault("invalid", path, "schema loop") : undefined);
    named.set(reference, later);
    slot.check = compile(lookup(document, reference), resolve);
    return later;
  };
  const check = resolve("#");
  return (value) => check(value, "");
}

function fault(code: DecodeFault["code"], path: string, message: string): DecodeFault {
  return { code, path: path === "" ? "$" : path, message };
}

function lookup(document: JsonSchemaDocument, reference: string): JsonObject {
  let node: Json = document;
  for (const step of reference.split("/").slice(1)) {
    const next: Json | undefined = isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined;
    if (next === undefined) throw new TypeError(`schema reference ${reference} leads nowhere`);
    node = next;
  }
  return asObject(node);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function asObject(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new TypeError("a schema is an object");
  return value;
}

function compile(schema: JsonObject, resolve: (reference: string) => Check): Check {
  for (const key of Object.keys(schema)) {
    if (!HANDLED.has(key)) throw new TypeError(`the schema keyword ${key} is not handled`);
  }
  const checks: Check[] = [];
  if (typeof schema.$ref === "string") checks.push(resolve(schema.$ref));
  if (schema.const !== undefined) checks.push(constant(schema.const));
  if (isList(schema.enum)) checks.push(enumeration(schema.enum));
  if (typeof schema.type === "string") checks.push(typed(schema.type, schema, resolve));
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (isList(alternatives)) checks.push(union(alternatives.map(asObject), resolve));
  if (checks.length === 1 && checks[0] !== undefined) return checks[0];
  return (value, path) => {
    for (const check of checks) {
      const found = check(value, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function constant(expected: Json): Check {
  return (value, path) =>
    value === expected ? undefined : fault("invalid", path, `expected ${JSON.stringify(expected)}`);
}

function enumeration(values: readonly Json[]): Check {
  const known = new Set(values);
  return (value, path) =>
    known.has(value)
      ? undefined
      : fault("invalid", path, `expected one of ${values.map((v) => JSON.stringify(v)).join(", ")}`);
}

function typed(type: string, schema: JsonObject, resolve: (reference: string) => Check): Check {
  switch (type) {
    case "string":
      return text(schema);
    case "integer":
    case "number":
      return number(type, schema);
    case "boolean":
      return (value, path) =>
        typeof value === "boolean" ? undefined : fault("invalid", path, "expected true or false");
    case "null":
      return (value, path) => (value === null ? undefined : fault("invalid", path, "expected null"));
    case "array":
      return list(schema, resolve);
    case "object":
      return object(schema, resolve);
    default:
      throw new TypeError(`the schema type ${type} is not handled`);
  }
}

function bound(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function text(schema: JsonObject): Check {
  const min = bound(schema.minLength, 0);
  const max = bound(schema.maxLength, Number.POSITIVE_INFINITY);
  const pattern = typeof schema.pattern === "string" ? new RegExp(schema.pattern, "u") : undefined;
  return (value, path) => {
    if (typeof value !== "string") return fault("invalid", path, "expected a text");
    if (value.length < min || value.length > max) return fault("invalid", path, `expected ${min} to ${max} characters`);
    if (pattern !== undefined && !pattern.test(value))
      return fault("invalid", path, `expected a text of the form ${pattern.source}`);
    return undefined;
  };
}

function number(type: string, schema: JsonObject): Check {
  const min = bound(schema.minimum, Number.NEGATIVE_INFINITY);
  const max = bound(schema.maximum, Number.POSITIVE_INFINITY);
  return (value, path) => {
    if (typeof value !== "number" || (type === "integer" && !Number.isSafeInteger(value))) {
      return fault("invalid", path, type === "integer" ? "expected a whole number" : "expected a number");
    }
    return value >= min && value <= max ? undefined : fault("invalid", path, `expected ${min} to ${max}`);
  };
}

function list(schema: JsonObject, resolve: (reference: string) => Check): Check {
  const min = bound(schema.minItems, 0);
  const max = bound(schema.maxItems, Number.POSITIVE_INFINITY);
  const prefix = isList(schema.prefixItems) ? schema.prefixItems.map((item) => compile(asObject(item), resolve)) : [];
  const rest = isObject(schema.items) ? compile(schema.items, resolve) : undefined;
  return (value, path) => {
    if (!isList(value)) return fault("invalid", path, "expected a list");
    if (value.length < min || value.length > max) return fault("invalid", path, `expected ${min} to ${max} elements`);
    for (let i = 0; i < value.length; i += 1) {
      const check = prefix[i] ?? rest;
      const item = value[i];
      if (check === undefined || item === undefined) continue;
      const found = check(item, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function object(schema: JsonObject, resolve: (reference: string) => Check): Check {
  const properties = new Map<string, Check>();
  if (isObject(schema.properties)) {
    for (const [key, inner] of Object.entries(schema.properties))
      properties.set(key, compile(asObject(inner), resolve));
  }
  const required = isList(schema.required) ? schema.required.filter((key) => typeof key === "string") : [];
  const rest = isObject(schema.additionalProperties) ? compile(schema.additionalProperties, resolve) : undefined;
  return (value, path) => {
    if (!isObject(value)) return fault("invalid", path, "expected an object");
    for (const key of required) {
      if (!Object.hasOwn(value, key)) return fault("invalid", path, `\`${key}\` is missing`);
    }
    for (const key of Object.keys(value)) {
      const check = properties.get(key) ?? rest;
      const inner = value[key];
      if (check === undefined) return fault("unknown_key", join(path, key), `unknown key ${JSON.stringify(key)}`);
      const found = inner === undefined ? undefined : check(inner, join(path, key));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Alternatives told apart by a constant key (`op`, `kind`) are looked up by it, so a fault names the right one. */
function union(alternatives: readonly JsonObject[], resolve: (reference: string) => Check): Check {
  const key = discriminator(alternatives);
  if (key !== undefined) {
    const byValue = new Map<Json, Check>();
    for (const alternative of alternatives) {
      const check = compile(alternative, resolve);
      for (const value of tags(alternative, key)) byValue.set(value, check);
    }
    return (value, path) => {
      const tag = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
      const check = tag === undefined ? undefined : byValue.get(tag);
      return check === undefined
        ? fault("unknown_kind", join(path, key), `unknown ${key} ${JSON.stringify(tag)}`)
        : check(value, path);
    };
  }
  const checks = alternatives.map((alternative) => compile(alternative, resolve));
  return (value, path) => {
    let last: DecodeFault | undefined;
    for (const check of checks) {
      last = check(value, path);
      if (last === undefined) return undefined;
    }
    return last;
  };
}

function tags(alternative: JsonObject, key: string): readonly Json[] {
  const property = isObject(alternative.properties) ? alternative.properties[key] : undefined;
  if (!isObject(property)) return [];
  if (property.const !== undefined) return [property.const];
  return isList(property.enum) ? property.enum : [];
}

function discriminator(alternatives: readonly JsonObject[]): string | undefined {
  return ["op", "kind"].find((key) => alternatives.every((alternative) => tags(alternative, key).length > 0));
}
