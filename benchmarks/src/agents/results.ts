import type { Json } from "@writ/ir";
import { parse } from "yaml";

/** A recorded result as the data that it is, or that its YAML is; undefined where it is no more than a text. */
export function recordsOf(recorded: Json | undefined): Json | undefined {
  if (typeof recorded !== "string") return recorded;
  try {
    const parsed: unknown = parse(recorded);
    return isJson(parsed) && typeof parsed !== "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return (
    typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
  );
}
