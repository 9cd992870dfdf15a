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
  readonly code: JsonFault["code"];
  /** Keys and indexes that lead to what is refused, the innermost first. */
  readonly #steps: (string | number)[] = [];
  constructor(code: JsonFault["code"], message: string) {
    super(message);
    this.code = code;
  }

  /** Whether this was thrown here. `instanceof` would ask a hostile proxy's trap, which may throw again. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === "object" && thrown !== null && #steps in thrown;
  }

  /**
   * What is thrown on from inside a key or index. Where something is refused is put together on the way out, so that a
   * value that is accepted pays nothing for it.
   */
  static at(thrown: unknown, step: string | number): unknown {
    if (Refusal.is(thrown)) thrown.#steps.push(step);
    return thrown;
  }

  get fault(): JsonFault {
    const path = this.#steps.reduceRight<string>(
      (above, step) => (typeof step === "number" ? `${above}[${step}]` : above === "" ? step : `${above}.${step}`),
      "",
    );
    return { code: this.code, path, message: this.message };
  }
}

/**
 * Copies a value from outside as plain JSON, reading every property once, so that what is checked is what is
 * used later: no getters, no `toJSON`, no class instances, no shared references, no lone surrogates, nothing
 * past the bounds. Properties that are `undefined` are left out, as JSON does. A key named `__proto__` is data.
 */
export function copyJson(value: unknown, bounds: Bounds = ARGUMENT_BOUNDS): JsonCopy {
  const budget = { nodes: bounds.nodes, bytes: bounds.bytes, depth: bounds.depth };
  try {
    return { ok: true, value: copy(value, 0, budget) };
  } catch (error) {
    if (Refusal.is(error)) return { ok: false, fault: error.fault };
    // A hostile proxy may throw anything from its traps.
    return { ok: false, fault: { code: "not_json", path: "", message: "the value cannot be read" } };
  }
}

interface Budget {
  nodes: number;
  bytes: number;
  readonly depth: number;
}

function refuse(code: JsonFault["code"], message: string): never {
  throw new Refusal(code, message);
}

function spend(budget: Budget, bytes: number): void {
  budget.nodes -= 1;
  budget.bytes -= bytes;
  if (budget.nodes < 0 || budget.bytes < 0) refuse("too_large", "the value is larger than a call may be");
}

function text(value: string): string {
  if (!value.isWellFormed()) refuse("not_json", "the text holds half a surrogate pair");
  return value;
}

function copy(value: unknown, depth: number, budget: Budget): Json {
  switch (typeof value) {
    case "string":
      spend(budget, value.length);
      return text(value);
    case "boolean":
      spend(budget, 8);
      return value;
    case "number":
      spend(budget, 8);
      if (!Number.isFinite(value)) refuse("not_json", "the number is not finite");
      return value === 0 ? 0 : value; // -0 is written 0 in JSON
    case "object":
      if (value === null) {
        spend(budget, 8);
        return null;
      }
      if (depth >= budget.depth) refuse("too_deep", `the value is nested deeper than ${budget.depth} levels`);
      return Array.isArray(value) ? copyArray(value, depth, budget) : copyObject(value, depth, budget);
    default:
      return refuse("not_json", `${value === undefined ? "undefined" : `a ${typeof value}`} is not a JSON value`);
  }
}

function own(value: object, key: string | number): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  if (descriptor === undefined) return undefined;
  if (!("value" in descriptor)) refuse("not_json", "a property with a getter is not a JSON value");
  return descriptor.value;
}

function copyArray(value: readonly unknown[], depth: number, budget: Budget): Json {
  spend(budget, 8);
  const length = value.length;
  if (length > budget.nodes) refuse("too_large", "the list is longer than a call may be");
  const out: Json[] = [];
  let i = 0;
  try {
    for (; i < length; i += 1) out.push(copy(own(value, i), depth + 1, budget));
  } catch (error) {
    throw Refusal.at(error, i);
  }
  return out;
}

function copyObject(value: object, depth: number, budget: Budget): Json {
  spend(budget, 8);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !foreignPlain(prototype)) {
    refuse("not_json", "only plain objects are JSON values");
  }
  const out: Record<string, Json> = {};
  let at = "";
  const keys = Object.keys(value);
  try {
    for (const key of keys) {
      at = key;
      const inner = own(value, key);
      if (inner === undefined) continue;
      spend(budget, key.length);
      text(key);
      const copied = copy(inner, depth + 1, budget);
      if (key === "__proto__") {
        Object.defineProperty(out, key, { value: copied, enumerable: true, writable: true, configurable: true });
      } else {
        out[key] = copied;
      }
    }
  } catch (error) {
    throw Refusal.at(error, at);
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
