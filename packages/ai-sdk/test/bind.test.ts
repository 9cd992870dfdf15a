import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore, type Guard, type GuardOptions } from "@writ/runtime";
import { jsonSchema, tool, type ToolSet } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import { assertGuarded, bindTools, guardApproval, guardTools, offeredTools } from "../src/index.js";
import { policy } from "./policy.js";
import { makeTools, PATHS, world } from "./support.js";

const x = z.object({ x: z.string() });
const web = { type: "provider", isProviderExecuted: true, id: "a.web", args: {}, inputSchema: x } as const;

async function open(more: Partial<GuardOptions> = {}): Promise<Guard> {
  return createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore(), ...more });
}

describe("bindTools", () => {
  it("passes tools that fit, with schemas of zod 4, zod 3 and JSON Schema", async () => {
    const guard = await open();
    await expect(bindTools(guard, makeTools([]))).resolves.toBeUndefined();
    await bindTools(guard, { note: tool({ inputSchema: z3.z.object({ x: z3.z.string() }), execute: async () => 1 }) });
    const json = jsonSchema<{ x: string }>({ type: "object", properties: { x: { type: "string" } }, required: ["x"] });
    await bindTools(guard, { note: tool({ inputSchema: json, execute: async () => 1 }) });
  });

  it("lesson 4: names tools that the policy does not know, parameters it lacks and types that cannot hold", async () => {
    const tools: ToolSet = {
      stranger: tool({ inputSchema: z.object({ path: z.string() }), execute: async () => 1 }),
      note: tool({ inputSchema: z.object({ x: z.string(), bcc: z.string() }), execute: async () => 1 }),
      transfer: tool({ inputSchema: z.object({ to: z.string(), amount: z.boolean() }), execute: async () => 1 }),
    };
    const error: unknown = await bindTools(await open(), tools).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "tools_invalid" });
    for (const part of ['"stranger"', "tool stranger (path: Text)", '"bcc"', '"amount"'])
      expect(String(error)).toContain(part);
  });

  it("tools of the provider are no tools of the policy, where they are named", async () => {
    const tools: ToolSet = { ...makeTools([]), web };
    await expect(bindTools(await open(), tools)).rejects.toMatchObject({ code: "tools_invalid" });
    await bindTools(await open({ providerTools: ["web"] }), tools);
  });
});

describe("tools of the provider", () => {
  it("go through where the guard names them, and are refused otherwise", async () => {
    const guard = await open({ providerTools: ["web"] });
    const session = await guard.session({ user: { id: "ann", groups: [] }, agent: { id: "desk" } });
    const tools = guardTools<ToolSet>(session, { ...makeTools([]), web });
    expect(tools["web"]).toBe(web);
    expect(() => assertGuarded({ tools })).not.toThrow();
    const toolCall = { toolName: "web", toolCallId: "c1", input: {}, providerExecuted: true };
    expect(await guardApproval(session)({ toolCall, tools, messages: [] })).toBeUndefined();
    const other = { ...toolCall, toolName: "code" };
    expect(await guardApproval(session)({ toolCall: other, tools, messages: [] })).toMatchObject({ type: "denied" });
  });
});

describe("offeredTools", () => {
  const TEXT = `
policy test @ 1
use std.identity
use std.labels
use std.tiers
role support { user.groups has "support" }
tool note (x: Text) -> Id { effect write  risk low  labels trusted }
tool vault (x: Text) { effect read  risk low  labels trusted }
allow notes on note {}
allow vaults on vault { for support }
`;

  it.each(PATHS)("offers what some rule could grant to who calls, by %s", async (path) => {
    const { bundle } = await compile("t", memoryHost({ t: TEXT }));
    if (bundle === undefined) throw new Error("the policy has errors");
    const guard = await createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore() });
    const { note, vault } = makeTools([]);
    for (const [groups, offered] of [
      [[], ["note"]],
      [["support"], ["note", "vault"]],
    ]) {
      const session = await guard.session({ user: { id: "ann", groups: groups ?? [] }, agent: { id: "desk" } });
      expect(await offeredTools(session, { note, vault, stranger: note })).toEqual(offered);
      const w = await world(path, { script: [], guard, session, active: offered });
      await w.start();
      const [asked] = [...w.model.doGenerateCalls, ...w.model.doStreamCalls];
      expect(asked?.tools?.map(({ name }) => name)).toEqual(offered);
    }
  });
});
