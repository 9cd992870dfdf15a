import { printExpression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { compileText, PRELUDE } from "./harness.js";
import { bundleOf, DECLARED, last, when } from "./language.js";

describe("declarations", () => {
  it("of params, facts and intents stand in the bundle", async () => {
    const { params, facts, intents } = await bundleOf("");
    expect(params).toMatchObject([
      { name: "work", type: { kind: "Path" } },
      { name: "allowed", type: { kind: "List", of: { kind: "Email" } } },
    ]);
    expect(facts).toMatchObject([
      {
        name: "risk",
        params: [{ name: "user", type: { kind: "Id" } }],
        result: { kind: "Int" },
        timeout: 50,
        onError: 100,
      },
      { name: "known", result: { kind: "Bool" }, onError: false },
    ]);
    expect(facts[1]).not.toHaveProperty("timeout");
    expect(intents).toMatchObject([{ name: "pay", phrases: ["pay", "send  money"] }]);
  });

  it("of fields carry labels, shapes and what they are known by", async () => {
    const { types } = await bundleOf("");
    expect(types.find((type) => type.name === "Mail")?.type).toMatchObject({
      fields: [
        { name: "id", type: { kind: "Ref", of: "mail" }, by: "subject", labels: ["trusted"] },
        { name: "sender", labels: ["claimed"] },
        { name: "folder", matches: "[a-z]{1,40}", labels: ["trusted"] },
        { name: "subject" },
        { name: "name", like: "*.txt", labels: ["untrusted", "pii"] },
      ],
    });
  });

  it("of tools carry what is said of their results", async () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const { tools } = await bundleOf(`tool q (p: Path, to: [Email]) -> { id: Id, who: Email } {
      effect read  risk low  labels secret  labels by p { "**/.env*": secret, "**/hr/**": pii }
      readers result.who  lowers pii, untrusted  pin "${digest}"  network ["Acme.com", "*.acme.dev"]
      undo fs.list(dir: p)
    }
    tool w (to: [Email]) -> Text { effect read risk low readers args.to }`);
    const [q, w] = tools.slice(-2);
    expect(q).toMatchObject({
      labels: ["secret"],
      labelsBy: {
        arg: "p",
        entries: [
          { glob: "**/.env*", label: "secret" },
          { glob: "**/hr/**", label: "pii" },
        ],
      },
      readers: { op: "list", items: [{ op: "field", name: "who", of: { op: "result" } }] },
      lowers: ["pii", "untrusted"],
      pin: digest,
      network: ["acme.com", "*.acme.dev"],
      undo: { tool: "fs.list", args: [{ name: "dir", value: { op: "arg", name: "p" } }] },
    });
    expect(w?.readers).toMatchObject({ op: "arg", name: "to" });
  });

  it("of taint choose how values are labelled, by the context where nothing is said", async () => {
    expect((await bundleOf("")).taint).toBe("context");
    expect((await bundleOf("taint value")).taint).toBe("value");
    expect((await bundleOf("taint context")).taint).toBe("context");
  });
});

describe("flows", () => {
  it("refuse, ask or raise where labels reach their left side", async () => {
    const { rules } = await bundleOf(`flow pii -> egress forbid { unless every sinks in readers }
flow confidential -> egress ask { from manager show source, first_seen, args quorum 2 }
flow untrusted -> exec raise critical
flow mine: pii & secret | credentials -> pay | write, fs.* forbid { for support when labels has pci or first_seen because "x" }`);
    const [refuses, asks, raises, named] = rules.slice(-4);
    expect(refuses).toMatchObject({
      kind: "forbid",
      form: "flow",
      id: "pii_to_egress",
      tools: ["mail.send", "net.dial"],
    });
    expect(refuses?.when).toMatchObject({
      op: "and",
      items: [
        { op: "labelled", labels: [["pii"]] },
        { op: "not", of: { op: "every", list: { op: "sinks" }, body: { op: "readable", by: { op: "variable" } } } },
      ],
    });
    expect(asks).toMatchObject({
      kind: "demand",
      form: "flow",
      id: "confidential_to_egress",
      demand: { from: ["manager"], show: ["source", "first_seen", "args"], quorum: 2 },
    });
    expect(raises).toMatchObject({ kind: "raise", form: "flow", isolate: "critical", when: { op: "labelled" } });
    expect(named).toMatchObject({ id: "mine", tools: ["crm.put", "fs.list", "fs.read", "pay.send"], because: "x" });
    expect(named?.when).toMatchObject({
      items: [
        { op: "labelled", labels: [["pii", "secret"], ["credentials"]] },
        { op: "role", name: "support" },
        { op: "or", items: [{ op: "labelled", labels: [["pci"]] }, { op: "firstSeen" }] },
      ],
    });
  });

  it("are called by their words", async () => {
    const { rules } = await bundleOf(
      "flow pii & secret | credentials -> *, reply forbid\nflow pii -> fs.*, web.get forbid",
    );
    expect(rules.slice(-2).map((rule) => rule.id)).toEqual([
      "pii_and_secret_or_credentials_to_any_or_reply",
      "pii_to_fs_any_or_web_get",
    ]);
    expect(rules.at(-2)?.tools).toContain("reply");
  });

  it("of one name are one too many", async () => {
    const { diagnostics } = await compileText(
      `${PRELUDE}flow pii -> egress forbid\nflow pii -> egress ask { from manager }`,
    );
    expect(diagnostics.map((one) => one.code)).toEqual(["E120"]);
  });
});

describe("rules over histories, quotas and answers", () => {
  it("require refuses unless its event is there", async () => {
    const rule = last(
      await bundleOf(
        'require tests on mail.send { for support after sh.run(cmd == "npm test" and cwd == work and result.exit == 0) within 1h unbroken by write, exec }',
      ),
    );
    expect(rule).toMatchObject({ kind: "forbid", form: "require" });
    expect(rule.when).toMatchObject({
      op: "and",
      items: [
        { op: "role" },
        {
          op: "not",
          of: {
            op: "did",
            event: { tool: "sh.run", outcome: "ok", within: 3_600_000, unbroken: ["crm.put", "sh.run"] },
          },
        },
      ],
    });
    expect(printExpression(rule.when)).toContain('cmd == "npm test" and cwd == work and result.exit == 0');
  });

  it("a grant takes `after` as a condition, and `did` stands anywhere", async () => {
    expect(await when("allow z on fs.list { after fs.read failed }")).toBe("did fs.read failed");
    expect(await when('forbid z on fs.list { when did fs.read(path like "**/x") denied within 5m or user.mfa }')).toBe(
      'did fs.read(path like "**/x") denied within 300000ms or user.mfa',
    );
  });

  it("quotas take every kind of limit", async () => {
    const { limits, kind } = last(
      await bundleOf(
        `quota z on pay.send {
        limit 5 calls per session  limit 3 concurrent by user  limit 20 distinct to per 90s by agent, to
        limit 5000.50 USD of amount per day  limit 10KB of size(to) per hour  limit 4 of size(to) + 1 per minute }`.replaceAll(
          "size(to)",
          "size(level)",
        ),
      ),
    );
    expect(kind).toBe("quota");
    expect(limits).toMatchObject([
      { kind: "calls", count: 5, window: "session", by: [] },
      { kind: "concurrent", count: 3, by: [{ op: "claim", of: "user", name: "id" }] },
      {
        kind: "distinct",
        count: 20,
        window: 90_000,
        of: { op: "arg", name: "to" },
        by: [{ of: "agent" }, { op: "arg" }],
      },
      {
        kind: "sum",
        type: { kind: "Money", currency: "USD" },
        total: { amount: 5000.5, currency: "USD" },
        of: { op: "arg", name: "amount" },
      },
      { kind: "sum", type: { kind: "Int" }, total: 10_240, window: 3_600_000 },
      { kind: "sum", type: { kind: "Int" }, total: 4, window: 60_000 },
    ]);
    expect(limits[1]).not.toHaveProperty("window");
  });

  it("a limit under a star leaves out the tools that lack what it names, and says which it binds", async () => {
    const { limits } = last(
      await bundleOf("quota z on * { limit 5 calls per day  limit 3 distinct to per day by user }"),
    );
    expect(limits[0]).not.toHaveProperty("tools");
    expect(limits[1]).toMatchObject({ kind: "distinct", tools: ["mail.send", "pay.send"] });
  });

  it("outputs take their steps in one order, whatever they are written in", async () => {
    const rule = last(
      await bundleOf(`output z on fs.read { for support label result pii, secret  truncate result to 64KB  redact result with secrets, cards
        scan result for injection else forbid  forbid when result contains canary  when path under work }`),
    );
    expect(rule).toMatchObject({
      kind: "output",
      tools: ["fs.read"],
      steps: [
        { kind: "forbid", when: { op: "detects", of: { op: "result" }, detectors: ["canary"] } },
        { kind: "scan", path: ["result"], detectors: ["injection"] },
        { kind: "redact", path: ["result"], detectors: ["secrets", "cards"] },
        { kind: "truncate", path: ["result"], bytes: 65_536 },
        { kind: "label", path: ["result"], labels: ["pii", "secret"] },
      ],
    });
  });

  it("outputs go into fields of every element, and into the agent's answer", async () => {
    const { rules } = await bundleOf(
      "output a on box.find { redact result.subject with cards  forbid when some result.sender in said }\noutput b on reply { redact text with secrets  forbid when text contains [canary, iban] }",
    );
    expect(rules.at(-2)).toMatchObject({
      steps: [{ kind: "forbid" }, { kind: "redact", path: ["result", "subject"] }],
    });
    expect(rules.at(-1)).toMatchObject({
      tools: ["reply"],
      steps: [
        { kind: "forbid", when: { op: "detects", of: { op: "arg", name: "text" }, detectors: ["canary", "iban"] } },
        { kind: "redact", path: ["text"] },
      ],
    });
  });

  it("endorsements stand apart from rules", async () => {
    const { endorsements, rules } = await bundleOf(
      "endorse z on fs.read { when path in said }\nendorse y on box.find { when some result.sender in said or some result.subject in said }",
    );
    expect(endorsements).toMatchObject([
      { id: "z", tools: ["fs.read"], when: { op: "said", of: { op: "arg", name: "path" } } },
      {
        id: "y",
        tools: ["box.find"],
        when: { op: "or", items: [{ op: "some", body: { op: "said" } }, { op: "some" }] },
      },
    ]);
    expect(rules.map((rule) => rule.id)).toEqual(["base", "base_web", "base_mail", "base_ask"]);
  });
});

describe("grants", () => {
  it("change arguments", async () => {
    const rule = last(
      await bundleOf(
        'allow z on mail.send { when every to.domain in ["a.com"] redact subject with secrets  clamp count to 1 .. 5  clamp wait to 1s .. 1m  set score = 0.5  drop bcc  set when_due = now + 1h }',
      ),
    );
    expect(rule).toMatchObject({
      transforms: [
        { kind: "redact", path: ["subject"], detectors: ["secrets"] },
        { kind: "clamp", path: ["count"], type: { kind: "Int" }, low: { value: 1 }, high: { value: 5 } },
        { kind: "clamp", path: ["wait"], low: { value: "1s" }, high: { value: "1m" } },
        { kind: "set", path: ["score"], type: { kind: "Decimal" }, value: { value: "0.5" } },
        { kind: "drop", path: ["bcc"] },
        { kind: "set", path: ["when_due"], value: { op: "arithmetic" } },
      ],
    });
  });

  it("clamp the limit of a statement", async () => {
    expect(
      last(await bundleOf("allow z on db.query { when sql.readonly clamp sql.limit to 1 .. 1000 }")),
    ).toMatchObject({
      transforms: [
        { kind: "clamp", path: ["sql", "limit"], type: { kind: "Int" }, low: { value: 1 }, high: { value: 1000 } },
      ],
    });
  });

  it("remember what was agreed to", async () => {
    expect(last(await bundleOf("ask z on pay.send { from manager remember 2h on amount, any, to }"))).toMatchObject({
      remember: { window: 7_200_000, on: [["amount"], ["any"], ["to"]] },
    });
    expect(
      last(await bundleOf("flow pii -> mail.send ask { from manager remember session on to, bcc }")),
    ).toMatchObject({
      kind: "demand",
      remember: { window: "session", on: [["to"], ["bcc"]] },
    });
  });
});

describe("policies without tools", () => {
  it("keep what concerns no tool, and compile", async () => {
    const { bundle, proofs, diagnostics } = await compileText(`policy t final
use std.labels
quota q on pay { limit 5 USD of amount per day }
output o on reply { redact text with cards }
prove p { never allow * when some arg of Url has private_host }
prove q { never credentials reach egress }`);
    expect(diagnostics).toEqual([]);
    expect(bundle?.rules.map((rule) => rule.id)).toEqual(["o"]);
    expect(proofs).toMatchObject([
      { kind: "neverAllow", tools: [] },
      { kind: "neverReach", labels: [["credentials"]] },
    ]);
  });
});

describe("proofs and tests", () => {
  it("are typed and carried", async () => {
    const { proofs } = await compileText(`${PRELUDE}prove a { never allow web.get when url.private_host }
prove b { never pii & secret | credentials reach egress, reply }
prove c { some allow fs.* }
prove d { t refines t }`);
    expect(proofs).toMatchObject([
      { name: "a", kind: "neverAllow", tools: ["web.get"], when: { op: "member", name: "private_host" } },
      { name: "b", kind: "neverReach", labels: [["pii", "secret"], ["credentials"]], tools: ["mail.send", "reply"] },
      { name: "c", kind: "someAllow", tools: ["fs.list", "fs.read"] },
      { name: "d", kind: "refines", left: "t", right: "t" },
    ]);
  });

  it("set every part of a scene", async () => {
    const { tests, diagnostics } = await compileText(`${PRELUDE}${DECLARED}test "t" {
      as    support with work = "/repo/../w", user.mfa = true
      said  "read /a"
      given label pii, secret
      given fact risk = 90
      call  fs.read(path: "/a") => ask from manager returns "x"
      call  sh.run(cmd: "ls -l", cwd: "/a") => allow with (cwd: "/b") isolated container returns { exit: 0, out: "a" }
      call  fs.read(path: "/a", note: $2) => allow
    }`);
    expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
    expect(tests[0]?.steps).toMatchObject([
      { kind: "as", roles: ["support"], params: { work: "/w" }, claims: { user: { mfa: true } } },
      { kind: "said", text: "read /a" },
      { kind: "label", labels: ["pii", "secret"] },
      { kind: "fact", name: "risk", value: 90 },
      { kind: "call", returns: "x" },
      { kind: "call", with: { cwd: "/b" } },
      { kind: "call", args: { note: "$2" } },
    ]);
  });
});
