import type { Json, Rule } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { createGuard, memoryAudit, memoryStore } from "../../src/index.js";
import { allow, ask, AT, bundle, forbid, tool } from "../bundle.js";
import { flow, labelledBundle, STD_LABELS } from "../flow/labelled.js";

const text = { kind: "Text" } as const;
const pay = tool(
  "pay",
  [
    { name: "to", type: { kind: "Id" } },
    { name: "note", type: text, optional: true },
  ],
  { effects: ["pay"], sinks: ["to"], steer: ["to"] },
);
const fetch = tool("fetch", [], { result: text });
const remember = (window: number | "session") => ({ ...ask("q", ["pay"]), remember: { window, on: [["to"]] } }) as Rule;

async function desk(policy = bundle([pay, fetch], [remember(3_600_000), allow("ok", ["fetch"])])) {
  const clock = { time: 1000, now: () => clock.time };
  const audit = memoryAudit();
  const guard = await createGuard({ policy, audit, state: memoryStore(), clock });
  const session = await guard.session({ user: { id: "ann" } });
  const other = await guard.session({ user: { id: "ann" } });
  const grant = async (): Promise<void> => {
    for (const { id } of await guard.approvals.list())
      await guard.approvals.resolve(id, { by: { id: "boss", groups: ["managers"] }, grant: true });
  };
  const call = async (args: Json, of = session) => (await of.call({ tool: "pay", args }, () => undefined)).status;
  return { clock, audit, session, other, grant, call };
}

describe("remember", () => {
  it("covers later calls with equal named arguments, whatever the others, and no other call", async () => {
    const { call, grant, audit, other } = await desk();
    expect(await call({ to: "bob", note: "a" })).toBe("waiting");
    await grant();
    expect(await call({ to: "bob", note: "b" })).toBe("waiting");
    expect(await call({ to: "bob", note: "a" })).toBe("done");
    expect([
      await call({ to: "bob", note: "c" }),
      await call({ to: "eve", note: "a" }),
      await call({ to: "bob" }, other),
    ]).toEqual(["done", "waiting", "waiting"]);
    expect(
      audit
        .records()
        .filter((record) => record.type === "intent" && record.reasons.some(({ kind }) => kind === "remembered")),
    ).toHaveLength(1);
  });

  it("ends with its time; for a session, not before it", async () => {
    const timed = await desk();
    await timed.call({ to: "bob" });
    await timed.grant();
    await timed.call({ to: "bob" });
    timed.clock.time += 3_599_999;
    expect(await timed.call({ to: "bob" })).toBe("done");
    timed.clock.time += 1;
    expect(await timed.call({ to: "bob" })).toBe("waiting");
    const session = await desk(bundle([pay], [remember("session")]));
    await session.call({ to: "bob" });
    await session.grant();
    await session.call({ to: "bob" });
    session.clock.time += 1e9;
    expect(await session.call({ to: "bob" })).toBe("done");
  });

  it("is not had by waiting, or by a rejection", async () => {
    const { call } = await desk();
    expect([await call({ to: "bob" }), await call({ to: "bob", note: "x" })]).toEqual(["waiting", "waiting"]);
  });

  it("does not cover a call with higher labels", async () => {
    const policy = labelledBundle(
      [pay, fetch],
      [remember("session"), allow("ok", ["fetch"]), flow("never", ["pay"], [["pci"]], "forbid")],
      { labels: STD_LABELS },
    );
    const { call, grant, session } = await desk(policy);
    await call({ to: "bob" });
    await grant();
    expect(await call({ to: "bob" })).toBe("done");
    expect(await call({ to: "bob" })).toBe("done");
    await session.call({ tool: "fetch", args: {} }, () => "a page");
    expect(await call({ to: "bob" })).toBe("waiting");
  });

  it("meets no demand of a rule that does not remember", async () => {
    const { call, grant } = await desk(bundle([pay], [remember("session"), ask("other", ["pay"])]));
    await call({ to: "bob" });
    await grant();
    expect([await call({ to: "bob" }), await call({ to: "bob" })]).toEqual(["done", "waiting"]);
  });
});

describe("@shadow", () => {
  const shadow = (rule: Rule): Rule => ({ ...rule, shadow: true });

  it("is recorded and changes nothing, whatever the rule: no refusal, no grant, no demand, no tier", async () => {
    const { call, audit } = await desk(
      bundle(
        [pay],
        [
          allow("ok", ["pay"]),
          shadow(forbid("f", ["pay"])),
          shadow(ask("q", ["pay"])),
          shadow(allow("high", ["pay"], undefined, { isolate: "high" })),
        ],
      ),
    );
    expect(await call({ to: "bob" })).toBe("done");
    const record = audit.records().find(({ type }) => type === "intent");
    expect(record).toMatchObject({
      effect: "allow",
      reasons: [
        { by: "ok", kind: "allow" },
        { by: "f", kind: "shadow" },
        { by: "q", kind: "shadow" },
        { by: "high", kind: "shadow" },
      ],
    });
    const none = await desk(bundle([pay], [shadow(allow("ok", ["pay"]))]));
    expect(await none.call({ to: "bob" })).toBe("refused");
  });

  it("counts by itself, and refuses nobody", async () => {
    const limits: Rule["limits"] = [{ kind: "calls", count: 1, window: "session", by: [], at: AT }];
    const { call, audit } = await desk(
      bundle(
        [pay],
        [
          allow("ok", ["pay"], undefined, { limits: [{ kind: "calls", count: 2, window: "session", by: [], at: AT }] }),
          shadow(allow("tight", ["pay"], undefined, { limits })),
        ],
      ),
    );
    expect([await call({ to: "a" }), await call({ to: "b" }), await call({ to: "c" })]).toEqual([
      "done",
      "done",
      "refused",
    ]);
    const kinds = audit
      .records()
      .flatMap((record) =>
        record.type === "intent" && record.effect === "allow"
          ? [record.reasons.find(({ by }) => by === "tight")?.kind]
          : [],
      );
    expect(kinds).toEqual(["shadow", "shadow_limit"]);
  });
});
