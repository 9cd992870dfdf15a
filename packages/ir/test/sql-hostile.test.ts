import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { runs } from "./runs.js";
import { clampLimit, loadSqlParser, MAX_SQL, parseSql, type Sql } from "../src/values/sql/index.js";

beforeAll(() => loadSqlParser());

function sql(text: string): Sql {
  const reading = parseSql(text);
  if (!reading.ok) throw new Error(`${text}: ${reading.message}`);
  return reading.sql;
}

describe("clampLimit", () => {
  test.each<[string, string]>([
    ["select a from t", "select a from t\nLIMIT 100"],
    ["select a from t;", "select a from t\nLIMIT 100;"],
    ["select a from t -- limit 5", "select a from t -- limit 5\nLIMIT 100"],
    ["select a from t offset 5", "select a from t offset 5\nLIMIT 100"],
    ["select a from t limit 10", "select a from t limit 10"],
    ["select a from t limit 5000", "select a from t limit 100"],
    ["select a from t limit 0", "select a from t limit 1"],
    ["select a from t limit 1_000 offset 3", "select a from t limit 100 offset 3"],
    ["select a from t limit 0xfff", "select a from t limit 100"],
    ["select a from t limit all", "select a from t limit 100"],
    ["select a from t limit null", "select a from t limit 100"],
    ["select a from t limit (5000)", "select a from t limit (100)"],
    ["select a from t fetch first 5000 rows only", "select a from t fetch first 100 rows only"],
    ["select 'é😀' as \"ü\" from t limit 5000 /* é */", "select 'é😀' as \"ü\" from t limit 100 /* é */"],
    ["select a from t union select b from u limit 5000", "select a from t union select b from u limit 100"],
    ["(select a from t limit 5000)", "(select a from t limit 100)"],
  ])("%j becomes %j", (text, clamped) => {
    expect(clampLimit(text, 1, 100)).toBe(clamped);
    expect(sql(clamped).limit).toBeLessThanOrEqual(100);
  });

  test.each([
    "select 1; select 2",
    "delete from t",
    "select a from t limit 1 + 1",
    "select a from t limit $1",
    "select a from t limit (select 5)",
    "select a from t limit 1e3",
    "select a from t limit 5.5",
    "select a from t limit -1",
    "select a from t order by a fetch first 5 rows with ties",
    "explain select a from t",
    "insert into t select a from u",
    "select a from t limit 99999999999",
    "not sql",
    "",
  ])("refuses %j", (text) => expect(clampLimit(text, 1, 100)).toBeUndefined());

  test("refuses bounds that are none", () => {
    for (const [low, high] of [
      [-1, 5],
      [5, 1],
      [0.5, 5],
      [1, Number.NaN],
      [1, 2 ** 40],
    ] as const)
      expect(clampLimit("select 1", low, high)).toBeUndefined();
  });

  test("one row is fewer than the lower bound, and stands nowhere as a number", () => {
    expect(clampLimit("select a from t fetch first row only", 2, 5)).toBeUndefined();
  });
});

describe("hostile text", () => {
  test.each([
    "",
    " ",
    ";",
    "-- x",
    "select 'a",
    "select (",
    "a\0b",
    "select '\ud800'",
    "selec 1",
    "/* x",
    "x".repeat(MAX_SQL + 1),
  ])("refuses %#", (text) => {
    expect(parseSql(text).ok).toBe(false);
  });

  test.each<[string, string, string, string]>([
    ["select ", "(", "1", ")"],
    ["select ", "not ", "true", ""],
    ["select ", "1+", "1", ""],
    ["select ", "(select ", "1", ")"],
    ["select 1", " union select 1", "", ""],
    ["", "select 1;", "", ""],
    ["select ", "f(", "", ")"],
    ["select ", "array[", "1", "]"],
    ["select 1", "::int", "", ""],
    ["delete from t where ", "(a = 1 and ", "b = 1", ")"],
    ["select ", "case when a then ", "1", " end"],
    ["", "with a as (", "select 1", ") select 1"],
    ["select ", "a,", "b from t", ""],
    ["select 'x", "''", "'", ""],
  ])("%j and %j repeated end, and the parser lives on", { timeout: 60_000 }, (start, open, middle, close) => {
    for (const count of [300, 1500, 6000, 20_000]) {
      const text = (start + open.repeat(count) + middle + close.repeat(count)).slice(0, MAX_SQL);
      parseSql(text);
      clampLimit(text, 1, 100);
    }
    expect(sql("select a from t")).toMatchObject({ readonly: true, tables: ["t"] });
  });

  test("no text makes it throw, and the same text gives the same value", { timeout: 60_000 }, () => {
    const parts = [
      "select ",
      "a",
      "b",
      "*",
      " from ",
      "t",
      " where ",
      "=",
      "1",
      "'x'",
      "'",
      '"',
      "(",
      ")",
      ",",
      ";",
      "--",
      "/*",
      "*/",
      "$$",
      " limit ",
      " union ",
      "with x as (",
      "delete ",
      "update t set ",
      " into ",
      " for update",
      "::",
      "int",
      "é",
      "\\",
      "U&'",
      "E'",
      "$1",
      "\n",
      "f(",
    ];
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((list) => list.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const first = parseSql(text);
        expect(parseSql(text)).toEqual(first);
        const clamped = clampLimit(text, 1, 100);
        if (clamped === undefined) return;
        const limit = sql(clamped).limit ?? Number.NaN;
        expect(limit >= 1 && limit <= 100).toBe(true);
        expect(sql(clamped)).toMatchObject({ tables: sql(text).tables, readonly: sql(text).readonly });
      }),
      { numRuns: runs(2000, "slow") },
    );
  });
});

describe("third-party statements (a folder of corpora in WRIT_DATA)", () => {
  test("no statement that is more than a query is readonly", ({ skip }) => {
    const file = join(process.env["WRIT_DATA"] ?? "", "corpora", "sql_statements.jsonl.gz");
    if (process.env["WRIT_DATA"] === undefined || !existsSync(file))
      return skip("WRIT_DATA names no folder with corpora/sql_statements.jsonl.gz");
    const wrong: string[] = [];
    for (const line of gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n")) {
      const row: unknown = JSON.parse(line);
      if (typeof row !== "object" || row === null || !("sql" in row) || typeof row.sql !== "string")
        throw new Error("the rows of the corpus changed");
      const reading = parseSql(row.sql);
      if ("pg_ok" in row && row.pg_ok === true && !reading.ok) wrong.push(`refused: ${row.sql}`);
      if (!reading.ok || !("select_only" in row)) continue;
      const { kind, readonly } = reading.sql;
      if (readonly === true && row.select_only !== true && kind !== "explain" && kind !== "show")
        wrong.push(`readonly: ${row.sql}`);
      const clamped = kind === "select" ? clampLimit(row.sql, 1, 10) : undefined;
      if (clamped !== undefined && (sql(clamped).limit ?? Number.NaN) > 10) wrong.push(`limit: ${row.sql}`);
    }
    expect(wrong).toEqual([]);
  });
});
