import { memoryAudit, memoryStore, createGuard } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { benchWith, bundleOf, fakeSandbox } from "./fake-sandbox.js";

const POLICY = `policy placed
tier low      { isolate inline }
tier medium   { isolate process  time 5s }
tier high     { isolate container }
tier critical { isolate gvisor }
tool a.inline (x: Int) { effect read  risk low }
tool a.boxed  (x: Int) -> Int { effect read  risk medium }
tool a.shell  (x: Int) { effect exec  risk high }
tool a.net    (x: Int) { effect read  risk low  network ["api.acme.com"] }
allow all on a.* { when x >= 0 }
`;

const never = (): never => {
  throw new Error("the host's function was called");
};

describe("where a call runs", () => {
  it("runs behind the walls of its tier, and not the host's function", async () => {
    const sandbox = fakeSandbox({ holds: ["process", "container", "gvisor"] });
    const { session, audit } = await benchWith(POLICY, sandbox);
    const outcome = await session.call({ tool: "a.boxed", args: { x: 1 } }, never);
    expect(outcome).toMatchObject({ status: "done", result: { ran: "a.boxed" } });
    expect(sandbox.calls[0]).toMatchObject({ tool: "a.boxed", args: { x: 1 }, isolation: "process" });
    expect(sandbox.calls[0]?.tier).toMatchObject({ name: "medium", time: 5000, network: [], mounts: [] });
    expect(audit.records().find((record) => record.type === "intent")).toMatchObject({
      isolation: { tier: "medium", backend: "fake-process", proven: ["no-network"] },
    });
  });

  it("tells an observer how long it ran there", async () => {
    const sandbox = fakeSandbox({
      holds: ["process", "container", "gvisor"],
      run: async () => {
        await new Promise((resolve) => void setTimeout(resolve, 30));
        return { status: "done", result: 1 };
      },
    });
    const seen: number[] = [];
    const guard = await createGuard({
      policy: await bundleOf(POLICY),
      audit: memoryAudit(),
      state: memoryStore(),
      sandbox,
      observe: ({ toolMs }) => seen.push(toolMs),
    });
    const session = await guard.session({ user: { id: "ann" } });
    await session.call({ tool: "a.boxed", args: { x: 1 } }, never);
    expect(seen[0]).toBeGreaterThan(25);
  });

  it("runs an inline tier in the host", async () => {
    const sandbox = fakeSandbox({ holds: ["process"] });
    const { session } = await benchWith(POLICY, sandbox);
    expect(await session.call({ tool: "a.inline", args: { x: 1 } }, () => "here")).toMatchObject({
      status: "done",
      result: "here",
    });
    expect(sandbox.calls).toEqual([]);
  });

  it("lesson 14: refuses what was not proven, says what is missing, and runs it nowhere", async () => {
    const sandbox = fakeSandbox({ holds: ["process"] });
    const { session, guard, audit } = await benchWith(POLICY, sandbox);
    const outcome = await session.call({ tool: "a.shell", args: { x: 1 } }, never);
    expect(outcome).toMatchObject({ status: "refused", cause: "tier" });
    expect(outcome.explanation.join()).toContain("its engine is not there; to have it: apt-get install engine");
    expect(sandbox.calls).toEqual([]);
    expect(guard.unavailable.map(({ tier }) => tier)).toEqual(["high", "critical"]);
    expect(guard.unavailable[0]).toMatchObject({ isolate: "container", remedy: "apt-get install engine" });
    expect(audit.records().at(-1)).toMatchObject({ type: "intent", effect: "forbid" });
    expect(audit.records().at(-1)).not.toHaveProperty("isolation");
  });

  it("lesson 14: refuses a sandbox that would run it in a weaker place", async () => {
    const sandbox = fakeSandbox({
      holds: ["container", "gvisor"],
      place: () => ({ ok: true, isolation: "process", backend: "fake", proven: [] }),
    });
    const { session } = await benchWith(POLICY, sandbox);
    const outcome = await session.call({ tool: "a.shell", args: { x: 1 } }, never);
    expect(outcome).toMatchObject({ status: "refused", cause: "tier" });
    expect(outcome.explanation.join()).toContain("weaker than container");
    expect(sandbox.calls).toEqual([]);
  });

  it("never runs a tool with a network of its own in the host, whatever its tier", async () => {
    const without = await benchWith(POLICY, undefined);
    expect(await without.session.call({ tool: "a.net", args: { x: 1 } }, never)).toMatchObject({
      status: "refused",
      cause: "tier",
    });
    expect(without.guard.unavailable).toContainEqual(expect.objectContaining({ tier: "low", tool: "a.net" }));
    const sandbox = fakeSandbox({ holds: ["process"] });
    const { session } = await benchWith(POLICY, sandbox);
    expect(await session.call({ tool: "a.net", args: { x: 1 } }, never)).toMatchObject({ status: "done" });
    expect(sandbox.calls[0]?.tier.network).toEqual(["api.acme.com"]);
  });

  it("starts with requireTiers only where every tier is proven", async () => {
    const start = async (holds: readonly string[]): Promise<unknown> =>
      createGuard({
        policy: await bundleOf(POLICY),
        audit: memoryAudit(),
        state: memoryStore(),
        sandbox: fakeSandbox({ holds }),
        requireTiers: true,
      });
    await expect(start(["process", "container"])).rejects.toMatchObject({ code: "tiers_unavailable" });
    await expect(start(["process", "container"])).rejects.toThrow("tier critical isolates in gvisor");
    await expect(start(["process", "container", "gvisor"])).resolves.toBeDefined();
  });

  it.each<[string, object]>([
    ["rejects", { prove: () => Promise.reject(new Error("broken")) }],
    ["throws", { prove: never }],
    ["answers nothing", { prove: () => Promise.resolve(undefined) }],
    [
      "proves something else",
      { prove: () => Promise.resolve([{ isolation: "wasm", ok: true, backend: "x", proven: [] }]) },
    ],
  ])("has nothing proven by a sandbox that %s when it has to prove it", async (_, broken) => {
    const sandbox = { ...fakeSandbox({ holds: ["process"] }), place: never, ...broken };
    const { guard, session } = await benchWith(POLICY, sandbox);
    expect(guard.unavailable.map(({ tier }) => tier)).toEqual(["medium", "high", "critical", "low"]);
    expect(await session.call({ tool: "a.boxed", args: { x: 1 } }, never)).toMatchObject({ status: "refused" });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "done"],
    ["a status that nobody knows", { status: "ok", result: 1 }],
  ])("takes an end that is %s for a failure", async (_, end) => {
    const sandbox = fakeSandbox({ holds: ["process"], run: () => Promise.resolve(end as never) });
    const broken = { ...sandbox, run: () => Promise.resolve(end as never) };
    const { session } = await benchWith(POLICY, broken);
    expect(await session.call({ tool: "a.boxed", args: { x: 1 } }, never)).toMatchObject({
      status: "failed",
      cause: "error",
    });
  });

  it("says so where a run could not be begun, and serves the next", async () => {
    let failing = true;
    const sandbox = fakeSandbox({
      holds: ["process"],
      run: () => (failing ? Promise.reject(new Error("no memory")) : Promise.resolve({ status: "done", result: 7 })),
    });
    const { session, audit } = await benchWith(POLICY, sandbox);
    expect(await session.call({ tool: "a.boxed", args: { x: 1 } }, never)).toMatchObject({
      status: "failed",
      message: "the call could not be begun in its sandbox: no memory",
    });
    expect(audit.records().at(-1)).toMatchObject({ type: "outcome", status: "failed", error: "sandbox" });
    failing = false;
    expect(await session.call({ tool: "a.boxed", args: { x: 1 } }, never)).toMatchObject({ status: "done", result: 7 });
  });

  it("ends a run with its call: by the caller, and by the kill switch", async () => {
    const signals: AbortSignal[] = [];
    const sandbox = fakeSandbox({
      holds: ["process"],
      run: (call) => {
        signals.push(call.signal);
        return new Promise(() => undefined);
      },
    });
    const { session, guard } = await benchWith(POLICY, sandbox);
    const controller = new AbortController();
    const aborted = session.call({ tool: "a.boxed", args: { x: 1 }, signal: controller.signal }, never);
    await expect.poll(() => signals.length).toBe(1);
    controller.abort();
    expect(await aborted).toMatchObject({ status: "failed", cause: "aborted" });
    const stopped = session.call({ tool: "a.boxed", args: { x: 2 } }, never);
    await expect.poll(() => signals.length).toBe(2);
    await guard.stop({ tool: "a.boxed" }, { by: "mia", why: "enough" });
    expect(await stopped).toMatchObject({ status: "failed", cause: "aborted" });
    expect(signals.map(({ aborted: is }) => is)).toEqual([true, true]);
  });
});
