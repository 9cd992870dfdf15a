import type { Expression } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { decide } from "../src/evaluate/decide.js";
import { loadProgram } from "../src/index.js";
import { allow, AT, bundle, forbid, tool } from "./bundle.js";

const role = (name: string): Expression => ({ op: "role", name, at: AT });
const or = (...items: Expression[]): Expression => ({ op: "or", items, at: AT });
const flag: Expression = { op: "claim", of: "user", name: "flag", at: AT };

async function effect(
  order: readonly ("r" | "s" | "plain")[],
  roles: Readonly<Record<string, Expression>>,
): Promise<string> {
  const rules = order.map((name) =>
    name === "r"
      ? allow("by_r", ["t"], role("r"))
      : forbid(`not_${name}`, ["t"], { op: "not", of: role(name), at: AT }),
  );
  const made = bundle([tool("t")], rules, {
    roles: Object.entries(roles).map(([name, when]) => ({ name, when, at: AT })),
  });
  const program = await loadProgram(made);
  return decide(program, { tool: "t", args: {}, identity: { user: { flag: true }, agent: {}, session: {} }, now: 0 })
    .decision.effect;
}

describe("roles that lead back to themselves", () => {
  const cyclic = { r: role("s"), s: or(role("r"), flag), plain: flag };

  it("are unknown, whichever rule looks at them first", async () => {
    expect(await effect(["s", "r"], cyclic)).toBe("forbid");
    expect(await effect(["r", "s"], cyclic)).toBe("forbid");
    expect(await effect(["r"], cyclic)).toBe("forbid");
    expect(await effect(["r"], { r: role("r") })).toBe("forbid");
    expect(await effect(["r"], { r: or(flag, role("s")), s: role("s") })).toBe("forbid");
  });

  it("leave other roles as they are, nested ones too", async () => {
    expect(await effect(["r", "plain"], { r: or(role("plain"), role("plain")), plain: flag, loop: role("loop") })).toBe(
      "allow",
    );
  });

  it("are found in time that grows with the bundle, not with the paths through it", async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `n${i}`);
    const chain = Object.fromEntries(
      names.map((name, i) => [name, i + 1 < names.length ? or(role(`n${i + 1}`), role(`n${i + 1}`)) : flag]),
    );
    expect(await effect(["r", "plain"], { r: role("n1950"), plain: flag, ...chain })).toBe("allow");
  });
});
