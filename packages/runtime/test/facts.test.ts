import type { Bundle, Expression, Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore, type FactFunction, type GuardOptions } from "../src/index.js";
import { allow, arg, AT, bundle, forbid, tool } from "./bundle.js";

const int = { kind: "Int" } as const;
const id = { kind: "Id" } as const;
const pay = tool("pay", [
  { name: "to", type: id },
  { name: "others", type: { kind: "List", of: id }, optional: true },
]);
const lit = (value: number): Expression => ({ op: "literal", type: int, value, at: AT });
const risk = (of: Expression = arg("to")): Expression => ({ op: "fact", name: "risk", args: [of], at: AT });
const over = (value: Expression): Expression => ({
  op: "compare",
  operator: ">=",
  type: int,
  left: value,
  right: lit(80),
  at: AT,
});
const declared = (more: Partial<Bundle["facts"][number]> = {}): Bundle["facts"] => [
  { name: "risk", params: [{ name: "user", type: id }], result: int, timeout: 50, at: AT, ...more },
];
const policy = (facts: Bundle["facts"], when: Expression = over(risk())): Bundle =>
  bundle([pay], [allow("ok", ["pay"]), forbid("risky", ["pay"], when)], { facts });

async function guardOf(made: Bundle, more: Partial<GuardOptions> = {}) {
  return createGuard({ policy: made, audit: memoryAudit(), state: memoryStore(), ...more });
}
async function call(made: Bundle, ask: FactFunction, args: Json = { to: "ann" }): Promise<string> {
  const guard = await guardOf(made, { facts: { risk: ask } });
  const outcome = await (await guard.session({ user: { id: "u" } })).call({ tool: "pay", args }, () => 1);
  await guard.close();
  return outcome.status === "done" ? "allow" : outcome.decision.reasons.map(({ by, truth }) => `${by} ${truth}`).join();
}

describe("a fact", () => {
  it("is asked before the decision, once for equal arguments, with canonical values", async () => {
    const asked: Json[] = [];
    const twice = policy(declared(), { op: "or", items: [over(risk()), over(risk())], at: AT });
    expect(await call(twice, (...args) => (asked.push([...args]), 10), { to: "e\u0301" })).toBe("allow");
    expect(asked).toEqual([["é"]]);
    expect(await call(policy(declared()), async (user) => (user === "ann" ? 90 : 10))).toBe("risky true");
  });

  it("over the elements of a list is asked for each", async () => {
    const each: Expression = {
      op: "some",
      variable: "x",
      list: arg("others"),
      body: over(risk({ op: "variable", name: "x", at: AT })),
      at: AT,
    };
    const asked: string[] = [];
    expect(
      await call(policy(declared(), each), (user) => (asked.push(JSON.stringify(user)), 10), {
        to: "a",
        others: ["b", "c", "b"],
      }),
    ).toBe("allow");
    expect(new Set(asked)).toEqual(new Set(['"b"', '"c"']));
    expect(asked).toHaveLength(2);
  });

  it.each<[string, FactFunction]>([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
    ["never answers", () => new Promise(() => undefined)],
    ["answers another type", () => "10"],
    ["answers nothing", () => undefined as unknown as Json],
    ["answers a class", () => new Date() as unknown as Json],
  ])("that %s is unknown, and a forbid forbids (lesson 1); with `on error` it is that", async (_, ask) => {
    expect(await call(policy(declared()), ask)).toBe("risky unknown");
    expect(await call(policy(declared({ onError: 100 })), ask)).toBe("risky true");
    expect(await call(policy(declared({ onError: 0 })), ask)).toBe("allow");
  });

  it("with an argument that is unknown is unknown, whatever its `on error`", async () => {
    expect(
      await call(
        policy(declared({ onError: 0 }), over(risk({ op: "claim", of: "user", name: "flag", at: AT }))),
        () => 1,
      ),
    ).toBe("risky unknown");
  });

  it("that the host does not answer, or that nobody declared, does not start", async () => {
    await expect(guardOf(policy(declared()))).rejects.toMatchObject({ code: "facts_missing" });
    await expect(guardOf(policy(declared()), { facts: { risk: () => 1, other: () => 1 } })).rejects.toMatchObject({
      code: "misuse",
    });
  });
});

describe("a param", () => {
  const under: Expression = { op: "under", left: arg("path"), right: { op: "param", name: "work", at: AT }, at: AT };
  const made = bundle([tool("read", [{ name: "path", type: { kind: "Path" } }])], [allow("ok", ["read"], under)], {
    params: [{ name: "work", type: { kind: "Path" }, at: AT }],
  });

  it("is canonical, and part of the policy's digest", async () => {
    const guard = await guardOf(made, { params: { work: "/repo/x/.." } });
    const other = await guardOf(made, { params: { work: "/other" } });
    const same = await guardOf(made, { params: { work: "/repo" } });
    const session = await guard.session({ user: { id: "u" } });
    const read = async (path: string) => (await session.call({ tool: "read", args: { path } }, () => 1)).status;
    expect([await read("/repo/a"), await read("/other/a"), await read("/repo/../etc")]).toEqual([
      "done",
      "refused",
      "refused",
    ]);
    expect(guard.policy.digest).toBe(same.policy.digest);
    expect(guard.policy.digest).not.toBe(other.policy.digest);
  });

  it.each<[string, Record<string, Json>]>([
    ["that is missing", {}],
    ["of the wrong type", { work: "relative" }],
    ["that nobody declared", { work: "/a", more: 1 }],
    ["that is inherited", Object.create({ work: "/a" }) as Record<string, Json>],
  ])("%s does not start", async (_, params) => {
    await expect(guardOf(made, { params })).rejects.toMatchObject({ name: "GuardError", code: "params_invalid" });
  });
});
