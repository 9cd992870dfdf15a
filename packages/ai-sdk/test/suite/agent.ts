import type { Session } from "@writ/runtime";
import type { AdapterUnderTest, AgentParts, AgentRun, AgentSaid, SuiteTool } from "@writ/testing";
import { generateText, isStepCount, jsonSchema, streamText, tool, type ModelMessage, type ToolSet } from "ai";
import { assertGuarded, bindTools, guardApproval, guardTools, offeredTools } from "../../src/index.js";
import { scriptedByTurn } from "./scripted-model.js";

type Model = ReturnType<typeof scriptedByTurn>;

function toolOf(of: SuiteTool): ToolSet[string] {
  const inputSchema = jsonSchema(structuredClone(of.parameters) as Parameters<typeof jsonSchema>[0]);
  const { description } = of;
  return tool({ description, inputSchema, execute: async (args, { abortSignal }) => of.run(args, abortSignal) });
}

const setOf = (tools: readonly SuiteTool[]): ToolSet => Object.fromEntries(tools.map((one) => [one.name, toolOf(one)]));

const providerTool = (name: string): ToolSet[string] => ({
  type: "provider",
  isProviderExecuted: true,
  id: `some.${name}`,
  args: {},
  inputSchema: jsonSchema({ type: "object" }),
});

class Run implements AgentRun {
  readonly #parts: AgentParts;
  readonly #session: Session;
  readonly #tools: ToolSet;
  readonly #active: string[];
  readonly #model: Model;
  readonly #seen: unknown[] = [];
  #messages: ModelMessage[];
  /** The history that was sent last. */
  #sent: ModelMessage[];

  private constructor(parts: AgentParts, session: Session, tools: ToolSet, active: string[]) {
    this.#parts = parts;
    this.#session = session;
    this.#tools = tools;
    this.#active = active;
    this.#model = scriptedByTurn(parts.script);
    const kept = (name: string): ModelMessage[] => {
      const text = parts.kept.get(name);
      return typeof text === "string" ? (JSON.parse(text) as ModelMessage[]) : [];
    };
    this.#messages = kept("messages");
    this.#sent = kept("sent");
  }

  static async open(parts: AgentParts): Promise<Run> {
    const { guard, user, agent, thread } = parts;
    const provider = Object.fromEntries(parts.provider.map((name) => [name, providerTool(name)]));
    await bindTools(guard, setOf(parts.tools));
    const made = await guard.session({ user: { ...user, groups: [...user.groups] }, agent, thread });
    const session = parts.path === "subagent" ? await made.delegate({ agent: { id: "helper" } }) : made;
    const guarded = guardTools(session, { ...setOf(parts.tools), ...provider });
    assertGuarded({ tools: guarded });
    const active = await offeredTools(session, guarded);
    const forgotten = setOf(parts.forgotten);
    return new Run(parts, session, { ...guarded, ...forgotten }, [...active, ...Object.keys(forgotten)]);
  }

  async say(text: string): Promise<AgentSaid> {
    this.#messages.push({ role: "user", content: text });
    return this.#request();
  }

  /** The client answers every approval request that stands open, in the AI SDK's own way. */
  async wake(answer: unknown): Promise<AgentSaid> {
    const open = this.#open();
    if (open.length === 0) {
      // Nothing is asked any more: the client sends again what it sent.
      this.#messages = structuredClone(this.#sent);
      return this.#request();
    }
    const reason = JSON.stringify(answer);
    this.#messages.push({
      role: "tool",
      content: open.map((approvalId) => ({ type: "tool-approval-response", approvalId, approved: true, reason })),
    });
    return this.#request();
  }

  async #request(): Promise<AgentSaid> {
    this.#sent = structuredClone(this.#messages);
    this.#parts.kept.set("sent", JSON.stringify(this.#sent));
    let made = await this.#run();
    // The response was lost: the client asks the same again.
    if (this.#parts.path === "retry") made = await this.#run();
    this.#messages.push(...made);
    this.#parts.kept.set("messages", JSON.stringify(this.#messages));
    const paused = this.#open().length > 0;
    return { paused, ended: !paused && this.#model.ended(), answers: this.#model.answers() };
  }

  async #run(): Promise<readonly ModelMessage[]> {
    const settings = {
      model: this.#model.model,
      tools: this.#tools,
      activeTools: this.#active,
      toolApproval: guardApproval(this.#session),
      messages: structuredClone(this.#sent),
      stopWhen: isStepCount(20),
      abortSignal: this.#parts.signal,
      onToolExecutionEnd: (event: unknown) => void this.#seen.push(event),
    };
    if (this.#parts.path === "subagent") return this.#inner(settings);
    if (this.#parts.path !== "stream") {
      const { responseMessages, steps } = await generateText(settings);
      this.#seen.push(steps.map(({ content }) => content));
      return responseMessages;
    }
    const result = streamText({ ...settings, onError: (error) => void this.#seen.push(error) });
    for await (const part of result.stream) this.#seen.push(part);
    return result.responseMessages;
  }

  /** The agent is a tool of another agent, which nobody guards. */
  async #inner(settings: Parameters<typeof generateText>[0]): Promise<readonly ModelMessage[]> {
    let made: readonly ModelMessage[] = [];
    const desk = tool({
      description: "Asks the desk.",
      inputSchema: jsonSchema({ type: "object" }),
      execute: async (_args, { abortSignal }) => {
        const result = await generateText({ ...settings, ...(abortSignal === undefined ? {} : { abortSignal }) });
        made = result.responseMessages;
        return result.text;
      },
    });
    const result = await generateText({
      model: scriptedByTurn([[{ id: "outer", name: "desk", args: {} }]]).model,
      tools: { desk },
      stopWhen: isStepCount(3),
      prompt: "ask the desk",
      abortSignal: this.#parts.signal,
    });
    this.#seen.push(
      result.steps.map(({ content }) => content),
      made,
    );
    return made;
  }

  #open(): readonly string[] {
    const parts = this.#messages.flatMap(({ role, content }) =>
      role === "system" || role === "user" || typeof content === "string" ? [] : [...content],
    );
    const answered = new Set(
      parts.flatMap((part) => (part.type === "tool-approval-response" ? [part.approvalId] : [])),
    );
    return parts.flatMap((part) =>
      part.type === "tool-approval-request" && part.isAutomatic !== true && !answered.has(part.approvalId)
        ? [part.approvalId]
        : [],
    );
  }

  seen(): string {
    return JSON.stringify(this.#seen);
  }

  offered(): readonly string[] {
    return this.#model.offered();
  }
}

const PAUSING = /granted|own approval|rejected|in time|exactly these arguments/;

export const aiSdk: AdapterUnderTest = {
  name: "@writ/ai-sdk",
  framework: "ai 7.0",
  absent: (path, scenario) => {
    if (path === "subagent" && PAUSING.test(scenario))
      return "The AI SDK has no approvals in sub-agents: the call is answered as waiting, and is made again after the grant.";
    if (scenario.includes("a store that fails"))
      return "The host makes the session, once a request, and there is no run without one (`net.test.ts` has a store that fails later).";
    if (scenario.includes("caught by the net"))
      return "The net refuses every tool that nobody guarded, also one that the policy allows (`net.test.ts`).";
    return undefined;
  },
  open: async (parts) => Run.open(parts),
};
