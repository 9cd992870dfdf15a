import type { Random } from "../random.js";
import type { Condition, ParamType, Request, Rule } from "./rule.js";

/** A call of a tool that is yet to be named. */
export type Drawn = Omit<Request, "tool">;
type Draft = readonly [Rule["effect"], ...Condition[]];

/** A kind of tool: five rules of each such tool, and calls of it that are meant to be allowed or refused. */
export interface ToolKind {
  readonly name: string;
  readonly params: Readonly<Record<string, ParamType>>;
  /** The rules of the `i`-th tool. */
  readonly rules: (i: number) => readonly Draft[];
  readonly draw: (i: number, allowed: boolean, random: Random) => Drawn;
}

/** The five kinds: the `i`-th tool is of the kind `i` modulo five. */
export function kindOf(i: number): ToolKind {
  return KINDS[i % KINDS.length] ?? FILES;
}

const OTHERS = ["dev", "viewer", "qa", "ops", "intern"] as const;
const equal = (field: string, value: string): Condition => ({ op: "equal", field, value });
const oneOf = (field: string, values: readonly string[]): Condition => ({ op: "oneOf", field, values });
const hostIn = (field: string, values: readonly string[]): Condition => ({ op: "hostIn", field, values });
const role = (...anyOf: string[]): Condition => ({ op: "role", anyOf });
const above = (field: string, value: number): Condition => ({ op: "above", field, value });
const list = (length: number, text: (j: number) => string): string[] => Array.from({ length }, (_, j) => text(j));

function somebody(random: Random): { user: string; roles: string[] } {
  return { user: `user-${random.below(500)}`, roles: [random.pick(OTHERS), "employee"] };
}

const FILES: ToolKind = {
  name: "fs",
  params: { path: "Path", mode: "Id", size: "Int" },
  rules: (i) => [
    ["permit", { op: "under", field: "path", folder: `/workspace/p${i}` }, oneOf("mode", ["r", "rw"])],
    ["permit", role("admin", "sre"), { op: "under", field: "path", folder: `/etc/app${i}` }],
    ["forbid", { op: "under", field: "path", folder: `/workspace/p${i}/.secrets` }],
    ["permit", equal("user", `svc-${i}`), equal("mode", "r")],
    ["forbid", above("size", 1_000_000 * (1 + (i % 5)))],
  ],
  draw(i, allowed, random) {
    const who = somebody(random);
    const file = `/workspace/p${i}/src/mod${random.below(50)}/file${random.below(1000)}.ts`;
    const args = { path: file, mode: random.pick(["r", "rw"]), size: random.below(900_000) };
    const turn = random.below(10);
    if (allowed && turn === 0)
      return { ...who, roles: ["sre", "employee"], args: { ...args, path: `/etc/app${i}/conf${random.below(9)}.yml` } };
    if (allowed && turn === 1)
      return { ...who, user: `svc-${i}`, args: { ...args, mode: "r", path: `/var/data/${random.below(99)}/x` } };
    if (allowed) return { ...who, args };
    if (turn < 3) return { ...who, args: { ...args, path: `/workspace/p${i}/.secrets/key${random.below(9)}` } };
    if (turn < 6) return { ...who, args: { ...args, path: `/home/user${random.below(9)}/.ssh/id_rsa` } };
    return { ...who, args: { ...args, size: 9_000_000 } };
  },
};

const FETCHES: ToolKind = {
  name: "http",
  params: { host: "Host", method: "Id", path: "Path", bytes: "Int" },
  rules(i) {
    const hosts = hostIn(
      "host",
      list(20, (j) => `api${j}.t${i}.example.com`),
    );
    return [
      ["permit", hosts, oneOf("method", ["GET", "HEAD"])],
      ["permit", role("net_admin"), hostIn("host", [`api${i}.internal.example`])],
      [
        "forbid",
        hostIn(
          "host",
          list(10, (j) => `bad${j}.t${i}.example.net`),
        ),
      ],
      ["forbid", above("bytes", 5_000_000)],
      ["permit", hosts, equal("method", "POST"), { op: "under", field: "path", folder: `/v1/t${i}` }],
    ];
  },
  draw(i, allowed, random) {
    const who = somebody(random);
    const host = `api${random.below(20)}.t${i}.example.com`;
    const path = `/v1/t${i}/items/${random.below(1000)}`;
    const args = { host, method: random.pick(["GET", "GET", "HEAD"]), path, bytes: random.below(100_000) };
    const turn = random.below(10);
    if (allowed && turn < 3) return { ...who, args: { ...args, method: "POST" } };
    if (allowed && turn === 3)
      return { ...who, roles: ["net_admin"], args: { ...args, host: `api${i}.internal.example` } };
    if (allowed) return { ...who, args };
    if (turn < 3) return { ...who, args: { ...args, host: `bad${random.below(10)}.t${i}.example.net` } };
    if (turn < 6) return { ...who, args: { ...args, host: "evil.example.org" } };
    return { ...who, args: { ...args, bytes: 9_000_000 } };
  },
};

const PAYMENTS: ToolKind = {
  name: "pay",
  params: { amount: "Int", currency: "Id", to: "Id", memo: "Line" },
  rules(i) {
    const below = (value: number): Condition[] => [
      { op: "atLeast", field: "amount", value: 0 },
      { op: "below", field: "amount", value },
    ];
    return [
      [
        "permit",
        { op: "atLeast", field: "amount", value: 0 },
        { op: "atMost", field: "amount", value: 100 * (1 + (i % 10)) },
        oneOf("currency", ["USD", "EUR"]),
      ],
      ["permit", role("finance"), ...below(10_000)],
      ["forbid", equal("to", `acct-blocked-${i}`)],
      ["forbid", oneOf("currency", ["RUB", "KPW", "IRR"])],
      ["permit", equal("user", "cfo"), ...below(1_000_000)],
    ];
  },
  draw(i, allowed, random) {
    const who = somebody(random);
    const [amount, to] = [random.below(100 * (1 + (i % 10))), `acct-${random.below(10_000)}`];
    const args = { amount, currency: random.pick(["USD", "EUR"]), to, memo: `invoice ${random.below(100_000)}` };
    const turn = random.below(10);
    if (allowed && turn === 0) return { ...who, roles: ["finance", "employee"], args: { ...args, amount: 5000 } };
    if (allowed && turn === 1) return { ...who, user: "cfo", args: { ...args, amount: 500_000 } };
    if (allowed) return { ...who, args };
    if (turn < 3) return { ...who, args: { ...args, to: `acct-blocked-${i}` } };
    if (turn < 6) return { ...who, args: { ...args, currency: "RUB" } };
    return { ...who, args: { ...args, amount: 50_000 } };
  },
};

const MAILS: ToolKind = {
  name: "mail",
  params: { domain: "Id", attachments: "Int", subject: "Line" },
  rules: (i) => [
    [
      "permit",
      oneOf(
        "domain",
        list(10, (j) => `corp${j}.t${i}.example.com`),
      ),
    ],
    ["permit", role("support", "sales"), { op: "atMost", field: "attachments", value: 3 }],
    [
      "forbid",
      oneOf(
        "domain",
        list(5, (j) => `evil${j}.t${i}.example.net`),
      ),
    ],
    ["forbid", above("attachments", 10)],
    ["permit", role("admin")],
  ],
  draw(i, allowed, random) {
    const who = somebody(random);
    const [domain, attachments] = [`corp${random.below(10)}.t${i}.example.com`, random.below(4)];
    const args = { domain, attachments, subject: `hello ${random.below(100_000)}` };
    const turn = random.below(10);
    if (allowed && turn < 2)
      return { ...who, roles: ["support"], args: { ...args, domain: `cust${random.below(99)}.example.org` } };
    if (allowed && turn === 2) return { ...who, roles: ["admin"], args: { ...args, domain: "other.example.org" } };
    if (allowed) return { ...who, args };
    if (turn < 3) return { ...who, args: { ...args, domain: `evil${random.below(5)}.t${i}.example.net` } };
    if (turn < 6) return { ...who, args: { ...args, attachments: 20 } };
    return { ...who, args: { ...args, domain: "unknown.example.org" } };
  },
};

const TABLES: ToolKind = {
  name: "db",
  params: { table: "Id", operation: "Id", rows: "Int" },
  rules: (i) => [
    [
      "permit",
      equal("operation", "select"),
      oneOf(
        "table",
        list(12, (j) => `app${i}_t${j}`),
      ),
    ],
    [
      "permit",
      oneOf("operation", ["insert", "update"]),
      role("dba", "service"),
      { op: "startsWith", field: "table", prefix: `app${i}_` },
    ],
    ["forbid", equal("operation", "drop")],
    ["forbid", above("rows", 10_000)],
    ["permit", role("dba"), { op: "notEqual", field: "operation", value: "drop" }],
  ],
  draw(i, allowed, random) {
    const who = somebody(random);
    const args = { table: `app${i}_t${random.below(12)}`, operation: "select", rows: random.below(1000) };
    const turn = random.below(10);
    if (allowed && turn < 3)
      return { ...who, roles: ["service"], args: { ...args, operation: random.pick(["insert", "update"]) } };
    if (allowed && turn === 3) return { ...who, roles: ["dba"], args: { ...args, operation: "alter" } };
    if (allowed) return { ...who, args };
    if (turn < 3) return { ...who, args: { ...args, operation: "drop" } };
    if (turn < 6) return { ...who, args: { ...args, rows: 50_000 } };
    return { ...who, args: { ...args, table: "users_private" } };
  },
};

const KINDS: readonly ToolKind[] = [FILES, FETCHES, PAYMENTS, MAILS, TABLES];
