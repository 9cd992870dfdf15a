import { parseTree } from "./engine.js";
import { factsOf, type StatementFacts } from "./statement.js";
import { integerOf, isObject, nodeIn, textIn, type SqlNode } from "./tree.js";

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

  constructor(text: string, statements: readonly SqlNode[]) {
    const facts = statements.map(factsOf);
    const [first] = facts;
    this.text = text;
    this.statements = statements.length;
    this.kind = facts.every((fact) => fact.kind === first?.kind) ? first?.kind : undefined;
    this.readonly = facts.some((fact) => fact.readonly === false)
      ? false
      : facts.every((fact) => fact.readonly === true)
        ? true
        : undefined;
    this.tables = union(facts, (fact) => fact.tables);
    this.columns = union(facts, (fact) => fact.columns);
    const [single] = statements;
    this.limit = statements.length === 1 && single !== undefined ? limitOf(single) : undefined;
    const filtered = facts.filter((fact) => changesRows(fact)).map((fact) => fact.filtered);
    this.filtered = filtered.includes(false)
      ? false
      : filtered.length > 0 && filtered.every((fact) => fact === true)
        ? true
        : undefined;
  }
}

function changesRows(fact: StatementFacts): boolean {
  return (
    fact.filtered !== undefined ||
    fact.kind === "update" ||
    fact.kind === "delete" ||
    fact.kind === undefined ||
    fact.kind === "merge"
  );
}

function union(
  facts: readonly StatementFacts[],
  of: (fact: StatementFacts) => readonly string[] | undefined,
): readonly string[] | undefined {
  const all = new Set<string>();
  for (const fact of facts) {
    const items = of(fact);
    if (items === undefined) return undefined;
    for (const item of items) all.add(item);
  }
  return [...all];
}

function limitOf(node: SqlNode): number | undefined {
  // `WITH TIES` gives more rows than its number.
  if (node.type !== "SelectStmt" || textIn(node, "limitOption") !== "LIMIT_OPTION_COUNT") return undefined;
  return integerOf(nodeIn("limitCount", node.fields["limitCount"]));
}

/** Texts longer than this (UTF-16 code units) are refused. */
export const MAX_SQL = 65_536;

/** Statements, or why the text is none. */
export type SqlReading =
  | { readonly ok: true; readonly sql: Sql }
  | { readonly ok: false; readonly code: "sql" | "too_long"; readonly message: string };

/** Reads text of PostgreSQL. What does not parse is refused. Needs `loadSqlParser` before; without it everything is refused. Never throws. */
export function parseSql(text: string): SqlReading {
  const statements = statementsOf(text);
  if (typeof statements === "string")
    return { ok: false, code: text.length > MAX_SQL ? "too_long" : "sql", message: statements };
  try {
    return {
      ok: true,
      sql: new Sql(
        text,
        statements.map((statement) => statement.node),
      ),
    };
  } catch (error) {
    // The walk recurses as deep as the statement; a host that calls from deep in its own stack may have little left.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, code: "sql", message: "the statement is nested too deeply" };
  }
}

/** A statement and where it stands in the text's UTF-8 bytes. */
export interface Statement {
  readonly node: SqlNode;
  readonly start: number;
  /** Undefined: to the end of the text. */
  readonly length: number | undefined;
}

/** The statements of a text, or a message. */
export function statementsOf(text: string): readonly Statement[] | string {
  if (text.length > MAX_SQL) return `a statement has at most ${MAX_SQL} characters`;
  if (text.includes("\0") || !text.isWellFormed()) return "a statement holds no NUL and no half of a surrogate pair";
  const parsed = parseTree(text);
  if (!parsed.ok) return parsed.message;
  const list = isObject(parsed.tree) ? parsed.tree["stmts"] : undefined;
  const statements: Statement[] = [];
  for (const item of Array.isArray(list) ? list : []) {
    if (!isObject(item)) return "the text is not a statement of PostgreSQL";
    const node = nodeIn("stmt", item["stmt"]);
    if (node === undefined) return "the text is not a statement of PostgreSQL";
    const [start, length] = [item["stmt_location"] ?? 0, item["stmt_len"]];
    statements.push({
      node,
      start: typeof start === "number" ? start : 0,
      length: typeof length === "number" && length > 0 ? length : undefined,
    });
  }
  return statements.length === 0 ? "the text holds no statement" : statements;
}
