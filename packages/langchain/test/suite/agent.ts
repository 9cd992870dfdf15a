import type { BaseMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import { tool, type StructuredToolInterface } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import type { AdapterUnderTest, AgentParts, AgentRun, AgentSaid, SuiteTool } from "@writ/testing";
import { createAgent, createMiddleware, type AgentMiddleware, type ReactAgent } from "langchain";
import { z } from "zod";
import { assertGuarded, delegated, guardTools, writMiddleware, type Identify } from "../../src/index.js";
import { ScriptedModel } from "./scripted-model.js";

type ServerTool = Record<string, unknown>;
export type Version = "v1" | "v2";

export function toolOf(of: SuiteTool): StructuredToolInterface {
  const { name, description, parameters: schema } = of;
  const run = async (args: unknown, { signal }: RunnableConfig): Promise<string> => of.run(args, signal);
  return tool(run, { name, description, schema });
}

/** Loses the answer of every call once, after it was given, and runs the call again. */
function losing(): AgentMiddleware {
  return createMiddleware({
    name: "losing",
    async wrapToolCall(request, handler) {
      await handler(request);
      return handler(request);
    },
  });
}

/** An agent, whatever its types. */
interface Agent {
  readonly run: (input: Input, config: RunnableConfig) => Promise<{ readonly messages: readonly BaseMessage[] }>;
  readonly stream: (input: Input, config: RunnableConfig) => Promise<AsyncIterable<unknown>>;
  readonly paused: (config: RunnableConfig) => Promise<boolean>;
}
type Input = Command | { readonly messages: { readonly role: "user"; readonly content: string }[] };

function agentOf(parts: AgentParts, version: Version, checkpointer: MemorySaver) {
  const { guard, user, agent, path } = parts;
  const isSub = path === "subagent";
  const identity: Identify = isSub ? delegated({ agent: { id: "worker" } }) : () => ({ user, agent });
  const model = new ScriptedModel(parts.script, parts.thread);
  const guarded = guardTools(guard, parts.tools.map(toolOf), { identity });
  const served = parts.provider.map((name): ServerTool => ({ type: name, name }));
  const tools: (StructuredToolInterface | ServerTool)[] = [...guarded, ...parts.forgotten.map(toolOf), ...served];
  const net = writMiddleware(guard, { identity });
  const middleware = path === "retry" ? [losing(), net] : [net];
  const made = createAgent({ model, tools, middleware, version, checkpointer: isSub ? false : checkpointer });
  if (parts.forgotten.length === 0) assertGuarded(made, guard);
  return { model, agent: driven(made) };
}

/** An agent whose only tool asks another agent. */
function overOf(parts: AgentParts, inner: Agent, checkpointer: MemorySaver): Agent {
  const { guard, user, agent } = parts;
  const identity = () => ({ user, agent });
  const ask: StructuredToolInterface = tool(
    async ({ x }, config: RunnableConfig) => {
      const out = await inner.run({ messages: [{ role: "user", content: x }] }, config);
      return out.messages.at(-1)?.text ?? "";
    },
    { name: "note_ask", description: "Asks the worker.", schema: z.object({ x: z.string() }) },
  );
  const script = [[{ id: "ask", name: "note_ask", args: { x: "please" } }]];
  const model = new ScriptedModel(script, `${parts.thread}-desk`);
  const tools = guardTools(guard, [ask], { identity });
  return driven(createAgent({ model, tools, middleware: [writMiddleware(guard, { identity })], checkpointer }));
}

function driven(agent: ReactAgent): Agent {
  return {
    run: async (input, config) => agent.invoke(input, config),
    stream: async (input, config) => agent.stream(input, { ...config, streamMode: [...MODES] }),
    async paused(config) {
      const { next, tasks } = await agent.graph.getState(config);
      return next.length > 0 && tasks.some(({ interrupts }) => interrupts.length > 0);
    },
  };
}

const MODES = ["values", "updates", "messages", "debug", "custom", "tools"] as const;

class Run implements AgentRun {
  readonly #parts: AgentParts;
  readonly #agent: Agent;
  readonly #model: ScriptedModel;
  readonly #seen: unknown[] = [];

  constructor(parts: AgentParts, version: Version) {
    const saver = parts.kept.get("checkpointer");
    const checkpointer = saver instanceof MemorySaver ? saver : new MemorySaver();
    parts.kept.set("checkpointer", checkpointer);
    const { agent, model } = agentOf(parts, version, checkpointer);
    this.#parts = parts;
    this.#agent = parts.path === "subagent" ? overOf(parts, agent, checkpointer) : agent;
    this.#model = model;
  }

  async say(text: string): Promise<AgentSaid> {
    return this.#go({ messages: [{ role: "user", content: text }] });
  }

  async wake(answer: unknown): Promise<AgentSaid> {
    return this.#go(new Command({ resume: answer }));
  }

  async #go(input: Input): Promise<AgentSaid> {
    const see = (what: string) => (seen: unknown) => void this.#seen.push([what, seen]);
    const configurable = { thread_id: this.#parts.thread };
    const callbacks = [{ handleToolEnd: see("end"), handleToolEvent: see("event"), handleToolError: see("error") }];
    const config = { configurable, signal: this.#parts.signal, callbacks };
    if (this.#parts.path === "stream")
      for await (const chunk of await this.#agent.stream(input, config)) this.#seen.push(chunk);
    else this.#seen.push(await this.#agent.run(input, config));
    const paused = await this.#agent.paused({ configurable });
    return { paused, ended: !paused && this.#model.ended, answers: this.#model.answers };
  }

  seen(): string {
    return JSON.stringify(this.#seen);
  }

  offered(): readonly string[] {
    return this.#model.heard.offered;
  }
}

/** An agent of `createAgent`, whose tools run each in a task of its own (`v2`) or all in one (`v1`). */
export function langchain(version: Version): AdapterUnderTest {
  return {
    name: `@writ/langchain, version: "${version}"`,
    framework: "langchain 1.5",
    absent: (path, scenario) =>
      path === "subagent" && scenario.includes("a store that fails")
        ? "The call that would start the sub-agent is refused."
        : undefined,
    open: async (parts) => new Run(parts, version),
  };
}
