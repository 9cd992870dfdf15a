import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { runs } from "./runs.js";
import { clampLimit, equalTables, loadSqlParser, MAX_SQL, parseSql, type Sql } from "../src/values/sql/index.js";

beforeAll(() => loadSqlParser());

function sql(text: string): Sql {
  const reading = parseSql(text);
  if (!reading.ok) throw new Error(`${text}: ${reading.message}`);
  return reading.sql;
}

describe("readonly", () => {
  test.each([
    "SELECT 1",
    "select a, b from orders where x = 1 order by a limit 5",
    "VALUES (1)",
    "TABLE orders",
    "(select a from t) union all (select b from u)",
    "SHOW work_mem",
    "select count(*), sum(a), lower(b) from t group by b having max(a) > 1",
    "select a::int, cast(b as text), c::timestamptz from t",
    "with x as (select 1 as a) select a from x",
    "select date_trunc('day', created_at) from t where created_at > now() - interval '1 day'",
    "select row_number() over (partition by a order by b) from t",
    "explain select a from t",
    "select x.* from t, lateral (select a from u where u.id = t.id) x",
    "select a from t tablesample system (1)",
    "select case when a then 1 else coalesce(b, 2) end from t",
    "select d ->> 'a' from t where d @> '{}'::jsonb",
    "select a from t where b like 'x%' and c between 1 and 2 and d is distinct from 3 and e similar to 'x'",
    "select pg_catalog.lower(a) from t",
    "select substring(a from 1 for 2), extract(year from b), trim(c) from t",
    "select 1; select 2",
    "select a from t -- ; drop table t",
    "select a /* ; drop table t */ from t",
    "select '; drop table t'",
    "select $$; drop table t$$",
    "select $1",
  ])("%j", (text) => expect(sql(text).readonly).toBe(true));

  test.each([
    "select 1; drop table t",
    "insert into t values (1)",
    "update t set a = 1",
    "delete from t",
    "merge into t using u on t.a = u.a when matched then delete",
    "truncate t",
    "with x as (delete from t returning *) select * from x",
    "with x as (insert into t values (1) returning a) select a from x",
    "with x as (update t set a = 1 returning a) select a from x",
    "with a as (with b as (delete from t returning *) select * from b) select 1",
    "select * from (with x as (delete from t returning *) select * from x) y",
    "select a into x from t",
    "select a into x from t union select 1",
    "create table x as select 1",
    "create materialized view x as select 1",
    "select a from t for update",
    "select a from t for share",
    "select (select a from t for update)",
    "copy t from '/x'",
    "copy t to '/x'",
    "copy t to program 'rm x'",
    "copy (select 1) to program 'rm x'",
    "copy t from program 'rm x'",
    "do $$ begin delete from t; end $$",
    "call p()",
    "explain analyze delete from t",
    "explain (analyze, verbose) insert into t values (1)",
    "set search_path = x",
    "set local role admin",
    "reset all",
    "begin",
    "begin read write",
    "commit",
    "rollback",
    "savepoint x",
    "listen x",
    "notify x",
    "lock t",
    "vacuum",
    "analyze t",
    "reindex table t",
    "cluster t",
    "checkpoint",
    "discard all",
    "create function f() returns int language sql as 'select 1'",
    "create extension x",
    "alter system set a = 1",
    "grant all on t to public",
    "alter table t add column a int",
    "create rule r as on select to t do instead select 1",
    "create trigger x after insert on t execute function f()",
    "drop schema public cascade",
    "comment on table t is 'x'",
    "security label on table t is 'x'",
    "import foreign schema x from server y into z",
    "load 'x'",
    "refresh materialized view x",
    "deallocate all",
    "reassign owned by a to b",
  ])("%j is not", (text) => expect(sql(text).readonly).toBe(false));

  test.each([
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select set_config('a', 'b', false)",
    "select nextval('s')",
    "select setval('s', 1)",
    "select dblink('x', 'delete from t')",
    "select dblink_exec('x')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/x')",
    "select lo_unlink(1)",
    "select pg_terminate_backend(1)",
    "select pg_reload_conf()",
    "select pg_sleep(9)",
    "select pg_advisory_lock(1)",
    "select pg_notify('a', 'b')",
    "select query_to_xml('delete from t', true, true, '')",
    "select table_to_xml('t', true, true, '')",
    "select ts_stat('select 1')",
    "select my_function(a) from t",
    "select public.lower(a) from t",
    "select evil.count(*) from t",
    "select a from my_function()",
    "select a from t where my_function(a)",
    "select a from t order by my_function(a)",
    "select a operator(evil.+) 1 from t",
    "select a <%> b from t",
    "select 'x'::my_domain",
    "select 't'::regclass",
    "select 'x'::evil.int4",
    "select a from t order by a using operator(evil.<)",
    "select a = any (select my_function(b) from u) from t",
    "select count(*) filter (where my_function(a)) from t",
    "select a from t limit my_function(1)",
    "select xmlparse(document a) from t",
    "select a from t tablesample evil (1)",
    "execute p",
    "prepare p as select 1",
    "declare c cursor for select 1",
    "fetch c",
    "copy t to stdout",
    "explain execute p",
    "explain delete from t",
    "explain analyze select my_function(1)",
    "with x as (select my_function(1)) select 1",
    "select case when my_function(1) then 1 end",
  ])("%j is not known", (text) => expect(sql(text).readonly).toBeUndefined());
});

describe("tables", () => {
  test.each<[string, string[] | undefined]>([
    ["select a from Orders", ["orders"]],
    ['select a from "Orders"', ['"Orders"']],
    ['select a from U&"\\006frders"', ["orders"]],
    ['select a from "a.b"', ['"a.b"']],
    ["select a from public.orders o join db.s.items on true", ["public.orders", "db.s.items"]],
    ["select a from t where b in (select c from u)", ["t", "u"]],
    ["select a from t union select a from u", ["t", "u"]],
    ["with x as (select a from t) select a from x", ["t"]],
    ["with orders as (select a from secrets) select a from orders", ["secrets"]],
    ["with secrets as (select a from secrets) select a from secrets", ["secrets"]],
    ["with recursive x as (select 1 as a union select a from x) select a from x", []],
    ["with a as (select 1), b as (select 1 from a) select 1 from b", []],
    ["with b as (select 1 from a), a as (select 1) select 1 from b", ["a"]],
    ["select 1 from (with t as (select 1) select 1 from t) x, t", ["t"]],
    ["with t as (select 1) select 1 from public.t", ["public.t"]],
    ["with t as (select 1) delete from t where id = 1", ["t"]],
    ["insert into t select a from u", ["t", "u"]],
    ["update t set a = u.a from u where t.id = u.id", ["t", "u"]],
    ["delete from t using u where t.id = u.id", ["t", "u"]],
    ["select a into x from t", ["x", "t"]],
    ["truncate a, b", ["a", "b"]],
    ["drop table a, s.b", ["a", "s.b"]],
    ["explain select a from t", ["t"]],
    ["select a from t; select a from u", ["t", "u"]],
    ["select my_function() from t", undefined],
    ["drop table a cascade", undefined],
    ["drop schema s", undefined],
    ["select query_to_xml('select * from secrets', true, true, '') from t", undefined],
    ["do $$ begin end $$", undefined],
    ["execute p", undefined],
    ["copy t to program 'x'", undefined],
  ])("%j: %j", (text, tables) => {
    expect(sql(text).tables?.toSorted()).toEqual(tables?.toSorted());
  });

  test("a table compares unknown with the same name in a schema", () => {
    expect(equalTables("secrets", "secrets")).toBe(true);
    expect(equalTables("public.secrets", "secrets")).toBeUndefined();
    expect(equalTables("secrets", "db.public.secrets")).toBeUndefined();
    expect(equalTables("a.secrets", "b.secrets")).toBe(false);
    expect(equalTables("my_secrets", "secrets")).toBe(false);
  });
});

describe("other members", () => {
  test.each<[string, Partial<Sql>]>([
    [
      "select a, o.b from orders o where c = 1 order by d",
      { columns: ["a", "b", "c", "d"], kind: "select", statements: 1 },
    ],
    ["select * from t", { columns: undefined }],
    ["select o from orders o", { columns: undefined }],
    ["select orders from orders", { columns: undefined }],
    ["select public.orders from public.orders", { columns: undefined }],
    ["select row_to_json(o) from orders o", { columns: undefined }],
    ["select o.to_json from orders o", { columns: undefined }],
    ["select (o).text from orders o", { columns: undefined }],
    ["select ssn(o) from orders o", { columns: undefined }],
    ["select a from t natural join u", { columns: undefined }],
    ["select (o).ssn from orders o", { columns: undefined }],
    ["select a from t join u using (ssn)", { columns: ["a", "ssn"] }],
    ["insert into t values (1)", { columns: undefined }],
    ["insert into t (a) values (1)", { columns: ["a"] }],
    ["update t set a = 1 where b = 2", { columns: ["a", "b"] }],
    ["select count(*) from t", { columns: [] }],
    ["select a from t limit 10", { limit: 10 }],
    ["select a from t limit 0", { limit: 0 }],
    ["select a from t fetch first row only", { limit: 1 }],
    ["select a from t order by a fetch first 5 rows with ties", { limit: undefined }],
    ["select a from t limit all", { limit: undefined }],
    ["select a from t limit 1 + 1", { limit: undefined }],
    ["select a from t limit $1", { limit: undefined }],
    ["select a from (select a from t limit 5) x", { limit: undefined }],
    ["select 1 limit 1; select 1 limit 1", { limit: undefined, statements: 2, kind: "select" }],
    ["select 1; delete from t", { kind: undefined }],
    ["with x as (delete from t returning a) select a from x", { kind: undefined, filtered: false }],
    ["select a into x from t", { kind: "create_table_as" }],
    ["delete from t", { filtered: false, kind: "delete" }],
    ["delete from t where true", { filtered: false }],
    ["delete from t where 1 = 1", { filtered: false }],
    ["delete from t where now() > '2000-01-01'", { filtered: false }],
    ["delete from t where id = id", { filtered: false }],
    ["delete from t where t.id in (t.id)", { filtered: undefined }],
    ["delete from t where id = 1 or true", { filtered: false }],
    ["delete from t where id = 1 or 1 = 1", { filtered: false }],
    ["delete from t where not false", { filtered: false }],
    ["delete from t where id <> 0", { filtered: undefined }],
    ["delete from t where id is not null", { filtered: undefined }],
    ["delete from t where name like '%'", { filtered: undefined }],
    ["delete from t where exists (select 1 from u where u.a = 1)", { filtered: undefined }],
    ["delete from t where id = 1", { filtered: true }],
    ["delete from t where id in (1, 2) and true", { filtered: true }],
    ["delete from t where id = 1 or id = 2", { filtered: true }],
    ["update t set a = 1 where id between 1 and 2", { filtered: true }],
    ["update t set a = 1", { filtered: false }],
    ["update t set a = 1 where id = 1; delete from t", { filtered: false }],
    ["with x as (update t set a = 1) delete from u where id = 1", { filtered: false }],
    ["truncate t", { filtered: false }],
    ["select a from t where id = 1", { filtered: undefined }],
  ])("%j", (text, members) => expect(sql(text)).toMatchObject(members));
});

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
