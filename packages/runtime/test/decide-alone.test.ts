import type { Expression, Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { decide, loadProgram, readCall } from "../src/decide.js";
import { allow, arg, ask, AT, bundle, forbid, no, tool, unknown } from "./bundle.js";

const nobody = { user: {}, agent: {}, session: {} };

describe("a decision alone (@writ/runtime/decide)", () => {
  it("says the effect and what made it, and puts the reasons together when asked", async () => {
    const program = await loadProgram(
      bundle(
        [tool("t"), tool("u"), tool("v")],
        [
          allow("a", ["t", "u", "v"]),
          forbid("f", ["u"], unknown),
          forbid("g", ["u"]),
          forbid("h", ["t"], no),
          ask("q", ["v"]),
        ],
      ),
    );
    const ruling = (name: string, args = {}) => decide(program, { tool: name, args, identity: nobody, now: 0 });
    expect(ruling("t")).toMatchObject({ effect: "allow", by: "a" });
    expect(ruling("u")).toMatchObject({ effect: "forbid", by: "f" });
    expect(ruling("u").decision.reasons).toEqual([
      { by: "f", kind: "forbid", truth: "unknown" },
      { by: "g", kind: "forbid", truth: "true" },
    ]);
    expect(ruling("v")).toMatchObject({ effect: "ask", by: "q" });
    expect(ruling("w")).toMatchObject({ effect: "forbid", by: "input" });
    expect(ruling("t", { extra: 1 })).toMatchObject({ effect: "forbid", by: "input" });
    expect(ruling("t", { extra: 1 }).decision.fault).toMatchObject({ code: "unknown_field", path: "extra" });
  });

  it("lesson 23: whoever changes what was decided changes no later decision", async () => {
    const program = await loadProgram(
      bundle([tool("t")], [ask("q", ["t"]), forbid("f", ["t"], unknown), allow("a", ["t"])]),
    );
    const call = { tool: "t", args: {}, identity: nobody, now: 0 };
    const ruling = decide(program, call);
    const before = JSON.stringify(ruling.decision);
    const { decision } = ruling;
    const changes: readonly (readonly [object, string, unknown])[] = [
      [ruling, "effect", "allow"],
      [ruling, "by", "a"],
      [decision, "effect", "allow"],
      [decision, "demands", []],
      [decision.reasons, "length", 0],
      [decision.reasons[0] ?? {}, "by", "a"],
      [decision.demands[0] ?? {}, "quorum", 0],
      [decision.demands[0]?.from ?? {}, "0", "nobody"],
    ];
    for (const [object, key, value] of changes) expect(Reflect.set(object, key, value)).toBe(false);
    const again = decide(program, call);
    expect([again.effect, again.by, JSON.stringify(again.decision)]).toEqual(["forbid", "f", before]);
  });

  it("lesson 13: a call that was read is decided as it was read, whoever changes its arguments afterwards", async () => {
    const texts = { kind: "List", of: { kind: "Id" } } as const;
    const id: Expression = { op: "claim", of: "user", name: "id", at: AT };
    const named: Expression = { op: "in", type: { kind: "Id" }, left: id, right: arg("names"), at: AT };
    const program = await loadProgram(
      bundle([tool("t", [{ name: "names", type: texts }])], [allow("a", ["t"], named)], {
        identity: { user: [{ name: "id", type: { kind: "Id" } }], agent: [], session: [] },
      }),
    );
    const args = { names: ["ann"] };
    const read = readCall(program, { tool: "t", args });
    const of = (who: string) => read.decide({ identity: { ...nobody, user: { id: who } }, now: 0 }).effect;
    expect([of("ann"), of("eve")]).toEqual(["allow", "forbid"]);
    args.names[0] = "eve";
    args.names.push("eve");
    expect([of("ann"), of("eve")]).toEqual(["allow", "forbid"]);
  });

  it("a call that cannot be read is refused to everybody, with what is wrong with it", async () => {
    const program = await loadProgram(bundle([tool("t")], [allow("a", ["t"])]));
    const fault = (name: string, args: Json) =>
      readCall(program, { tool: name, args }).decide({ identity: nobody, now: 0 }).decision;
    expect(fault("t", {})).toMatchObject({ effect: "allow" });
    expect(fault("u", {})).toMatchObject({ effect: "forbid", fault: { code: "unknown_tool" } });
    expect(fault("t", { extra: 1 })).toMatchObject({ effect: "forbid", fault: { code: "unknown_field" } });
    expect(fault("t", [])).toMatchObject({ effect: "forbid" });
    const loop: { self?: Json } = {};
    loop.self = loop;
    expect(fault("t", loop)).toMatchObject({ effect: "forbid", fault: { code: "too_deep" } });
  });
});
