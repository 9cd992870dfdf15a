import { describe, expect, it } from "vitest";
import { allow, bundle } from "../bundle.js";
import { bench, pay } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);
const odd = ["\ud800", "\udc00x", "__proto__", "constructor", "\u0000", "x".repeat(1_000_000)];

describe("what a host hands over may be anything", () => {
  it.each(["callId", "scope", "tool"])("%s: an outcome, never a throw", async (name) => {
    const made = await bench(policy);
    const session = await made.session();
    for (const text of odd)
      expect(["done", "refused"]).toContain(
        (await session.call({ tool: "pay", args: { to: "x" }, callId: "1", [name]: text }, () => 1)).status,
      );
  });

  it("a call to explain that is none is misuse or explained, and never a crash", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (const given of [
      null,
      undefined,
      5,
      "pay",
      { tool: "\ud800", args: {} },
      { tool: "pay", args: { to: "\ud800" } },
    ])
      expect((await session.explain(given as never)).effect).toBe("forbid");
  });

  it("an undo of a call that the session has not made does not look like one", async () => {
    const made = await bench(policy);
    const session = await made.session();
    expect(await session.undo({ tools: {}, call: "c_none" })).toMatchObject({ status: "blocked" });
    await expect(session.undo({ tools: {}, call: 5 as never })).rejects.toMatchObject({ code: "misuse" });
  });

  it("a stop is read once", async () => {
    const made = await bench(policy);
    let asked = 0;
    const target = {
      get tool() {
        return (asked += 1) === 1 ? "pay" : "nothing";
      },
    };
    await made.guard.stop(target, { by: "b", why: "w" });
    expect(made.guard.stopped).toMatchObject([{ target: { tool: "pay" } }]);
  });

  it("a close that is misused closes nothing", async () => {
    const made = await bench(policy);
    await expect(made.guard.close({ drain: -1 })).rejects.toMatchObject({ code: "misuse" });
    const session = await made.session();
    expect(await session.call({ tool: "pay", args: { to: "x" } }, () => 1)).toMatchObject({ status: "done" });
  });

  it("what is heard is a text of a known speaker", async () => {
    const made = await bench(policy);
    const session = await made.session();
    for (const [from, text] of [
      ["User", "x"],
      ["user", 5],
      [undefined, "x"],
      ["user", null],
    ])
      expect(() => session.heard(from as never, text as never)).toThrow(/heard/);
  });
});
