import type { Json } from "@writ/ir";
import { at, listAt, textAt } from "../json-lines.js";

/** A function of a row: its JSON Schema, and a wire name that no other row has. */
export interface RowTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: unknown;
}

/** A call that is called correct: of each argument the values that will do, the first of which is taken. */
export interface CorrectCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, Json>>;
}

/** The functions of a row and its correct calls. */
export interface SchemaRow {
  readonly id: string;
  readonly tools: readonly RowTool[];
  readonly calls: readonly CorrectCall[];
}

/** Words of Python that stand where JSON Schema has its own; `any` says nothing. */
const TYPES: Readonly<Record<string, string | undefined>> = {
  dict: "object",
  float: "number",
  tuple: "array",
  any: undefined,
};

/** A row of the Berkeley Function Calling Leaderboard: `functions` and, of each call, lists of values that will do. */
export function readRow(row: object, index: number): SchemaRow {
  const unique = (name: string): string => `t${index}_${name}`;
  return {
    id: textAt(row, "id") ?? String(index),
    tools: listAt(row, "functions").map((one) => ({
      name: unique(textAt(one, "name") ?? ""),
      description: textAt(one, "description") ?? "",
      parameters: jsonSchema(at(one, "parameters")),
    })),
    calls: listAt(row, "ground_truth").flatMap((call) =>
      entries(call).map(([tool, args]) => ({ tool: unique(tool), args: firstValues(args) })),
    ),
  };
}

/** The schema in the words of JSON Schema. Only a text under `type` is one: an argument may be called `type`. */
function jsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonSchema);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]: readonly [string, unknown]) => {
      if (name !== "type" || typeof inner !== "string" || !Object.hasOwn(TYPES, inner))
        return [[name, jsonSchema(inner)]];
      return TYPES[inner] === undefined ? [] : [[name, TYPES[inner]]];
    }),
  );
}

/** Of each argument the first value that is given; an empty text among them says that it may be left out. */
function firstValues(args: unknown): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    entries(args).flatMap(([name, values]) => {
      const value: unknown = Array.isArray(values) ? values.find((one: unknown) => one !== "") : undefined;
      return value === undefined ? [] : [[name, settled(value)]];
    }),
  );
}

/** A record lists what will do of each of its members as well. */
function settled(value: unknown): Json {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value === "object" && value !== null) return firstValues(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
