import { sqlReader } from "./engine.js";

/**
 * SQL of PostgreSQL as rules see it, read by PostgreSQL's own parser. A member that is undefined is unknown to a rule.
 *
 * Views are tables by name; what stands behind a view, a trigger, a policy or a rule of the database is not seen, nor
 * is `search_path`. The text is read as a session with `standard_conforming_strings = on` reads it, the default.
 */
export class Sql {
  /** The text, unchanged: what the tool receives. */
  readonly text: string;
  /** How many statements it holds, at least 1. */
  readonly statements: number;
  /** `select`, `insert`, `update`, `delete`, ...: what all statements are; undefined where they differ or one is of several kinds (a `WITH` that writes). */
  readonly kind: string | undefined;
  /** Whether nothing is written, locked or set: false where something is, undefined where a function, type or operator is not known to be without effect. */
  readonly readonly: boolean | undefined;
  /** The tables and views named, lower case unless quoted, with schema where written, common table expressions left out; undefined where others may be reached. */
  readonly tables: readonly string[] | undefined;
  /** The columns named, without table; undefined where there are others (`*`, whole rows). */
  readonly columns: readonly string[] | undefined;
  /** The row limit of a single `SELECT`, where it is a whole number written out. */
  readonly limit: number | undefined;
  /** For `UPDATE`, `DELETE` and `TRUNCATE`: whether each has a condition that lets through only some rows, as far as its shape shows. Undefined where there is none of these. */
  readonly filtered: boolean | undefined;

  constructor(text: string, members: SqlMembers) {
    this.text = text;
    this.statements = members.statements;
    this.kind = members.kind;
    this.readonly = members.readonly;
    this.tables = members.tables;
    this.columns = members.columns;
    this.limit = members.limit;
    this.filtered = members.filtered;
  }
}

/** What is read from the text of an {@link Sql}. */
export type SqlMembers = Omit<Sql, "text">;

/** Texts longer than this (UTF-16 code units) are refused. */
export const MAX_SQL = 65_536;

/** Statements, or why the text is none. */
export type SqlReading =
  | { readonly ok: true; readonly sql: Sql }
  | { readonly ok: false; readonly code: "sql" | "too_long"; readonly message: string };

/** Reads text of PostgreSQL. What does not parse is refused. Needs `loadSqlParser` before; without it everything is refused. Never throws. */
export function parseSql(text: string): SqlReading {
  const reader = sqlReader();
  if (reader === undefined) return { ok: false, code: "sql", message: "the SQL parser is not loaded" };
  if (text.length > MAX_SQL)
    return { ok: false, code: "too_long", message: `a statement has at most ${MAX_SQL} characters` };
  const read = reader.membersOf(text);
  return typeof read === "string" ? { ok: false, code: "sql", message: read } : { ok: true, sql: new Sql(text, read) };
}

/**
 * The text with the row limit of its single `SELECT` brought into a range; an absent limit (`LIMIT ALL` too) becomes
 * the upper bound. Undefined, which refuses the call, where the text is anything else, the limit is not a whole number
 * written out, or the result does not parse back to the same statement with that limit. Needs `loadSqlParser`;
 * without it the result is undefined.
 */
export function clampLimit(text: string, low: number, high: number): string | undefined {
  return sqlReader()?.clampLimit(text, low, high);
}
