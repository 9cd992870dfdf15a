import type { Expression, Json } from "@writ/ir";
import { afterEach, describe, expect, it } from "vitest";
import { decide as decideAlone } from "../../src/decide.js";
import { decide, type Question } from "../../src/evaluate/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { allow, arg, ask, AT, bundle, forbid, no, tool, yes } from "../bundle.js";

const fact: Expression = { op: "fact", name: "fine", args: [], at: AT };
const facts = [{ name: "fine", params: [], result: { kind: "Bool" as const }, timeout: 1, at: AT }];
const literal = (kind: "Int" | "Text", value: Json): Expression => ({ op: "literal", type: { kind }, value, at: AT });
const equals = (kind: "Int" | "Text", left: Expression, right: Expression): Expression => ({
  op: "compare",
  operator: "==",
  type: { kind },
  left,
  right,
  at: AT,
});
const text = (name: string) => ({ name, type: { kind: "Text" as const } });

async function effect(
  when: Expression,
  kind: "allow" | "forbid" | "ask",
  more: Partial<Question> = {},
): Promise<string> {
  const rule =
    kind === "allow" ? allow("r", ["t"], when) : kind === "ask" ? ask("r", ["t"], when) : forbid("r", ["t"], when);
  const program = await loadProgram(
    bundle([tool("t")], kind === "allow" ? [rule] : [allow("a", ["t"]), rule], { facts }),
  );
  const identity = { user: {}, agent: {}, session: {} };
  return decide(program, { tool: "t", args: {}, identity, now: 0, ...more }).decision.effect;
}

const broken: Partial<Question> = {
  answers: {
    fact: () => {
      throw new Error("the host broke");
    },
    detects: () => {
      throw new Error("the detector broke");
    },
  },
};

const divided: Expression = {
  op: "arithmetic",
  operator: "/",
  left: literal("Int", 1),
  right: literal("Int", 0),
  at: AT,
};

describe("lesson 23: a rule whose condition faults acts by its polarity", () => {
  it.each<[string, Expression, Partial<Question>]>([
    ["a fact that throws", fact, broken],
    ["a fact that throws, under not", { op: "not", of: fact, at: AT }, broken],
    ["a detector that throws", { op: "detects", of: literal("Text", "x"), detectors: ["d"], at: AT }, broken],
    ["a division by zero", equals("Int", divided, literal("Int", 1)), {}],
    [
      "a claim that is not there",
      equals("Text", { op: "claim", of: "user", name: "id", at: AT }, literal("Text", "x")),
      {},
    ],
    ["an argument that no tool declares", equals("Text", arg("nothing"), literal("Text", "x")), {}],
    ["a number where a text is compared", equals("Text", literal("Int", 1), literal("Text", "1")), {}],
    [
      "the host of what is no address",
      equals(
        "Text",
        { op: "member", type: { kind: "Url" }, name: "host", of: literal("Text", "x"), at: AT },
        literal("Text", "x"),
      ),
      {},
    ],
    ["a role nobody declares", { op: "role", name: "nobody", at: AT }, {}],
    ["a fault beside what holds", { op: "and", items: [yes, fact], at: AT }, broken],
    ["a fault beside what does not", { op: "or", items: [no, fact], at: AT }, broken],
    [
      "a flow that throws",
      { op: "labelled", labels: [["pii"]], at: AT },
      {
        flow: () => {
          throw new Error("no labels");
        },
      },
    ],
  ])("lesson 23: %s: forbid forbids, ask asks, allow does not allow", async (_, when, more) => {
    expect(await effect(when, "forbid", more)).toBe("forbid");
    expect(await effect(when, "ask", more)).toBe("ask");
    expect(await effect(when, "allow", more)).toBe("forbid");
  });

  it("lesson 23: after a fault the next call is decided as if there had been none", async () => {
    const program = await loadProgram(bundle([tool("t")], [allow("a", ["t"], fact)], { facts }));
    const question = { tool: "t", args: {}, identity: { user: {}, agent: {}, session: {} }, now: 0 };
    const answered = { fact: () => true, detects: () => true };
    expect(decide(program, { ...question, ...broken }).decision.effect).toBe("forbid");
    expect(decide(program, { ...question, answers: answered }).decision.effect).toBe("allow");
    expect(decide(program, question).decision.effect).toBe("forbid");
  });

  it("a decision within a decision does not disturb it", async () => {
    const program = await loadProgram(
      bundle(
        [tool("t", [text("a")])],
        [allow("a", ["t"], { op: "and", items: [fact, equals("Text", arg("a"), literal("Text", "x"))], at: AT })],
        { facts },
      ),
    );
    const identity = { user: {}, agent: {}, session: {} };
    const inner: string[] = [];
    const answers = {
      fact: () => {
        inner.push(
          decide(program, { tool: "t", args: { a: "y" }, identity, now: 0, answers: { ...answers, fact: () => true } })
            .decision.effect,
        );
        return true;
      },
      detects: () => undefined,
    };
    expect(decide(program, { tool: "t", args: { a: "x" }, identity, now: 0, answers }).decision.effect).toBe("allow");
    expect(inner).toEqual(["forbid"]);
  });
});

describe("lesson 30: names that every object has are names like any other", () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];
  const added: string[] = [];

  afterEach(() => {
    for (const name of added.splice(0)) Reflect.deleteProperty(Object.prototype, name);
  });

  function pollute(name: string, value: unknown): void {
    // oxlint-disable-next-line no-extend-native -- this is what the test is about
    Object.defineProperty(Object.prototype, name, { value, enumerable: true, configurable: true, writable: true });
    added.push(name);
  }

  it.each(names)("lesson 30: a tool, an argument, a claim and a role called %s", async (name) => {
    const has = equals("Text", arg(name), literal("Text", "x"));
    const is = equals("Text", { op: "claim", of: "user", name, at: AT }, literal("Text", "x"));
    const program = await loadProgram(
      bundle(
        [tool(name, [{ ...text(name), optional: true }])],
        [allow("a", [name], { op: "and", items: [has, { op: "role", name, at: AT }], at: AT })],
        {
          identity: { user: [text(name)], agent: [], session: [] },
          roles: [{ name, when: is, at: AT }],
        },
      ),
    );
    const given = (value: string): { readonly [key: string]: Json } =>
      JSON.parse(`{${JSON.stringify(name)}:"${value}"}`) as { [key: string]: Json };
    const ruling = (args: Json, user: { readonly [key: string]: Json }, of = name) =>
      decideAlone(program, { tool: of, args, identity: { user, agent: {}, session: {} }, now: 0 }).effect;
    expect(ruling(given("x"), given("x"))).toBe("allow");
    expect(ruling(given("y"), given("x"))).toBe("forbid");
    expect(ruling(given("x"), given("y"))).toBe("forbid");
    expect(ruling({}, given("x"))).toBe("forbid");
    expect(ruling(given("x"), {})).toBe("forbid");
    for (const other of names.filter((one) => one !== name))
      expect(ruling(given("x"), given("x"), other)).toBe("forbid");
  });

  it.each(names)("lesson 30: an argument called %s that the tool does not declare is refused", async (name) => {
    const program = await loadProgram(bundle([tool("t", [text("a")])], [allow("a", ["t"])]));
    const args = JSON.parse(`{"a":"x",${JSON.stringify(name)}:1}`) as Json;
    const { effect: found, decision } = decideAlone(program, {
      tool: "t",
      args,
      identity: { user: {}, agent: {}, session: {} },
      now: 0,
    });
    expect([found, decision.fault?.code]).toEqual(["forbid", "unknown_field"]);
  });

  it("lesson 30: what somebody added to all objects is no argument, no claim and no role", async () => {
    const program = await loadProgram(
      bundle(
        [tool("t", [{ ...text("note"), optional: true }, text("a")])],
        [
          allow("noted", ["t"], { op: "given", path: ["note"], at: AT }),
          allow(
            "meant",
            ["t"],
            equals("Text", { op: "claim", of: "user", name: "id", at: AT }, literal("Text", "root")),
          ),
          allow("managed", ["t"], { op: "role", name: "manager", at: AT }),
        ],
      ),
    );
    pollute("note", "x");
    pollute("id", "root");
    pollute("groups", ["managers"]);
    const ruling = decideAlone(program, {
      tool: "t",
      args: { a: "x" },
      identity: { user: {}, agent: {}, session: {} },
      now: 0,
    });
    expect([ruling.effect, ruling.by]).toEqual(["forbid", "default"]);
    pollute("a", "x");
    expect(
      decideAlone(program, { tool: "t", args: {}, identity: { user: {}, agent: {}, session: {} }, now: 0 }).decision
        .fault,
    ).toMatchObject({ code: "missing", path: "a" });
  });

  it("what a request carries beside its own parts changes nothing", async () => {
    const program = await loadProgram(
      bundle([tool("t")], [allow("a", ["t"], { op: "role", name: "manager", at: AT })]),
    );
    const request = {
      tool: "t",
      args: {},
      identity: { user: {}, agent: {}, session: {} },
      now: 0,
      supposed: new Set(["manager"]),
    };
    expect(decideAlone(program, request).effect).toBe("forbid");
  });
});
