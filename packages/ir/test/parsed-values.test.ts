import { beforeAll, describe, expect, it } from "vitest";
import type { Type } from "../src/index.js";
import {
  addressMatches,
  equalValues,
  formatAddressPattern,
  loadEngines,
  memberOf,
  membersOf,
  parseAddressPattern,
  readMember,
  readValue,
  textOfValue,
  type Value,
} from "../src/values/index.js";

const command: Type = { kind: "Command" };
const sql: Type = { kind: "Sql", dialect: "postgresql" };

function value(type: Type, text: string): Value {
  const read = readValue(type, text, new Map());
  if (!read.ok) throw new Error(read.fault.message);
  expect(read.wire).toBe(text);
  return read.value;
}

const has = (type: Type, text: string, member: string): Value | undefined =>
  readMember(type.kind, member, value(type, text));

beforeAll(() => loadEngines({ commands: true, sql: true }));

describe("Command and Sql as values", () => {
  it("are read once, and their text is what the tool receives", () => {
    expect(readValue(command, 3, new Map())).toMatchObject({ ok: false, fault: { code: "command" } });
    expect(readValue(sql, "selec 1", new Map())).toMatchObject({ ok: false, fault: { code: "sql" } });
    expect(readValue({ kind: "List", of: command }, ["ls", "a\0"], new Map())).toMatchObject({
      ok: false,
      fault: { path: "[1]" },
    });
  });

  it("have members of known types", () => {
    expect(membersOf("Command")).toEqual([
      "program",
      "programs",
      "args",
      "flags",
      "reads",
      "writes",
      "dynamic",
      "pipes",
    ]);
    expect(membersOf("Sql")).toEqual(["kind", "readonly", "tables", "columns", "statements", "limit", "filtered"]);
    expect(memberOf("Sql", "tables")).toEqual({ kind: "List", of: { kind: "Text" } });
    expect(has(command, "npm test | tee x", "pipes")).toBe(1);
    expect(has(command, "npm $(x)", "dynamic")).toBe(true);
    expect(has(command, "rm -rf x", "flags")).toEqual(["-rf", "-r", "-f"]);
    expect(has(sql, "select a from t limit 5", "limit")).toBe(5);
    expect(has(sql, "delete from t", "readonly")).toBe(false);
    expect(has(sql, "select f(x) from t", "readonly")).toBeUndefined();
    expect(readMember("Url", "host", value(command, "ls"))).toBeUndefined();
    expect(readMember("Command", "dynamic", "ls")).toBeUndefined();
  });

  it("compare by their text, and to unknown where two texts may run the same", () => {
    const same = (a: string, b: string): boolean | undefined => equalValues(value(command, a), value(command, b));
    expect(same("npm test", "npm test")).toBe(true);
    expect(same("npm  test", "npm test")).toBeUndefined();
    expect(same("/usr/bin/npm test", "npm test")).toBeUndefined();
    expect(same("npm $x", "npm test")).toBeUndefined();
    expect(same("npm install", "npm test")).toBe(false);
    expect(same("rm test", "npm test")).toBe(false);
    expect(equalValues(value(command, "ls"), "ls")).toBeUndefined();
    const rows = (a: string, b: string): boolean | undefined => equalValues(value(sql, a), value(sql, b));
    expect([rows("select 1", "select 1"), rows("select 1", "SELECT 1"), rows("select 1", "delete from t")]).toEqual([
      true,
      undefined,
      false,
    ]);
  });

  it("give programs and tables that compare to unknown with what may be the same", () => {
    const [bare, placed] = [has(command, "rm x", "program"), has(command, "/bin/rm x", "program")];
    if (bare === undefined || placed === undefined) throw new Error("no program");
    expect([
      equalValues(bare, "rm"),
      equalValues(placed, "/bin/rm"),
      equalValues(placed, "rm"),
      equalValues(bare, "/bin/rm"),
      equalValues(bare, "ls"),
    ]).toEqual([true, true, undefined, undefined, false]);
    expect([textOfValue(bare), textOfValue(placed), textOfValue(value(command, "a b")), textOfValue(3)]).toEqual([
      "rm",
      undefined,
      "a b",
      undefined,
    ]);
    const tables = has(sql, "select 1 from public.orders", "tables");
    if (!Array.isArray(tables)) throw new Error("no tables");
    expect(
      tables.map((table: Value) => [
        equalValues(table, "public.orders"),
        equalValues(table, "orders"),
        equalValues(table, "items"),
      ]),
    ).toEqual([[true, undefined, false]]);
  });
});

describe("what stands in a list beside a Host or an Ip", () => {
  const fits = (host: string, pattern: string): boolean | undefined | "none" => {
    const parsed = parseAddressPattern(pattern);
    return parsed === undefined ? "none" : addressMatches(host, parsed);
  };

  it.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["acme.com", "10.0.0.0/8", false],
    ["[2001:db8::1]", "2001:db8::/32", true],
    ["2001:db8::1", "2001:DB8::/32", true],
    ["[::1]", "::1", true],
    ["::1", "[::1]", true],
    ["127.0.0.1", "0x7f.1", true],
    ["2002:a00:1::1", "10.0.0.0/8", undefined],
    ["a.acme.com", "*.acme.com", true],
    ["acme.com", "*.acme.com", false],
    ["10.0.0.1", "10.0.0.1/8", "none"],
    ["10.0.0.1", "https://a.test", "none"],
  ])("%s in [%s] is %s", (host, pattern, expected) => {
    expect(fits(host, pattern)).toBe(expected);
  });

  it("has one canonical text", () => {
    expect(
      ["Acme.COM", "*.Acme.com", "2001:DB8:0::/32", "::ffff:10.0.0.0/104"].map((text) => {
        const parsed = parseAddressPattern(text);
        return parsed === undefined ? undefined : formatAddressPattern(parsed);
      }),
    ).toEqual(["acme.com", "*.acme.com", "2001:db8::/32", "10.0.0.0/8"]);
  });

  it("knows private addresses", () => {
    expect(["10.0.0.1", "8.8.8.8", "fe80::1"].map((ip) => readMember("Ip", "private", ip))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
