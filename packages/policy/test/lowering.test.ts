import type { Expression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { compileText, PRELUDE } from "./harness.js";

/** An expression of the bundle on one line, without places. */
function show(node: Expression): string {
  switch (node.op) {
    case "literal":
      return JSON.stringify(node.value);
    case "arg":
      return node.name;
    case "argsOf":
      return `argsOf(${node.type.kind})`;
    case "claim":
      return `${node.of}.${node.name}`;
    case "variable":
      return `$${node.name}`;
    case "tool":
      return `tool.${node.field}`;
    case "now":
      return "now";
    case "list":
      return `[${node.items.map(show).join(", ")}]`;
    case "field":
    case "member":
      return `${show(node.of)}.${node.name}`;
    case "index":
      return `${show(node.of)}[${show(node.index)}]`;
    case "map":
    case "every":
    case "some":
      return `(${node.op} ${node.variable} in ${show(node.list)}: ${show(node.body)})`;
    case "arithmetic":
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
    case "negate":
      return `-${show(node.of)}`;
    case "function":
      return `${node.name}(${node.args.map(show).join(", ")})`;
    case "and":
    case "or":
      return `(${node.items.map(show).join(` ${node.op} `)})`;
    case "not":
      return `not ${show(node.of)}`;
    case "role":
      return `role ${node.name}`;
    case "given":
      return `given ${node.path.join(".")}`;
    case "compare":
      return `(${show(node.left)} ${node.operator} ${show(node.right)} as ${node.type.kind})`;
    case "in":
      return `(${show(node.left)} in ${show(node.right)} as ${node.type.kind})`;
    case "between":
      return `(${show(node.left)} in ${show(node.low)}..${show(node.high)} as ${node.type.kind})`;
    case "hostIn":
      return `(${show(node.left)} host ${node.patterns.join(" ")})`;
    case "under":
    case "contains":
      return `(${show(node.left)} ${node.op} ${show(node.right)})`;
    case "like":
      return `(${show(node.left)} like ${node.glob})`;
    case "matches":
      return `(${show(node.left)} matches ${node.pattern})`;
    default:
      return `not yet: ${node.op}`;
  }
}

async function lower(rule: string): Promise<string> {
  const { bundle, diagnostics } = await compileText(PRELUDE + rule);
  expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  const last = bundle?.rules.at(-1);
  return last === undefined ? "none" : show(last.when);
}

const CONDITIONS: readonly (readonly [tool: string, condition: string, lowered: string])[] = [
  ["fs.read", 'path under "/work/../srv"', '(path under "/srv")'],
  ["fs.read", 'path.dir == "/a" and path.ext != "ts"', '((path.dir == "/a" as Path) and (path.ext != "ts" as Line))'],
  ["fs.read", 'args.path like "**/.env*"', "(path like **/.env*)"],
  ["fs.read", 'has(note) and note contains "x"', '(given note and (note contains "x"))'],
  ["fs.read", "not not not user.mfa", "not user.mfa"],
  [
    "fs.read",
    'user.groups has "x" or "y" in user.groups',
    '(("x" in user.groups as Text) or ("y" in user.groups as Text))',
  ],
  ["fs.read", "(user.mfa == false)", "(user.mfa == false as Bool)"],
  [
    "fs.read",
    'tool.risk in ["low", "high"] and tool.name != "x"',
    '((tool.risk in ["low","high"] as Enum) and (tool.name != "x" as Text))',
  ],
  ["fs.read", "now + 2h < now + 90m", '((now + "2h") < (now + "90m") as Time)'],
  ["fs.read", "now - 2026-01-05T10:00:00Z > 60s", '((now - "2026-01-05T10:00:00Z") > "1m" as Duration)'],
  ["fs.read", 'path("/x") under "/"', '(path("/x") under "/")'],
  ["web.get", 'url.host in ["ACME.com", "*.acme.com"]', "(url.host host acme.com *.acme.com)"],
  ["web.get", 'url.host not in ["acme.com"]', "not (url.host host acme.com)"],
  ["web.get", "some arg of Url has private_host", "(some item in argsOf(Url): $item.private_host)"],
  ["web.get", 'every arg of Url == "https://a.com"', '(every item in argsOf(Url): ($item == "https://a.com/" as Url))'],
  [
    "web.get",
    "url.port in 1 .. 1024 and url.port not in [80, 443, 8000 .. 9000]",
    "((url.port in 1..1024 as Int) and not ((url.port in 8000..9000 as Int) or (url.port in [80,443] as Int)))",
  ],
  [
    "pay.send",
    "amount <= 19.99 USD and any > 1 EUR",
    '((amount <= {"amount":19.99,"currency":"USD"} as Money) and (any > {"amount":1,"currency":"EUR"} as Money))',
  ],
  [
    "pay.send",
    "amount < 50 and amount + amount * 2 > 5 USD",
    '((amount < 50 as Money) and ((amount + (amount * 2)) > {"amount":5,"currency":"USD"} as Money))',
  ],
  ["pay.send", 'level == "high" and to.domain in ["a.com"]', '((level == "high" as Enum) and (to.domain host a.com))'],
  ["mail.send", "every to.domain in ours", "(every item in to: ($item.domain host acme.com *.acme.dev))"],
  ["mail.send", "every to in session.participants", "(every item in to: ($item in session.participants as Email))"],
  ["mail.send", 'some bcc == "a@B.com"', '(some item in bcc: ($item == "a@b.com" as Email))'],
  [
    "mail.send",
    'every x in to: (x.local == "a" and some y in bcc: (x == y))',
    '(every x in to: (($x.local == "a" as Text) and (some y in bcc: ($x == $y as Email))))',
  ],
  [
    "mail.send",
    "score > 0.5 and count * 1.5 <= 3 and -count < -2",
    '((score > "0.5" as Decimal) and ((count * "1.5") <= "3" as Decimal) and (-count < -2 as Int))',
  ],
  [
    "mail.send",
    "size(subject) < 64KB and max(count, 3) == 4 and wait >= 120s",
    '((size(subject) < 65536 as Int) and (max(count, 3) == 4 as Int) and (wait >= "2m" as Duration))',
  ],
  [
    "mail.send",
    'to[0] == "a@b.com" and subject matches "[a-z]+"',
    '((to[0] == "a@b.com" as Email) and (subject matches [a-z]+))',
  ],
  ["mail.send", 'to == ["a@b.com"]', '(to == ["a@b.com"] as List)'],
  ["crm.put", 'every many.email.domain in ["a.com"]', "(every item in many: ($item.email.domain host a.com))"],
  ["crm.put", 'some many.tags == "x"', '(some item in many: (some item2 in $item.tags: ($item2 == "x" as Text)))'],
  ["crm.put", 'every many.tags has "x"', '(every item in many: ("x" in $item.tags as Text))'],
  ["crm.put", 'many.email.domain has "a.com"', '("a.com" in (map item in many: $item.email.domain) as Host)'],
  [
    "crm.put",
    'has(customer.note) and customer.note == "x" and flag',
    '(given customer.note and (customer.note == "x" as Line) and flag)',
  ],
  [
    "crm.put",
    "most in numbers and not is_late",
    '((most in [1,2,3] as Int) and not (now > "2026-01-05T10:00:00Z" as Time))',
  ],
  ["crm.put", "most in span", "(most in 1..9 as Int)"],
];

describe("conditions", () => {
  for (const [tool, condition, lowered] of CONDITIONS) {
    it(`${condition} on ${tool}`, async () => {
      const lets =
        'let ours = ["acme.com", "*.acme.dev"]\nlet numbers = [1, 2, 3]\nlet span = 1 .. 9\nlet is_late = now > 2026-01-05T10:00:00Z\n';
      expect(await lower(`${lets}forbid x on ${tool} { when ${condition} }`)).toBe(lowered);
    });
  }

  it("join the clauses of a rule", async () => {
    expect(await lower("forbid x on fs.read { }")).toBe("true");
    expect(await lower("forbid x on fs.read { for support }")).toBe("role support");
    expect(
      await lower(
        'forbid x on fs.read { for support, manager when user.mfa when path under "/a" unless has(note) unless path == "/a" }',
      ),
    ).toBe(
      '((role support or role manager) and user.mfa and (path under "/a") and not given note and not (path == "/a" as Path))',
    );
  });
});

describe("targets", () => {
  const targets = async (text: string): Promise<readonly string[] | undefined> =>
    (await compileText(`${PRELUDE}forbid x on ${text} { when 1 == 1 }`)).bundle?.rules.at(-1)?.tools;
  it("are resolved to tools, sorted, each once", async () => {
    expect(await targets("fs.read, fs.list, fs.read")).toEqual(["fs.list", "fs.read"]);
    expect(await targets("fs.*")).toEqual(["fs.list", "fs.read"]);
    expect(await targets("pay | egress")).toEqual(["mail.send", "pay.send"]);
    expect(await targets("write, fs.list")).toEqual(["crm.put", "fs.list"]);
    expect(await targets("*")).toEqual(["crm.put", "fs.list", "fs.read", "mail.send", "pay.send", "web.get"]);
  });
});

describe("rules, tiers and tools", () => {
  it("steer nothing is no argument, unless one has that name", async () => {
    const { bundle, diagnostics } = await compileText(`policy t @ 1
use std.tiers
tool lines (n?: Int) -> Int { effect read  risk low  steer nothing }
tool named (nothing: Int) -> Int { effect read  risk low  steer nothing }
tool unsaid (n?: Int) -> Int { effect read  risk low }
allow all on * { }
`);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(bundle?.tools.map(({ steer }) => steer)).toEqual([[], ["nothing"], undefined]);
    const mixed = await compileText(`policy t @ 1
use std.tiers
tool lines (n?: Int) -> Int { effect read  risk low  steer nothing, n }
allow all on * { }
`);
    expect(mixed.diagnostics.map(({ code }) => code)).toContain("E102");
  });

  it("carry everything that is said of them", async () => {
    const { bundle } = await compileText(`policy t @ 12
use std.tiers
use std.identity
use std.labels
role boss { user.mfa }
## First line.
## Second line.
tool "mcp__a-b" as a.b (to: Text<9>, many?: [Money<JPY>]) -> { ok: Bool } { effect write, read  risk high  labels secret, pii  sink to  steer to, many }
tool none ()
{ }
allow grant on none { }
## Why.
ask question on a.b {
  from boss, requester  quorum 2  expires 90s  show to, args
  limit 5 calls per minute by user, to  limit 9 calls per session  limit 7 calls per 90s by agent
  isolate critical  because "people"  tell "model"
}
flow secret | pii -> a.b forbid
`);
    expect(bundle?.policy).toEqual({ name: "t", version: 12 });
    const [tool, none] = bundle?.tools ?? [];
    expect(tool).toMatchObject({
      name: "a.b",
      as: "mcp__a-b",
      effects: ["read", "write"],
      risk: "high",
      labels: ["secret", "pii"],
      sinks: ["to"],
      steer: ["to", "many"],
      doc: "First line.\nSecond line.",
      params: [
        { name: "to", type: { kind: "Text", max: 9 } },
        { name: "many", type: { kind: "List", of: { kind: "Money", currency: "JPY" } }, optional: true },
      ],
      result: { kind: "Record", fields: [{ name: "ok", type: { kind: "Bool" } }] },
    });
    expect(none).toMatchObject({ name: "none", effects: [], risk: "critical", labels: [], sinks: [] });
    expect(bundle?.rules.at(-2)).toMatchObject({
      kind: "ask",
      id: "question",
      isolate: "critical",
      because: "people",
      tell: "model",
      doc: "Why.",
      demand: { from: ["boss"], requester: true, quorum: 2, expires: 90_000, show: ["to", "args"] },
      limits: [
        {
          kind: "calls",
          count: 5,
          window: 60_000,
          by: [
            { op: "claim", of: "user", name: "id" },
            { op: "arg", name: "to" },
          ],
        },
        { count: 9, window: "session", by: [] },
        { count: 7, window: 90_000, by: [{ op: "claim", of: "agent", name: "id" }] },
      ],
    });
    expect(
      bundle?.tiers.map((tier) => [tier.name, tier.isolate, tier.time, tier.memory, tier.processes, tier.network]),
    ).toEqual([
      ["low", "inline", 5000, undefined, undefined, []],
      ["medium", "process", 10_000, 128 * 1024 ** 2, undefined, []],
      ["high", "container", 120_000, 1024 ** 3, 64, []],
      ["critical", "gvisor", 120_000, 1024 ** 3, 64, []],
    ]);
  });

  it("default to thirty minutes, one approver, and never the requester", async () => {
    const { bundle } = await compileText(`${PRELUDE}ask x on fs.read { from manager except requester }`);
    expect(bundle?.rules.at(-1)).toMatchObject({
      demand: { from: ["manager"], requester: false, quorum: 1, expires: 1_800_000, show: [] },
    });
  });

  it("take a tier's settings", async () => {
    const { bundle } = await compileText(`policy t
tier low { isolate process network ["A.com", "*.b.com"] read ["/usr/**"] write ["/tmp/**"] env ["PATH"] time 1m cpu 0.5 memory 1GB processes 3 output 1MB approve r }
role r { 1 < 2 }
`);
    expect(bundle?.tiers[0]).toMatchObject({
      name: "low",
      isolate: "process",
      network: ["a.com", "*.b.com"],
      read: ["/usr/**"],
      write: ["/tmp/**"],
      env: ["PATH"],
      time: 60_000,
      cpu: 0.5,
      memory: 1024 ** 3,
      processes: 3,
      output: 1024 ** 2,
      approve: "r",
    });
  });

  it("outside the bounds of a bundle are refused", async () => {
    const params = Array.from({ length: 300 }, (_, i) => `a${i}: Int`).join(", ");
    const { diagnostics, bundle } = await compileText(`policy t\nuse std.tiers\ntool a (${params}) { risk low }`);
    expect(diagnostics.map((one) => one.code)).toEqual(["E507"]);
    expect(bundle).toBeUndefined();
  });
});
