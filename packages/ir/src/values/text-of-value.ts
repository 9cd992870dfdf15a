import { Command } from "./command/command.js";
import { Sql } from "./sql/sql.js";
import { Word, type Value } from "./value.js";

/**
 * The text of a value that is one, as `like`, `matches`, `contains` and detectors read it; undefined, which is unknown
 * to a rule, for any other, and for a program with a folder or a table with a schema: it may mean what its last
 * part says.
 */
export function textOfValue(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Command || value instanceof Sql) return value.text;
  if (!(value instanceof Word)) return undefined;
  return value.text.includes(value.kind === "program" ? "/" : ".") ? undefined : value.text;
}
