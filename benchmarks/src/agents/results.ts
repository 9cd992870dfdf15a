import type { Bundle, Field, Json, Type } from "@writ/ir";
import { parse } from "yaml";

/** A text as the data that its YAML is; undefined where it is none, or no more than a text. */
export function recordsOf(recorded: string): Json | undefined {
  try {
    const parsed: unknown = parse(undelimited(recorded));
    return isJson(parsed) && typeof parsed !== "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a tool gave back: some of the recorded hosts put marks around it for the model, and a guard stands before that. The
 * guard reads the text by the type that the policy declares.
 */
export function undelimited(text: string): string {
  return text.startsWith("<<") && text.endsWith(">>") ? text.slice(2, -2) : text;
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return (
    typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
  );
}

/** Every label that a tool declares for its results and their fields, integrity left out. */
export function declaredLabels(bundle: Bundle, wire: string): readonly string[] {
  const tool = bundle.tools.find((one) => (one.as ?? one.name) === wire);
  if (tool === undefined) return [];
  const integrity = new Set(bundle.labels.find(({ name }) => name === "integrity")?.values);
  const names = new Set(tool.labels);
  const fields = (list: readonly Field[], seen: ReadonlySet<string>): void => {
    for (const field of list) {
      for (const label of field.labels ?? []) names.add(label);
      visit(field.type, seen);
    }
  };
  const visit = (type: Type | undefined, seen: ReadonlySet<string>): void => {
    if (type?.kind === "List") visit(type.of, seen);
    else if (type?.kind === "Record") fields(type.fields, seen);
    else if (type?.kind === "Named" && !seen.has(type.name))
      visit(bundle.types.find(({ name }) => name === type.name)?.type, new Set([...seen, type.name]));
  };
  visit(tool.result, new Set());
  return [...names].filter((name) => !integrity.has(name));
}
