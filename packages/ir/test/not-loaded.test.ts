import { describe, expect, test } from "vitest";
import { clampLimit, loadSqlParser, parseCommand, parseSql, readValue } from "../src/values/index.js";

/** Nothing in this file may load the shell grammar; the SQL parser is loaded by the last test. */
describe("before its reader is loaded", () => {
  test.each(["ls", "rm -rf /", "git status", ""])("the command %j is dynamic, and what it does is unknown", (text) => {
    const read = parseCommand(text);
    expect(read).toMatchObject({ ok: true, command: { text, dynamic: true } });
    if (!read.ok) return;
    const { programs, program, args, flags, reads, writes, pipes } = read.command;
    expect([programs, program, args, flags, reads, writes, pipes]).toEqual(Array.from({ length: 7 }));
  });

  test("a statement is refused, and no limit is brought into it", () => {
    expect(parseSql("select 1")).toMatchObject({ ok: false, code: "sql" });
    expect(readValue({ kind: "Sql", dialect: "postgresql" }, "select 1", new Map())).toMatchObject({
      ok: false,
      fault: { code: "sql" },
    });
    expect(clampLimit("select 1 limit 5", 0, 1)).toBeUndefined();
  });

  test("a parser that is handed over brings the reader, and stays", async () => {
    let asked = 0;
    await loadSqlParser(() => {
      asked += 1;
      throw new Error("none of mine");
    });
    await loadSqlParser();
    expect(parseSql("select 1")).toMatchObject({ ok: false, message: "the text is not a statement of PostgreSQL" });
    expect(asked).toBe(1);
  });
});
