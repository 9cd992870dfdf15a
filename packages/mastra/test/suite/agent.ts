import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { RequestContext } from "@mastra/core/request-context";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import type { AdapterUnderTest, AgentParts, AgentRun, AgentSaid, SuiteTool } from "@writ/testing";
import { assertGuarded, guardHooks, guardTools, offeredTools } from "../../src/index.js";
import { scriptedByTurn } from "./scripted-model.js";

type Model = ReturnType<typeof scriptedByTurn>;

function toolOf(of: SuiteTool) {
  const { name, description, parameters } = of;
  return createTool({
    id: name,
    description,
    inputSchema: structuredClone(parameters) as never,
    execute: async (args: unknown, { abortSignal }) => of.run(args, abortSignal),
  });
}

const setOf = (tools: readonly SuiteTool[]) => Object.fromEntries(tools.map((one) => [one.name, toolOf(one)]));

const providerTool = (name: string): object => ({
  type: "provider-defined",
  id: `some.${name}`,
  args: {},
  inputSchema: { type: "object" },
});

/** What Mastra says of a run. */
interface Result {
  readonly runId: string;
  readonly text: string | Promise<string>;
  readonly suspendPayload?: unknown;
  readonly fullStream?: AsyncIterable<unknown>;
}

class Run implements AgentRun {
  readonly #parts: AgentParts;
  readonly #agent: Agent;
  readonly #model: Model;
  readonly #seen: unknown[] = [];

  private constructor(parts: AgentParts, agent: Agent, model: Model) {
    this.#parts = parts;
    this.#agent = agent;
    this.#model = model;
  }

  static async open(parts: AgentParts): Promise<Run> {
    const { guard, user, agent: claims, thread } = parts;
    const who = { user: { ...user, groups: [...user.groups] }, agent: claims };
    const desk = async () => guard.session({ ...who, thread });
    const asked = async () => {
      const session = await desk();
      return parts.path === "subagent" ? session.delegate({ agent: { id: "helper" } }) : session;
    };
    const identity = parts.path === "subagent" ? asked : () => who;
    const provider = Object.fromEntries(parts.provider.map((name) => [name, providerTool(name)]));
    const guarded = guardTools(guard, { ...setOf(parts.tools), ...provider }, { identity });
    const model = scriptedByTurn(parts.script);
    const make = (id: string, more: object) =>
      new Agent({ id, name: id, instructions: "", ...more } as unknown as ConstructorParameters<typeof Agent>[0]);
    const tools = async (): Promise<object> => ({
      ...(await asked().then(
        async (session) => offeredTools(session, guarded),
        () => guarded,
      )),
      ...setOf(parts.forgotten),
    });
    const inner = make("desk", { description: "helps", model: model.model, tools, ...guardHooks(guard) });
    if (parts.forgotten.length === 0) await assertGuarded(inner);
    const kept = parts.kept.get("storage");
    const storage = kept instanceof InMemoryStore ? kept : new InMemoryStore();
    parts.kept.set("storage", storage);
    const call = { id: "outer", name: "agent-desk", args: { prompt: "go" } };
    const outer =
      parts.path === "subagent"
        ? make("outer", { model: scriptedByTurn([[call]]).model, agents: { desk: inner } })
        : inner;
    const agent: unknown = new Mastra({ agents: { agent: outer }, storage, logger: false }).getAgent("agent");
    return new Run(parts, agent as Agent, model);
  }

  async say(text: string): Promise<AgentSaid> {
    const options = this.#options();
    return this.#said(
      this.#parts.path === "stream"
        ? await this.#agent.stream(text, options)
        : await this.#agent.generate(text, options),
    );
  }

  /** Wakes every call that is suspended, one after the other, with the same answer. */
  async wake(answer: unknown): Promise<AgentSaid> {
    const data = typeof answer === "object" && answer !== null ? answer : { answer };
    const woken = new Set<string>();
    let said: AgentSaid | undefined;
    for (;;) {
      const { runId, toolCallId } = this.#paused();
      if (said !== undefined && (toolCallId === undefined || woken.has(toolCallId))) return said;
      woken.add(toolCallId ?? "");
      said = await this.#resume(data, runId, toolCallId);
    }
  }

  async #resume(data: object, runId: string, toolCallId: string | undefined): Promise<AgentSaid> {
    const options = { ...this.#options(), runId, ...(toolCallId === undefined ? {} : { toolCallId }) };
    return this.#said(
      this.#parts.path === "stream"
        ? await this.#agent.resumeStream(data, options)
        : await this.#agent.resumeGenerate(data, options),
    );
  }

  #options() {
    return { requestContext: new RequestContext(), abortSignal: this.#parts.signal, maxSteps: 20 };
  }

  async #said(given: unknown): Promise<AgentSaid> {
    const result = given as Result;
    const parts: unknown[] = [];
    if (this.#parts.path === "stream" && result.fullStream !== undefined)
      for await (const part of result.fullStream) parts.push(part);
    this.#seen.push(parts, await result.text, this.#parts.path === "stream" ? undefined : given);
    const pauses = [result.suspendPayload, ...parts.flatMap(suspension)].flatMap(toolCallOf);
    this.#parts.kept.set("run", result.runId);
    this.#parts.kept.set("call", pauses[0]);
    const paused = pauses.length > 0;
    return { paused, ended: !paused && this.#model.ended(), answers: this.#model.answers() };
  }

  #paused(): { readonly runId: string; readonly toolCallId: string | undefined } {
    const call: unknown = this.#parts.kept.get("call");
    return { runId: String(this.#parts.kept.get("run")), toolCallId: typeof call === "string" ? call : undefined };
  }

  seen(): string {
    const known = new WeakSet();
    return JSON.stringify(this.#seen, (_key, value: unknown) => {
      if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
      if (known.has(value)) return undefined;
      known.add(value);
      return value;
    });
  }

  offered(): readonly string[] {
    return this.#model.offered();
  }
}

function suspension(part: unknown): readonly unknown[] {
  const { type, payload } = part as { type?: unknown; payload?: unknown };
  return type === "tool-call-suspended" ? [payload] : [];
}

function toolCallOf(pause: unknown): readonly string[] {
  const id: unknown = typeof pause === "object" && pause !== null ? Reflect.get(pause, "toolCallId") : undefined;
  return typeof id === "string" ? [id] : [];
}

export const mastra: AdapterUnderTest = {
  name: "@writ/mastra",
  framework: "@mastra/core 1.71",
  absent: (path, scenario) => {
    if (path === "retry") return "Mastra runs no step of an agent again; steps of workflows are in `steps.test.ts`.";
    if (scenario.startsWith("lesson 30"))
      return "Mastra finds `constructor` on every object and leaves the call without an answer; nothing is run (`tools.test.ts`).";
    if (path === "parallel" && /a granted call|own approval/.test(scenario))
      return "Calls that may pause run one after the other: the one beside waits for the one before it.";
    if (scenario.includes("caught by the net"))
      return "The net refuses every tool that nobody guarded, also one that the policy allows (`tools.test.ts`).";
    return undefined;
  },
  open: async (parts) => Run.open(parts),
};
