import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadEngines } from "@writ/ir/values";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { begin, resultOf } from "../src/results/contribute.js";
import { readSuite } from "../src/results/read-result.js";
import { compareCommands, comparePrograms } from "../src/types/commands.js";
import type { Comparison } from "../src/types/comparison.js";
import { Confusion } from "../src/types/comparison.js";
import { compareInjected } from "../src/types/injected.js";
import { comparePaths } from "../src/types/paths.js";
import { compareDialects, compareStatements } from "../src/types/sql.js";
import { typesSuite } from "../src/types/suite.js";
import { compareConformance, compareHosts } from "../src/types/urls.js";

const folders: string[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(folders.splice(0).map(async (made) => rm(made, { recursive: true })));
});
beforeAll(async () => loadEngines({ patterns: true, domains: true, commands: true, sql: true }));

const verdicts = ({ classes }: Comparison): readonly string[] =>
  classes.flatMap(({ verdict, count }) => Array.from({ length: count }, () => verdict)).toSorted();

test("precision and recall are of what was looked for", () => {
  const confusion = new Confusion();
  for (const [there, found] of [
    [true, true],
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const)
    confusion.add(there, found);
  expect(confusion.figures("x").map(({ hits, of }) => [hits, of])).toEqual([
    [2, 3],
    [2, 3],
    [1, 2],
  ]);
});

test("URLs: what the label calls a failure and we take, or take for another, is looser", () => {
  const row = (input: string, href: string | null, base: string | null = null): object => ({
    input,
    base,
    href,
    failure: href === null ? true : null,
  });
  const compared = compareConformance([
    row("http://a/", "http://a/"),
    row("http://a b/", null),
    row("http://u@a/", "http://u@a/"),
    row("http://a/", null),
    row("http://a/", "http://b/"),
    row("../x", "http://b/x", "http://b/c/d"),
    row("file:x", "file:///d/x", "file:///d/e"),
    row("http://a/", null, "no base"),
    row("http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/"),
    row("http://a./", "http://a./"),
  ]);
  expect(verdicts(compared)).toEqual([...Array.from({ length: 7 }, () => "agrees"), "looser", "looser", "stricter"]);
  expect(compared.figures.find(({ name }) => name.endsWith("recall"))).toMatchObject({ hits: 1, of: 2 });
});

test("hosts: an internal address that is taken for a public one is looser", () => {
  const row = (url: string, label: string, internal: boolean | null): object => ({
    url,
    label,
    host_is_internal_ip: internal,
  });
  const rows = [
    row("http://127.1/", "ssrf", true),
    row("http://8.8.8.8/", "ssrf", true),
    row("http://acme.com/", "benign", null),
    row("http://localhost/", "benign", null),
    row("http://acme.com/?to=http://localhost", "ssrf", null),
    row("http://ip6-localhost/", "ssrf", null),
  ];
  expect(verdicts(compareHosts(rows))).toEqual(["agrees", "agrees", "agrees", "looser", "stricter", "unseen"]);
});

test("paths: one that leaves the folder and is read as inside is looser", () => {
  const row = (path: string, label: string): object => ({ path, label });
  const rows = [
    row("src/a.ts", "benign"),
    row("../../etc/passwd", "traversal"),
    row("%252e%252e%252fetc", "traversal"),
    row("/etc/hosts", "sensitive_absolute"),
    row("C:\\x", "benign"),
    row("web.config", "traversal"),
    row("a..b", "traversal"),
  ];
  expect(verdicts(comparePaths(rows))).toEqual([
    "agrees",
    "agrees",
    "agrees",
    "agrees",
    "agrees",
    "looser",
    "stricter",
  ]);
});

test("statements: a change that is read as read-only, or a table that is missing, is looser", () => {
  const row = (sql: string, tops: readonly string[], relations: readonly string[], more: object = {}): object => ({
    sql,
    dialect: "postgres",
    pg_ok: true,
    n_stmts: 1,
    top_stmts: tops,
    all_stmts: tops,
    relations,
    flags: [],
    ...more,
  });
  const compared = compareStatements([
    row("SELECT a FROM t", ["SelectStmt"], ["t"]),
    row("DELETE FROM t", ["DeleteStmt"], []),
    row("SELECT f(a) FROM t", ["SelectStmt"], ["t"]),
    row("SELECT a FROM t", ["SelectStmt"], ["t", "u"]),
    row("SELECT a FROM t", ["DeleteStmt"], ["t"], { n_stmts: 2 }),
    row("SELECT a FROM t", ["SelectStmt"], ["t"], { flags: ["locking"] }),
    row("WITH u AS (SELECT 1) SELECT * FROM u, t", ["SelectStmt"], ["t", "u"]),
    row("SELEC", ["SelectStmt"], []),
    { dialect: "generic", sql: "SELECT 1" },
  ]);
  expect(compared.rows).toBe(8);
  expect(verdicts(compared)).toEqual([
    "agrees",
    "agrees",
    "agrees",
    "looser",
    "looser",
    "looser",
    "stricter",
    "stricter",
  ]);
  const generic = (sql: string, select: boolean): object => ({ sql, dialect: "generic", sg_select_only: select });
  const dialects = [
    generic("SELECT 1", true),
    generic("SELECT 1", false),
    generic("SELECT f()", true),
    generic("USE x", false),
  ];
  expect(verdicts(compareDialects(dialects))).toEqual(["agrees", "looser", "stricter", "stricter"]);
});

test("injected texts: what breaks out shows, or only chooses other rows", () => {
  const rows = [
    "1",
    "x",
    "1 OR 1=1",
    "1; DROP TABLE users",
    "' OR ''='",
    "' UNION SELECT pw FROM secrets --",
    "it''s",
  ].map((text) => ({ text, label: "sqli" }));
  const [quoted, number, deleted] = compareInjected(rows);
  if (quoted === undefined || number === undefined || deleted === undefined) throw new Error("three places");
  expect(verdicts(quoted)).toEqual(["agrees", "agrees", "agrees", "agrees", "agrees", "agrees", "unseen"]);
  // A text in quotes of its own is compared as a text: other rows, and nothing else.
  expect(verdicts(number).filter((one) => one === "unseen")).toHaveLength(2);
  // A DELETE tells whether its condition filters.
  expect(verdicts(deleted).filter((one) => one === "unseen")).toHaveLength(1);
});

test("commands: a dangerous one that is taken for one that only looks, or a program that is missing, is looser", () => {
  const row = (cmd: string, label: string): object => ({ cmd, label });
  const rows = [
    row("rm -rf /", "dangerous"),
    row("cat /etc/shadow", "dangerous"),
    row("ls -l", "benign"),
    row("make", "benign"),
    row("echo $(date)", "benign"),
    row("echo x > f", "benign"),
    row("until a; do b; done", "benign"),
  ];
  expect(verdicts(compareCommands(rows))).toEqual([
    "agrees",
    "agrees",
    "looser",
    "stricter",
    "stricter",
    "stricter",
    "stricter",
  ]);
  const plain = comparePrograms([...rows, row("A=1 ls | wc -l && make", "benign"), row("LD_PRELOAD=x ls", "benign")]);
  expect(verdicts(plain)).toEqual(["agrees", "agrees", "agrees", "agrees", "stricter", "stricter"]);
});

test("corpora that are not there are said, and what was found has the shape of every result", async () => {
  const said: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  expect((await typesSuite([])).gaps).toHaveLength(6);
  const made = await mkdtemp(join(tmpdir(), "writ-types-"));
  folders.push(made);
  await writeFile(join(made, "paths.jsonl.gz"), gzipSync('{"path":"a/../../b","label":"traversal"}\n[1]\n'));
  const found = await typesSuite(["--data", made]);
  expect(found.gaps).toHaveLength(6);
  expect(found.gaps?.map(({ why }) => why)).toContain("1 lines hold no object and were left out");
  expect(found.tables?.map(({ id, rows }) => [id, rows.length])).toEqual([
    ["verdicts", 1],
    ["looked-for", 1],
  ]);
  // Rows of a corpus are printed, and stand in no file.
  expect(said.join("")).toMatch(/a\/\.\.\/\.\.\/b/);
  const result = JSON.stringify(resultOf("types", begin(), found));
  expect(result).not.toContain("a/../../b");
  readSuite(JSON.parse(result), "types");
});
