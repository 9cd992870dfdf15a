import { parseSql, type Sql } from "@writ/ir/values";
import { at, numberAt, textAt, textsAt } from "../json-lines.js";
import { Confusion, figure, Tally, type Comparison } from "./comparison.js";

/** Statements that only show something. */
const SHOWS: ReadonlySet<string> = new Set(["SelectStmt", "ExplainStmt", "VariableShowStmt"]);

/** PostgreSQL's own regression statements, labelled by its parser: statements, their kinds, and the relations they name. */
export function compareStatements(rows: readonly object[]): Comparison {
  const tally = new Tally();
  const writes = new Confusion();
  let [tables, counted, known] = [0, 0, 0];
  const postgres = rows.filter((row) => textAt(row, "dialect") === "postgres" && at(row, "pg_ok") === true);
  for (const row of postgres) {
    const text = textAt(row, "sql") ?? "";
    const read = parseSql(text);
    if (!read.ok) {
      tally.add("stricter", `refused: ${read.message}`, text);
      continue;
    }
    const { sql } = read;
    counted += sql.statements === numberAt(row, "n_stmts") ? 1 : 0;
    const missing = missingTables(sql, textsAt(row, "relations"), text);
    if (sql.tables !== undefined) known += 1;
    if (missing.length === 0 && sql.tables !== undefined) tables += 1;
    const shows = [...textsAt(row, "top_stmts"), ...textsAt(row, "all_stmts")].every((kind) => SHOWS.has(kind));
    const changes = !shows || textsAt(row, "flags").some((flag) => flag === "locking" || flag === "into");
    writes.add(changes, sql.readonly !== true);
    if (missing.length > 0) tally.add("looser", "a table that the text names is missing", text);
    else if (changes)
      tally.add(
        sql.readonly === true ? "looser" : "agrees",
        `writes, sets or locks: readonly is ${said(sql.readonly)}`,
        text,
      );
    else if (sql.readonly === true) tally.add("agrees", "only shows: readonly is true", text);
    else
      tally.add(
        "stricter",
        `only shows, but readonly is ${said(sql.readonly)}: a function, operator or type not known to be without effect`,
        text,
      );
  }
  return tally.comparison(
    "sql_statements",
    "Sql: statements, tables and whether anything is written, as PostgreSQL's parser says",
    [
      ...writes.figures("statements that write, set or lock"),
      figure("the same number of statements", counted, postgres.length),
      figure("tables known", known, postgres.length),
      figure("no table of the label missing, where they are known", tables, known),
    ],
  );
}

/** Relations of the label that we do not name; a name that `WITH` declares in the text is none. */
function missingTables(sql: Sql, relations: readonly string[], text: string): readonly string[] {
  if (sql.tables === undefined) return [];
  const ours = new Set(sql.tables.map((table) => table.replaceAll('"', "").toLowerCase()));
  return relations.filter((relation) => {
    const name = relation.toLowerCase();
    return (
      !ours.has(name) &&
      !new RegExp(`\\bwith\\b[^;]*\\b${name.replaceAll(/[^\w]/g, "\\$&")}\\b[^;]*\\bas\\b`, "i").test(text)
    );
  });
}

function said(readonly: boolean | undefined): string {
  return readonly === undefined ? "unknown" : String(readonly);
}

/** Statements of many dialects (sqlglot's), labelled by sqlglot: what it calls a change must not be read-only here. */
export function compareDialects(rows: readonly object[]): Comparison {
  const tally = new Tally();
  for (const row of rows.filter((one) => textAt(one, "dialect") !== "postgres")) {
    const text = textAt(row, "sql") ?? "";
    const shows = at(row, "sg_select_only") === true;
    const read = parseSql(text);
    if (!read.ok) tally.add("stricter", "no statement of PostgreSQL", text);
    else if (shows)
      tally.add(
        read.sql.readonly === true ? "agrees" : "stricter",
        `a query, readonly is ${said(read.sql.readonly)}`,
        text,
      );
    else
      tally.add(
        read.sql.readonly === true ? "looser" : "agrees",
        `no plain query, readonly is ${said(read.sql.readonly)}`,
        text,
      );
  }
  return tally.comparison("sql_statements (other dialects)", "Sql: what sqlglot calls a change is not read-only");
}
