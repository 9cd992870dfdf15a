import { parseSql, type Sql } from "@writ/ir/values";
import { textAt } from "../json-lines.js";
import { Confusion, Tally, type Comparison } from "./comparison.js";

interface Place {
  readonly name: string;
  readonly statement: (text: string) => string;
  /** Whether the text stays one literal there, told by PostgreSQL's rules of quoting and not by its parser. */
  readonly stays: (text: string) => boolean;
}

const inQuotes = (text: string): boolean => !text.replaceAll("''", "").includes("'");
const isNumber = (text: string): boolean => /^\s*-?\d+(?:\.\d+)?\s*$/.test(text);

const PLACES: readonly Place[] = [
  {
    name: "in quotes of a SELECT",
    statement: (text) => `SELECT id FROM users WHERE name = '${text}'`,
    stays: inQuotes,
  },
  { name: "as a number of a SELECT", statement: (text) => `SELECT id FROM users WHERE id = ${text}`, stays: isNumber },
  { name: "as a number of a DELETE", statement: (text) => `DELETE FROM users WHERE id = ${text}`, stays: isNumber },
];

/**
 * libinjection's texts, put where an application without parameters puts a value: does a text that breaks out of its
 * place change what the statement is read as? `Sql` is no detector of injections; a text that stays a literal is harmless.
 */
export function compareInjected(rows: readonly object[]): readonly Comparison[] {
  return PLACES.map(({ name, statement, stays }) => {
    const tally = new Tally();
    const seen = new Confusion();
    const plain = parseSql(statement("1"));
    for (const row of rows) {
      const text = textAt(row, "text") ?? "";
      const read = parseSql(statement(text));
      const literal = stays(text);
      const same = read.ok && plain.ok && shape(read.sql) === shape(plain.sql);
      if (!literal && textAt(row, "label") === "sqli") seen.add(true, !same);
      else if (literal) seen.add(false, !same);
      if (literal)
        tally.add(
          same ? "agrees" : "stricter",
          `stays a value, ${same ? "read as one" : "refused or read otherwise"}`,
          text,
        );
      else if (!read.ok) tally.add("agrees", "breaks out, and is no statement", text);
      else if (!same)
        tally.add("agrees", "breaks out, and tables, columns, kind, limit, filter or readonly tell", text);
      else tally.add("unseen", "breaks out, and only which rows are meant differs: no member reads that", text);
    }
    return tally.comparison(
      `sqli_payloads, ${name}`,
      "Sql: does a text that breaks out of its place show?",
      seen.figures("texts that break out"),
    );
  });
}

/** Everything rules see of a statement. */
function shape(sql: Sql): string {
  const { statements, kind, readonly, tables, columns, limit, filtered } = sql;
  return JSON.stringify([
    statements,
    kind,
    readonly ?? null,
    tables?.toSorted() ?? null,
    columns?.toSorted() ?? null,
    limit ?? null,
    filtered ?? null,
  ]);
}
