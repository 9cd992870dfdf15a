import type { Json } from "./schema/json.js";

/** How large a value from outside may be. `bytes` counts UTF-16 units of texts and keys, and 8 for any other scalar. */
export interface Bounds {
  readonly depth: number;
  readonly nodes: number;
  readonly bytes: number;
}

/** Bounds of a tool call's arguments. */
export const ARGUMENT_BOUNDS: Bounds = { depth: 32, nodes: 50_000, bytes: 1024 * 1024 };

/** Bounds of a bundle. */
export const BUNDLE_BOUNDS: Bounds = { depth: 256, nodes: 20_000_000, bytes: 512 * 1024 * 1024 };

/** Why a value is not acceptable JSON, and where. */
export interface JsonFault {
  readonly code: "too_deep" | "too_large" | "not_json";
  readonly path: string;
  readonly message: string;
}

export type JsonCopy = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly fault: JsonFault };

class Refusal extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Copies a value from outside as plain JSON, reading every property once, so that what is checked is what is
 * used later: no getters, no `toJSON`, no class instances, no shared references, no lone surrogates, nothing
 * past the bounds. Properties that are `undefined` are left out, as JSON does. A key named `__proto__` is data.
 */
export function copyJson(value: unknown, bounds: Bounds = ARGUMENT_BOUNDS): JsonCopy {
  const budget: Budget = { nodes: bounds.nodes, bytes: bounds.bytes, depth: bounds.depth, place: [] };
  try {
    return { ok: true, value: copy(value, 0, budget) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, fault: error.fault };
    // A hostile proxy may throw anything from its traps.
    return { ok: false, fault: { code: "not_json", path: "", message: "the value cannot be read" } };
  }
}

interface Budget {
  nodes: number;
  bytes: number;
  readonly depth: number;
  /** Where the copy is. It is made a text where something is refused, which hardly ever happens, and not for every value. */
  readonly place: (string | number)[];
}

function refuse(code: JsonFault["code"], { place }: Budget, message: string): never {
  const path = place.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
  throw new Refusal({ code, path, message });
}

function spend(budget: Budget, bytes: number): void {
  budget.nodes -= 1;
  budget.bytes -= bytes;
  if (budget.nodes < 0 || budget.bytes < 0) refuse("too_large", budget, "the value is larger than a call may be");
}

function text(value: string, budget: Budget): string {
  if (!value.isWellFormed()) refuse("not_json", budget, "the text holds half a surrogate pair");
  return value;
}

function copy(value: unknown, depth: number, budget: Budget): Json {
  switch (typeof value) {
    case "string":
      spend(budget, value.length);
      return text(value, budget);
    case "boolean":
      spend(budget, 8);
      return value;
    case "number":
      spend(budget, 8);
      if (!Number.isFinite(value)) refuse("not_json", budget, "the number is not finite");
      return value === 0 ? 0 : value; // -0 is written 0 in JSON
    case "object":
      if (value === null) {
        spend(budget, 8);
        return null;
      }
      if (depth >= budget.depth) refuse("too_deep", budget, `the value is nested deeper than ${budget.depth} levels`);
      return Array.isArray(value) ? copyArray(value, depth, budget) : copyObject(value, depth, budget);
    default:
      return refuse(
        "not_json",
        budget,
        `${value === undefined ? "undefined" : `a ${typeof value}`} is not a JSON value`,
      );
  }
}

function own(value: object, key: string | number, budget: Budget): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  if (descriptor === undefined) return undefined;
  if (!("value" in descriptor)) refuse("not_json", budget, "a property with a getter is not a JSON value");
  return descriptor.value;
}

function copyArray(value: readonly unknown[], depth: number, budget: Budget): Json {
  spend(budget, 8);
  const length = value.length;
  if (length > budget.nodes) refuse("too_large", budget, "the list is longer than a call may be");
  const out: Json[] = [];
  for (let i = 0; i < length; i += 1) {
    budget.place.push(i);
    out.push(copy(own(value, i, budget), depth + 1, budget));
    budget.place.pop();
  }
  return out;
}

function copyObject(value: object, depth: number, budget: Budget): Json {
  spend(budget, 8);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !foreignPlain(prototype)) {
    refuse("not_json", budget, "only plain objects are JSON values");
  }
  const out: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    budget.place.push(key);
    const inner = own(value, key, budget);
    if (inner !== undefined) {
      spend(budget, key.length);
      text(key, budget);
      const copied = copy(inner, depth + 1, budget);
      if (key === "__proto__") {
        Object.defineProperty(out, key, { value: copied, enumerable: true, writable: true, configurable: true });
      } else {
        out[key] = copied;
      }
    }
    budget.place.pop();
  }
  return out;
}

/** A plain object made in another realm (a worker's `vm` context, a test runner) has that realm's Object.prototype. */
function foreignPlain(prototype: unknown): boolean {
  return (
    typeof prototype === "object" &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "hasOwnProperty") &&
    Object.hasOwn(prototype, "isPrototypeOf")
  );
}
