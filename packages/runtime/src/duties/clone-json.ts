import type { Json } from "@writ/ir";
import { isList } from "./json-path.js";

/**
 * A copy of plain JSON that shares nothing with it: what a tool does to its arguments touches nothing else. By hand, since
 * `structuredClone` takes longer than the rest of a call.
 */
export function cloneJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(cloneJson);
  const out: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner === undefined) continue;
    if (key === "__proto__")
      Object.defineProperty(out, key, {
        value: cloneJson(inner),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else out[key] = cloneJson(inner);
  }
  return out;
}
