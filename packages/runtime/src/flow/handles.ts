import { canonicalize, type Json, type Type } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
import type { ToolProgram } from "../evaluate/program.js";
import type { Fixed } from "./call-flow.js";
import { joinKnown, type LabelSet } from "./labels.js";
import type { SessionMemory } from "./session-memory.js";
import type { SourceRef } from "./source.js";

const HANDLE = /^\$[1-9][0-9]{0,8}$/;

/** Arguments with the values of handles in place of their names, and the labels that came with them, by parameter. */
export type Placed =
  | { readonly ok: true; readonly args: Json; readonly labels: Fixed }
  | { readonly ok: false; readonly path: string; readonly handle: string };

/**
 * Puts the values of handles (`$1`) where arguments name them. Only a text that is exactly a handle names one; one
 * that the session never gave out does not parse. Where the parameter is a text, a record or list becomes canonical JSON.
 */
export function placeHandles(memory: SessionMemory, tool: ToolProgram, args: Json, types: NamedTypes): Placed {
  const labels = new Map<
    string,
    { readonly labels: LabelSet | undefined; readonly whole: boolean; readonly handle?: SourceRef }
  >();
  if (typeof args !== "object" || args === null || isList(args)) return { ok: true, args, labels };
  let unknown: { readonly path: string; readonly handle: string } | undefined;
  const replace = (value: Json, type: Type | undefined, param: string, path: string): Json => {
    const actual = type?.kind === "Named" ? types.get(type.name) : type;
    if (typeof value === "string") {
      if (!HANDLE.test(value)) return value;
      const handle = memory.handle(value);
      if (handle === undefined) {
        unknown ??= { path, handle: value };
        return value;
      }
      const before = labels.get(param);
      labels.set(param, {
        labels: before === undefined ? handle.labels : joinKnown(before.labels, handle.labels),
        whole: path === param,
        ...(handle.source === undefined ? {} : { handle: handle.source }),
      });
      return isTextual(actual) && typeof handle.value !== "string" ? canonicalize(handle.value) : handle.value;
    }
    if (typeof value !== "object" || value === null) return value;
    if (isList(value))
      return value.map((item, i) =>
        replace(item, actual?.kind === "List" ? actual.of : undefined, param, `${path}[${i}]`),
      );
    const fields = actual?.kind === "Record" ? actual.fields : [];
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        replace(inner, fields.find((field) => field.name === name)?.type, param, `${path}.${name}`),
      ]),
    );
  };
  const placed = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, replace(value, tool.params.get(name)?.type, name, name)]),
  );
  return unknown === undefined ? { ok: true, args: placed, labels } : { ok: false, ...unknown };
}

function isTextual(type: Type | undefined): boolean {
  return type?.kind === "Text" || type?.kind === "Line";
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
