import type { Expression, Json, Type } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { allow, arg, AT, bundle, forbid, no, tool } from "../bundle.js";

const literal = (type: Type, value: Json): Expression => ({ op: "literal", type, value, at: AT });
const equals = (type: Type, value: Json): Expression => ({
  op: "compare",
  operator: "==",
  type,
  left: arg("a"),
  right: literal(type, value),
  at: AT,
});

/** A policy that is too large to be compiled whole when it is loaded, and one condition more. */
const large = (when: Expression) =>
  bundle(
    Array.from({ length: 300 }, (_, i) => tool(`t${i}`, [{ name: "a", type: { kind: "Text" } }])),
    [
      ...Array.from({ length: 300 }, (_, i) => allow(`a${i}`, [`t${i}`])),
      ...Array.from({ length: 300 }, (_, i) => forbid(`f${i}`, [`t${i}`], no)),
      forbid("last", ["t299"], when),
    ],
  );

describe("a tool that is compiled when it is first called", () => {
  it.each<[string, Expression]>([
    ["a number where a text belongs", equals({ kind: "Text" }, 5)],
    ["a path that is none", equals({ kind: "Path" }, "a/b")],
    ["a text that is too long", equals({ kind: "Line", max: 2 }, "abc")],
    [
      "a list with one element that does not fit",
      {
        op: "in",
        type: { kind: "Host" },
        left: arg("a"),
        right: literal({ kind: "List", of: { kind: "Host" } }, ["a.com", "b c"]),
        at: AT,
      },
    ],
    ["a type that nobody declares", equals({ kind: "Named", name: "Nothing" }, "x")],
    ["a host pattern that is none", { op: "hostIn", left: arg("a"), patterns: ["a.com", "*.10.0.0.1"], at: AT }],
    ["a pattern that does not compile", { op: "matches", left: arg("a"), pattern: "(", at: AT }],
    [
      "a mistake below others",
      { op: "not", of: { op: "or", items: [no, equals({ kind: "Int" }, "5")], at: AT }, at: AT },
    ],
  ])("lesson 23: %s refuses the whole policy when it is loaded", async (_, when) => {
    await expect(loadProgram(large(when))).rejects.toMatchObject({ code: "policy_invalid" });
  });

  it("lesson 23: is decided as one that was compiled at once", async () => {
    const program = await loadProgram(large(equals({ kind: "Text" }, "x")));
    const effect = (name: string, a: string) =>
      decide(program, { tool: name, args: { a }, identity: { user: {}, agent: {}, session: {} }, now: 0 }).effect;
    expect(["x", "y", "x"].map((a) => effect("t299", a))).toEqual(["forbid", "allow", "forbid"]);
    expect(effect("t7", "x")).toBe("allow");
    expect(program.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
