import { describe, expect, it } from "vitest";
import type { Execute, HostPort, ToolCall } from "../../src/index.js";
import { allow, AT, bundle, tool } from "../bundle.js";
import { bench, pay, read, types } from "../guard-bench.js";

const policy = bundle([pay], [allow("a", ["pay"])]);
const throws = (): never => {
  throw new Error("boom");
};

describe("lesson 1: a host's call, tool and hooks are not believed", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "pay"],
    ["a tool that is no text", { tool: 1, args: {} }],
    ["an id that is no text", { tool: "pay", args: { to: "x" }, callId: 7 }],
    ["a scope that is no text", { tool: "pay", args: { to: "x" }, callId: "1", scope: {} }],
    ["a signal that is none", { tool: "pay", args: { to: "x" }, signal: { aborted: false } }],
    ["a getter that throws", Object.defineProperty({ tool: "pay" }, "args", { get: throws })],
    ["a proxy that throws", new Proxy({}, { get: throws })],
  ])("a call that is %s is refused as input and recorded", async (_, call) => {
    const made = await bench(policy);
    const session = await made.session();
    expect(await session.call(call as ToolCall, () => expect.unreachable())).toMatchObject({
      status: "refused",
      cause: "input",
    });
    expect(types(made).at(-1)).toBe("intent:forbid");
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "run"],
    ["a port without execute", { content: () => "x" }],
    ["a port that throws when it is looked at", new Proxy({}, { get: throws })],
  ])("%s in place of the tool is refused as input and recorded", async (_, given) => {
    const made = await bench(policy);
    const session = await made.session();
    expect(await session.call({ tool: "pay", args: { to: "x" } }, given as Execute)).toMatchObject({
      status: "refused",
      cause: "input",
    });
    expect(types(made).at(-1)).toBe("intent:forbid");
  });

  const hooks: [string, unknown][] = [
    ["throws", throws],
    ["answers a promise", () => Promise.resolve({ ok: true })],
    ["answers a promise that rejects", () => Promise.reject(new Error("boom"))],
    ["is no function", 7],
  ];

  it.each(hooks)("`content` that %s: the rules about results withhold", async (_, content) => {
    const withheld = bundle(
      [tool("get", [], { result: { kind: "Text" } })],
      [
        allow("a", ["get"]),
        {
          kind: "output",
          id: "o",
          tools: ["get"],
          when: { op: "literal", type: { kind: "Bool" }, value: true, at: AT },
          steps: [{ kind: "redact", path: ["result"], detectors: ["email"], at: AT }],
          limits: [],
          at: AT,
        },
      ],
    );
    const made = await bench(withheld);
    const port = { execute: async () => "SECRET", content } as unknown as HostPort;
    const outcome = await (await made.session()).call({ tool: "get", args: {} }, port);
    expect(outcome).toMatchObject({ status: "failed", cause: "withheld" });
    expect(JSON.stringify(outcome)).not.toContain("SECRET");
  });

  it.each(hooks)("`save` that %s: the call is not run again", async (_, save) => {
    const made = await bench(policy);
    const session = await made.session();
    let runs = 0;
    const port = { execute: async () => (runs += 1), save } as unknown as HostPort;
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    expect(await session.call(call, port)).toMatchObject({ status: "done" });
    expect(await session.call(call, port)).toMatchObject({ status: "failed", cause: "unknown", replayed: true });
    expect(runs).toBe(1);
  });

  it.each(hooks)("`restore` that %s: the call is not run again", async (_, restore) => {
    const made = await bench(policy);
    const session = await made.session();
    let runs = 0;
    const port = { execute: async () => (runs += 1), restore } as unknown as HostPort;
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    expect(await session.call(call, port)).toMatchObject({ status: "done", result: 1 });
    expect(await session.call(call, port)).toMatchObject({ status: "failed", cause: "unknown", replayed: true });
    expect(runs).toBe(1);
  });

  it.each(hooks)("`isControlFlow` that %s: a throw is a failure", async (_, isControlFlow) => {
    const made = await bench(policy);
    const port = { execute: throws, isControlFlow } as unknown as HostPort;
    const outcome = await (await made.session()).call({ tool: "pay", args: { to: "x" } }, port);
    expect(outcome).toMatchObject({ status: "failed", cause: "error" });
  });

  it("hooks of a class stand with an observer looking on", async () => {
    class Port implements HostPort {
      readonly seen = "as the model reads it";
      async execute(): Promise<unknown> {
        return { raw: this.seen };
      }
      save(): string {
        return this.seen;
      }
      restore(saved: unknown): unknown {
        return { raw: saved };
      }
    }
    const made = await bench(policy, { observe: () => undefined });
    const session = await made.session();
    const call = { tool: "pay", args: { to: "x" }, callId: "1" };
    await session.call(call, new Port());
    expect(await session.call(call, new Port())).toMatchObject({
      status: "done",
      replayed: true,
      result: { raw: "as the model reads it" },
    });
  });

  it.each<[string, () => unknown]>([
    ["throws", throws],
    ["answers a promise that rejects", () => Promise.reject(new Error("boom"))],
    ["never answers", () => new Promise(() => undefined)],
  ])("an observer that %s changes nothing and ends nothing", async (_, observe) => {
    const made = await bench(bundle([read], [allow("a", ["read"])]), {
      observe,
    });
    const outcome = await (await made.session()).call({ tool: "read", args: { id: "x" } }, () => 1);
    expect(outcome).toMatchObject({ status: "done" });
  });
});
