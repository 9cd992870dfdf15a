import type { Bundle, Expression, Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { decide, type Verdict } from "../src/evaluate/decide.js";
import { loadProgram } from "../src/index.js";
import { allow, arg, ask, AT, bundle, forbid, money, no, tool, unknown } from "./bundle.js";

async function verdict(made: Bundle, name: string, args: Json, user: { [claim: string]: Json } = {}): Promise<Verdict> {
  return decide(await loadProgram(made), { tool: name, args, identity: { user, agent: {}, session: {} }, now: 0 });
}

const literal = (type: Extract<Expression, { op: "literal" }>["type"], value: Json): Expression => ({
  op: "literal",
  type,
  value,
  at: AT,
});
const url = { kind: "Url" } as const;
const text = { kind: "Text" } as const;

describe("combining", () => {
  const one = (...rules: Parameters<typeof bundle>[1]) => bundle([tool("t")], rules);

  it("refuses what nothing grants", async () => {
    const { decision } = await verdict(one(allow("a", ["t"], no)), "t", {});
    expect(decision).toMatchObject({ effect: "forbid", reasons: [{ by: "default" }] });
  });

  it("lets a refusal stand over any grant, in any order", async () => {
    const { decision } = await verdict(one(forbid("f", ["t"]), allow("a", ["t"]), ask("q", ["t"])), "t", {});
    expect(decision).toMatchObject({ effect: "forbid", reasons: [{ by: "f", truth: "true" }] });
  });

  it("asks where both ask and allow match", async () => {
    expect((await verdict(one(ask("q", ["t"]), allow("a", ["t"])), "t", {})).decision).toMatchObject({
      effect: "ask",
      demands: [{ by: "q", from: ["manager"] }],
    });
  });

  it("acts by polarity where a condition is unknown: forbid forbids, ask demands and grants nothing, allow grants nothing", async () => {
    expect((await verdict(one(forbid("f", ["t"], unknown), allow("a", ["t"])), "t", {})).decision).toMatchObject({
      effect: "forbid",
      reasons: [{ by: "f", truth: "unknown" }],
    });
    expect((await verdict(one(ask("q", ["t"], unknown)), "t", {})).decision.effect).toBe("forbid");
    expect((await verdict(one(ask("q", ["t"], unknown), allow("a", ["t"])), "t", {})).decision.effect).toBe("ask");
    expect((await verdict(one(allow("a", ["t"], unknown)), "t", {})).decision.effect).toBe("forbid");
  });

  it("a condition that faults is unknown: a forbid that divides by zero still forbids (lesson 23)", async () => {
    const zero: Expression = {
      op: "arithmetic",
      operator: "/",
      left: literal({ kind: "Int" }, 1),
      right: literal({ kind: "Int" }, 0),
      at: AT,
    };
    const faulty: Expression = {
      op: "compare",
      operator: "==",
      type: { kind: "Int" },
      left: zero,
      right: literal({ kind: "Int" }, 1),
      at: AT,
    };
    expect((await verdict(one(forbid("f", ["t"], faulty), allow("a", ["t"])), "t", {})).decision.effect).toBe("forbid");
  });

  it("takes limits, tier and demands from every rule that is not false", async () => {
    const limit = { kind: "calls", count: 1, window: 1000, by: [], at: AT } as const;
    const made = one(
      allow("a", ["t"]),
      allow("b", ["t"], unknown, { limits: [{ ...limit, by: [] }], isolate: "high" }),
      allow("c", ["t"], no, { limits: [{ ...limit, by: [] }] }),
    );
    expect((await verdict(made, "t", {})).decision).toMatchObject({
      effect: "allow",
      limits: [{ by: "b", index: 0 }],
      tier: { name: "high", isolate: "container" },
    });
  });

  it("never looks at the rules of another tool", async () => {
    const made = bundle([tool("t"), tool("u")], [allow("a", ["u"])]);
    expect((await verdict(made, "t", {})).decision.effect).toBe("forbid");
  });

  it("ends where a condition takes too long, and takes it as unknown", async () => {
    const items = literal(
      { kind: "List", of: { kind: "Int" } },
      Array.from({ length: 1000 }, (_, i) => i),
    );
    const nest = (depth: number): Expression =>
      depth === 0 ? no : { op: "some", variable: `v${depth}`, list: items, body: nest(depth - 1), at: AT };
    expect((await verdict(one(forbid("f", ["t"], nest(4)), allow("a", ["t"])), "t", {})).decision.effect).toBe(
      "forbid",
    );
  });
});

describe("normalising", () => {
  const mail = tool("mail", [
    { name: "to", type: { kind: "List", of: { kind: "Email" } } },
    { name: "bcc", type: { kind: "List", of: { kind: "Email" } }, optional: true },
  ]);
  const made = bundle([mail], [allow("a", ["mail"])]);

  it.each([
    ["an unknown tool (lesson 4)", "other", {}, "unknown_tool"],
    ["an undeclared argument (lesson 24)", "mail", { to: ["a@b.de"], cc: ["x@y.de"] }, "unknown_field"],
    ["a missing argument", "mail", {}, "missing"],
    ["a wrong type", "mail", { to: "a@b.de" }, "list"],
    ["a wrong element", "mail", { to: ["a@b.de", "a@b.de\r\nBcc: x@y.de"] }, "email"],
    ["no object", "mail", [], "record"],
    [
      "a prototype name as an argument (lesson 30)",
      "mail",
      JSON.parse('{"to":["a@b.de"],"__proto__":{"bcc":1}}') as Json,
      "unknown_field",
    ],
    ["a prototype name as a tool (lesson 30)", "__proto__", {}, "unknown_tool"],
    ["another prototype name as a tool", "constructor", {}, "unknown_tool"],
  ])("refuses %s", async (_, name, args, code) => {
    const { decision } = await verdict(made, name, args);
    expect(decision).toMatchObject({ effect: "forbid", reasons: [{ by: "input" }], fault: { code } });
  });

  it("hands on the canonical value that the rules saw", async () => {
    expect((await verdict(made, "mail", { to: ["Ann <ann@ACME.com>"], bcc: null })).args).toEqual({
      to: ["ann@acme.com"],
    });
  });
});

describe("conditions", () => {
  const params = [
    { name: "link", type: url },
    { name: "amount", type: { kind: "Money" } as const, optional: true as const },
    { name: "tags", type: { kind: "List", of: text } as const, optional: true as const },
    { name: "note", type: text, optional: true as const },
  ];
  async function truth(when: Expression, args: Json = { link: "https://acme.com/" }): Promise<string> {
    const { matches } = await verdict(bundle([tool("t", params)], [allow("a", ["t"], when)]), "t", args);
    return String(matches[0]?.truth);
  }
  const member = (name: string): Expression => ({ op: "member", type: url, name, of: arg("link"), at: AT });
  const hostIn = (...patterns: string[]): Expression => ({ op: "hostIn", left: member("host"), patterns, at: AT });

  it.each([
    ["https://acme.com/", true],
    ["https://docs.acme.com./", true],
    ["https://acme.com.evil.test/", false],
    ["https://evil-acme.com/", false],
    ["https://acme.com:8443/", true],
    ["https://ACME.com/", true],
    ["https://xn--cme-5cd.com/", false],
  ])("a host pattern is a domain, not a text (lesson 25): %s", async (link, fits) => {
    expect(await truth(hostIn("acme.com", "*.acme.com"), { link })).toBe(String(fits));
  });

  it.each([
    "http://127.1/",
    "http://0x7f000001/",
    "http://[::ffff:169.254.169.254]/",
    "http://localhost/",
    "http://metadata.google.internal/",
    "http://intranet/",
    "file:///etc/passwd",
  ])("%s is private in any spelling", async (link) => {
    expect(
      await truth(
        {
          op: "some",
          variable: "u",
          list: { op: "argsOf", type: url, at: AT },
          body: { op: "member", type: url, name: "private_host", of: { op: "variable", name: "u", at: AT }, at: AT },
          at: AT,
        },
        { link },
      ),
    ).toBe("true");
  });

  it("amounts of different currencies compare to unknown", async () => {
    const over: Expression = {
      op: "compare",
      operator: ">",
      type: { kind: "Money" },
      left: arg("amount"),
      right: money(50, "USD"),
      at: AT,
    };
    const args = (amount: Json): Json => ({ link: "https://acme.com/", amount });
    expect(await truth(over, args({ amount: 50.01, currency: "USD" }))).toBe("true");
    expect(await truth(over, args({ amount: 50, currency: "USD" }))).toBe("false");
    expect(await truth(over, args({ amount: 9000, currency: "EUR" }))).toBe("undefined");
  });

  it("an optional list that was not given: every is true, some is false, has is false, a comparison is unknown", async () => {
    const over = (op: "every" | "some"): Expression => ({ op, variable: "x", list: arg("tags"), body: no, at: AT });
    expect(await truth(over("every"))).toBe("true");
    expect(await truth(over("some"))).toBe("false");
    expect(await truth({ op: "given", path: ["tags"], at: AT })).toBe("false");
    expect(await truth({ op: "given", path: ["tags"], at: AT }, { link: "https://a.de/", tags: [] })).toBe("false");
    expect(
      await truth({ op: "compare", operator: "==", type: text, left: arg("note"), right: literal(text, "x"), at: AT }),
    ).toBe("undefined");
  });

  it("an argument the tool does not declare is unknown, and has() of it false", async () => {
    expect(await truth({ op: "every", variable: "x", list: arg("other"), body: no, at: AT })).toBe("undefined");
    expect(await truth({ op: "given", path: ["other"], at: AT })).toBe("false");
  });

  it("an absent claim is unknown, also under not", async () => {
    expect(await truth(unknown)).toBe("undefined");
    expect(await truth({ op: "not", of: unknown, at: AT })).toBe("undefined");
    expect(await truth({ op: "role", name: "support", at: AT })).toBe("undefined");
  });

  it("a pattern runs in linear time on hostile text", async () => {
    const when: Expression = { op: "matches", left: arg("note"), pattern: "(a+)+", at: AT };
    expect(await truth(when, { link: "https://a.de/", note: `${"a".repeat(50_000)}b` })).toBe("false");
    expect(await truth(when, { link: "https://a.de/", note: "aaa" })).toBe("true");
  });
});

describe("a bundle that does not hold together", () => {
  it("is refused whole: a literal that is not of its type, a pattern that is not linear", async () => {
    const bad = (when: Expression): Promise<unknown> => loadProgram(bundle([tool("t")], [allow("a", ["t"], when)]));
    await expect(bad(literal(url, "not a url"))).rejects.toMatchObject({ code: "policy_invalid" });
    await expect(bad({ op: "matches", left: literal(text, "x"), pattern: "(?=a)", at: AT })).rejects.toMatchObject({
      code: "policy_invalid",
    });
    await expect(
      bad({ op: "hostIn", left: literal({ kind: "Host" }, "a.de"), patterns: ["*.*"], at: AT }),
    ).rejects.toMatchObject({ code: "policy_invalid" });
  });
});
