import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import { tool, type StructuredToolInterface } from "@langchain/core/tools";
import {
  isCommand,
  Command,
  END,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  type StateSnapshot,
} from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import type { AdapterUnderTest, AgentParts, AgentRun, AgentSaid, SuiteTool } from "@writ/testing";
import { assertGuarded, guardNode, guardTools } from "../../src/index.js";
import { ScriptedModel } from "./scripted-model.js";

/** A compiled graph, whatever its nodes are called. */
interface Agent {
  readonly graph: Runnable<unknown, unknown>;
  readonly state: (config: RunnableConfig) => Promise<{ readonly next: readonly string[]; readonly paused: boolean }>;
}

/** What guards: the node, or tools of which an ordinary node runs each. */
export type Hook = "guardNode" | "guardTools";

export function toolOf(of: SuiteTool): StructuredToolInterface {
  const { name, description, parameters: schema } = of;
  const run = async (args: unknown, { signal }: RunnableConfig): Promise<string> => of.run(args, signal);
  return tool(run, { name, description, schema });
}

function nodeOf(parts: AgentParts, hook: Hook): ToolNode {
  const identity = () => ({ user: parts.user, agent: parts.agent });
  const tools = parts.tools.map(toolOf);
  if (hook === "guardNode") return guardNode(parts.guard, [...tools, ...parts.forgotten.map(toolOf)], { identity });
  return new ToolNode([...guardTools(parts.guard, tools, { identity })]);
}

function graphOf(parts: AgentParts, hook: Hook, checkpointer: MemorySaver): Agent & { readonly model: ScriptedModel } {
  const model = new ScriptedModel(parts.script, parts.thread);
  const node = nodeOf(parts, hook);
  let attempts = 0;
  const again = async (state: typeof MessagesAnnotation.State, config: Parameters<typeof node.invoke>[1]) => {
    const out: unknown = await node.invoke(state, config);
    attempts += 1;
    if (attempts % 2 === 1) throw new Error("the step was lost after it was done");
    return isMessages(out) ? out : isCommands(out) ? out : {};
  };
  const retryPolicy = { maxAttempts: 3, initialInterval: 1, jitter: false, logWarning: false };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("model", ({ messages }) => ({ messages: [model.next(messages)] }))
    .addNode("tools", parts.path === "retry" ? again : node, parts.path === "retry" ? { retryPolicy } : {})
    .addEdge(START, "model")
    .addConditionalEdges("model", ({ messages }) => (messages.at(-1)?.text === "done" ? END : "tools"), ["tools", END])
    .addEdge("tools", "model");
  const inner = parts.path === "subagent" ? graph.compile() : graph.compile({ checkpointer });
  if (parts.path !== "retry") assertGuarded(inner, parts.guard);
  if (parts.path !== "subagent")
    return { graph: inner, model, state: async (config) => stateOf(await inner.getState(config)) };
  const outer = new StateGraph(MessagesAnnotation)
    .addNode("desk", inner)
    .addEdge(START, "desk")
    .addEdge("desk", END)
    .compile({ checkpointer });
  return { graph: outer, model, state: async (config) => stateOf(await outer.getState(config)) };
}

function stateOf({ next, tasks }: StateSnapshot): { readonly next: readonly string[]; readonly paused: boolean } {
  return { next, paused: next.length > 0 && tasks.some(({ interrupts }) => interrupts.length > 0) };
}

class Run implements AgentRun {
  readonly #parts: AgentParts;
  readonly #agent: Agent;
  readonly #model: ScriptedModel;
  readonly #seen: unknown[] = [];

  constructor(parts: AgentParts, hook: Hook) {
    const saver = parts.kept.get("checkpointer");
    const checkpointer = saver instanceof MemorySaver ? saver : new MemorySaver();
    parts.kept.set("checkpointer", checkpointer);
    this.#parts = parts;
    const { model, ...agent } = graphOf(parts, hook, checkpointer);
    this.#agent = agent;
    this.#model = model;
  }

  async say(text: string): Promise<AgentSaid> {
    return this.#go({ messages: [{ role: "user", content: text }] });
  }

  async wake(answer: unknown): Promise<AgentSaid> {
    return this.#go(new Command({ resume: answer }));
  }

  async #go(input: Command | { messages: { role: string; content: string }[] }): Promise<AgentSaid> {
    const see = (what: string) => (seen: unknown) => void this.#seen.push([what, seen]);
    const config = {
      configurable: { thread_id: this.#parts.thread },
      signal: this.#parts.signal,
      callbacks: [{ handleToolEnd: see("end"), handleToolEvent: see("event"), handleToolError: see("error") }],
    };
    if (this.#parts.path === "stream") {
      const modes = ["values", "updates", "messages", "debug", "custom", "tools"] as const;
      const streaming = { ...config, streamMode: [...modes], subgraphs: true };
      for await (const chunk of await this.#agent.graph.stream(input, streaming)) this.#seen.push(chunk);
    } else this.#seen.push(await this.#agent.graph.invoke(input, config));
    const { paused } = await this.#agent.state({ configurable: config.configurable });
    return { paused, ended: !paused && this.#model.ended, answers: this.#model.answers };
  }

  seen(): string {
    return JSON.stringify(this.#seen);
  }

  offered(): readonly string[] {
    return [];
  }
}

function isMessages(out: unknown): out is Partial<typeof MessagesAnnotation.State> {
  return typeof out === "object" && out !== null && "messages" in out;
}

function isCommands(out: unknown): out is Command[] {
  return Array.isArray(out) && out.some((one) => isCommand(one));
}

const ABSENT: Readonly<Record<string, string>> = {
  "the model is offered only tools that some rule could grant":
    "A graph's own node gives the model its tools; `session.visibleTools()` says which are worth it.",
  "a tool that the model's provider runs is refused, unless the guard was told of it":
    "A graph's own node gives the model its tools; a turn that says such a tool ran is refused (`guard-tools.test.ts`).",
  "lesson 4: a tool that nobody guarded is caught by the net":
    "There is no net below a tool node; `assertGuarded` fails at start (`guard-tools.test.ts`).",
};

export function langgraph(hook: Hook): AdapterUnderTest {
  return {
    name: `@writ/langgraph, ${hook}`,
    framework: "@langchain/langgraph 1.7",
    absent: (_path, scenario) => (hook === "guardNode" && scenario.includes("net") ? undefined : ABSENT[scenario]),
    open: async (parts) => new Run(parts, hook),
  };
}
