import { Agent } from "@mastra/core/agent";
import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { assertGuarded, guardHooks, guardTools, offeredTools } from "../src/index.js";
import { policy } from "./policy.js";
import { ANN, makeTools, scripted } from "./support.js";

async function open() {
  return createGuard({ policy: await policy(), audit: memoryAudit(), state: memoryStore() });
}

const agent = (tools: object, more: object = {}) =>
  new Agent({
    id: "desk",
    name: "desk",
    instructions: "",
    model: scripted([]) as never,
    tools: tools as never,
    ...more,
  });

describe("assertGuarded", () => {
  it("passes an agent whose tools are all guarded, with the net", async () => {
    const guard = await open();
    await assertGuarded(agent(guardTools(guard, makeTools([]), { identity: ANN }), guardHooks(guard)));
    await assertGuarded(agent({}, guardHooks(guard)));
  });

  it("names every tool that no guard takes, and the net that is missing", async () => {
    const guard = await open();
    const guarded = guardTools(guard, makeTools([]), { identity: ANN });
    const tools = {
      ...guarded,
      raw: makeTools([]).note,
      copied: Object.assign(Object.create(guarded.note) as typeof guarded.note, { execute: async () => "raw" }),
      web: { type: "provider-defined", id: "openai.web_search", args: {}, inputSchema: guarded.note.inputSchema },
    };
    const error: unknown = await assertGuarded(agent(tools)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "misuse" });
    for (const part of ["raw is not guarded", "copied is not guarded", "the provider runs web", "no net"])
      expect(String(error)).toContain(part);
    expect(String(error)).not.toContain("vault");
    await assertGuarded(agent(tools, guardHooks(guard)), { unguarded: ["raw", "copied", "web"] });
    await expect(assertGuarded(agent(guarded, { hooks: { beforeToolCall: () => undefined } }))).rejects.toThrow(
      "no net",
    );
  });

  it("refuses tools of two guards in one agent", async () => {
    const [one, two] = [await open(), await open()];
    const tools = {
      note: guardTools(one, { note: makeTools([]).note }, { identity: ANN }).note,
      page: guardTools(two, { page: makeTools([]).page }, { identity: ANN }).page,
    };
    await expect(assertGuarded(agent(tools, guardHooks(one)))).rejects.toThrow("more than one guard");
  });
});

describe("offeredTools", () => {
  it("gives the tools that some rule could grant to who calls, for an agent whose tools are a function", async () => {
    const guard = await open();
    const guarded = guardTools(guard, makeTools([]), { identity: ANN });
    const model = scripted([]);
    const desk = new Agent({
      id: "desk",
      name: "desk",
      instructions: "",
      model: model as never,
      tools: async () => {
        const session = await guard.session({ user: { id: "ann", groups: [] }, agent: { id: "desk" } });
        return (await offeredTools(session, guarded)) as never;
      },
    });
    await desk.generate("go");
    const names = model.doGenerateCalls[0]?.tools?.map(({ name }) => name);
    expect(names).toContain("transfer");
    expect(names).not.toContain("vault");
    expect(Object.keys(guarded)).toContain("vault");
  });
});
