import { Mastra } from "@mastra/core";
import { Agent, type ToolsInput } from "@mastra/core/agent";
import type { MastraModelConfig } from "@mastra/core/llm";
import { createTool } from "@mastra/core/tools";
import { guardHooks, guardTools } from "@writ/mastra";
import { scripted } from "./ai-sdk.js";
import { identity, SCHEMA, TOOL, type FrameworkSubject, type RunAgent, type Work } from "./subject.js";

const tools: ToolsInput = {
  [TOOL]: createTool({
    id: TOOL,
    description: "Adds.",
    inputSchema: { ...SCHEMA, properties: { ...SCHEMA.properties }, required: [...SCHEMA.required] },
    execute: async () => "added",
  }),
};

export const mastra: FrameworkSubject = {
  name: "Mastra, guardTools and guardHooks",
  plain: (work) => run(work, { tools }),
  hooked: (work) => run(work, { tools, hooks: { beforeToolCall: () => undefined } }),
  guarded: (work, guard) => run(work, { tools: guardTools(guard, tools, { identity }), ...guardHooks(guard) }),
};

/** A model speaks its script once, so each run has an agent of its own, on both sides. */
function run(work: Work, own: Pick<ConstructorParameters<typeof Agent>[0], "tools" | "hooks">): RunAgent {
  return async () => {
    const model: unknown = scripted(work);
    if (!isModel(model)) throw new TypeError("a model generates");
    const desk = new Agent({ id: "desk", name: "desk", instructions: "Add.", model, ...own });
    const agent = new Mastra({ agents: { desk }, logger: false }).getAgent("desk");
    await agent.generate("go", { maxSteps: work.turns + 1 });
  };
}

/** Mastra takes the models of the AI SDK, and types what they give otherwise. */
function isModel(model: unknown): model is MastraModelConfig {
  return typeof model === "object" && model !== null && "doGenerate" in model;
}
