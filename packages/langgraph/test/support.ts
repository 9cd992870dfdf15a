import { AIMessage, BaseMessage, ToolMessage } from "@langchain/core/messages";
import { tool, type StructuredToolInterface } from "@langchain/core/tools";
import { Command, END, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createGuard, memoryAudit, memoryStore, type AuditSink, type Clock, type StateStore } from "@writ/runtime";
import { z } from "zod";
import { guardNode, type GuardNodeOptions } from "../src/index.js";

const at = [0, 0, 0, 1, 1];
const text = { kind: "Text" };
const yes = { op: "literal", type: { kind: "Bool" }, value: true, at };
const x = [{ name: "x", type: text }];

const declared = (name: string, params: object[] = x, more: object = {}): object => ({
  name,
  as: name.replaceAll(".", "_"),
  params,
  effects: ["write"],
  risk: "low",
  labels: [],
  sinks: [],
  at,
  ...more,
});

/** The policy of these tests, compiled by hand: what an allow, an ask and a forbid do at the node is what is tested here. */
export const POLICY = JSON.stringify({
  format: "writ.bundle/1",
  policy: { name: "test", version: 1 },
  sources: [{ name: "test.policy", digest: `sha256:${"0".repeat(64)}` }],
  taint: "context",
  params: [],
  facts: [],
  intents: [],
  endorsements: [],
  labels: [],
  types: [],
  identity: {
    user: [
      { name: "id", type: { kind: "Id" } },
      { name: "groups", type: { kind: "List", of: text } },
    ],
    agent: [{ name: "id", type: { kind: "Id" } }],
    session: [{ name: "id", type: { kind: "Id" } }],
  },
  roles: [
    {
      name: "manager",
      at,
      when: {
        op: "in",
        type: text,
        left: { op: "literal", type: text, value: "managers", at },
        right: { op: "claim", of: "user", name: "groups", at },
        at,
      },
    },
  ],
  tiers: [{ name: "low", isolate: "inline", network: [], read: [], write: [], env: [], time: 5000, at }],
  tools: [
    declared("note.add"),
    declared("note.flaky"),
    declared("note.question"),
    declared("note.second"),
    declared("note.steer"),
    declared("note.pair"),
    declared("note.stream"),
    declared("note.slow"),
    declared("note.missing"),
    declared("note.inner"),
    declared("mail.send", [
      { name: "to", type: { kind: "Email" } },
      { name: "tags", type: { kind: "List", of: text }, optional: true },
    ]),
    declared(
      "pay.send",
      [
        { name: "to", type: { kind: "Id" } },
        { name: "amount", type: { kind: "Int" } },
      ],
      { effects: ["pay"] },
    ),
    declared("pay.confirm"),
    declared("vault.read", x, { effects: ["read"] }),
  ],
  rules: [
    {
      kind: "allow",
      id: "notes",
      tools: [
        "note.add",
        "note.flaky",
        "note.question",
        "note.second",
        "note.steer",
        "note.pair",
        "note.stream",
        "note.slow",
        "note.missing",
        "note.inner",
        "mail.send",
      ],
      when: yes,
      limits: [],
      at,
    },
    {
      kind: "ask",
      id: "payments",
      tools: ["pay.send", "pay.confirm"],
      when: yes,
      limits: [],
      because: "money leaves",
      at,
      demand: { from: ["manager"], requester: false, quorum: 1, expires: 60_000, show: [] },
    },
    {
      kind: "forbid",
      id: "secret_vault_rule",
      tools: ["vault.read"],
      when: yes,
      limits: [],
      because: "INTERNAL-REASON",
      at,
    },
  ],
});

export const MANAGER = { id: "mia", groups: ["managers"] };

export interface Ran {
  readonly tool: string;
  readonly args: unknown;
}

/** Real tools that keep what they were run with. */
export function makeTools(ran: Ran[], answers: unknown[] = []): StructuredToolInterface[] {
  const schema = z.object({ x: z.string() });
  const kept = (name: string, args: unknown): void => void ran.push({ tool: name, args });
  const plain = (name: string, run: (args: { x: string }) => unknown): StructuredToolInterface =>
    tool(
      async (args: { x: string }) => {
        kept(name, args);
        const result: unknown = run(args);
        return result;
      },
      { name, description: name, schema },
    );
  const asking = (name: string, questions: number): StructuredToolInterface =>
    tool(
      (args: { x: string }) => {
        const said = Array.from({ length: questions }, (_, index): unknown =>
          interrupt({ question: `${name} ${args.x} ${index}` }),
        );
        answers.push([name, args.x, ...said]);
        kept(name, args);
        return `${name} heard ${JSON.stringify(said)}`;
      },
      { name, description: name, schema },
    );
  return [
    plain("note_add", (args) => `added ${args.x}`),
    plain("note_flaky", () => {
      throw new Error("kaput");
    }),
    plain("vault_read", () => "VAULT-SECRET"),
    plain(
      "note_steer",
      (args) =>
        new Command({
          update: {
            messages: [new ToolMessage({ content: `steered ${args.x}`, tool_call_id: "c1", name: "note_steer" })],
          },
        }),
    ),
    tool(
      async (args: { x: string }) => {
        kept("note_pair", args);
        return [`content ${args.x}`, { artifact: args.x }];
      },
      { name: "note_pair", description: "pair", schema, responseFormat: "content_and_artifact" },
    ),
    tool(
      async function* stream(args: { x: string }) {
        kept("note_stream", args);
        yield "part";
        return "whole";
      },
      { name: "note_stream", description: "stream", schema },
    ),
    tool(
      async (args: { to: string; tags?: string[] | undefined }) => {
        kept("mail_send", args);
        return `sent to ${args.to}`;
      },
      {
        name: "mail_send",
        description: "mail",
        schema: z.object({ to: z.string(), tags: z.array(z.string()).optional() }),
      },
    ),
    tool(
      async (args: { to: string; amount: number }) => {
        kept("pay_send", args);
        return `paid ${args.amount} to ${args.to}`;
      },
      { name: "pay_send", description: "pay", schema: z.object({ to: z.string(), amount: z.number() }) },
    ),
    asking("note_question", 1),
    asking("note_second", 2),
    asking("pay_confirm", 1),
  ];
}

export interface Call {
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly id?: string;
}

/** A turn of a model: the calls it makes. Ids are c1, c2... unless a call says otherwise (`id: ""` is none). */
export function turn(calls: readonly Call[], id = "turn-1"): AIMessage {
  const tool_calls = calls.map(({ name, args, id: given }, index) => ({
    name,
    args,
    type: "tool_call" as const,
    ...(given === "" ? {} : { id: given ?? `c${index + 1}` }),
  }));
  return new AIMessage({ id, content: "", tool_calls });
}

export class TestClock implements Clock {
  time = 1_800_000_000_000;
  now(): number {
    return this.time;
  }
}

export interface WorldOptions {
  readonly script: readonly AIMessage[];
  readonly audit?: AuditSink;
  readonly state?: StateStore;
  readonly clock?: Clock;
  readonly identity?: GuardNodeOptions["identity"];
  readonly checkpointer?: MemorySaver | false;
  readonly ran?: Ran[];
  readonly tools?: (ran: Ran[], answers: unknown[]) => StructuredToolInterface[];
  readonly retry?: boolean;
}

/** A guard, and a graph of a scripted model and the guard node. */
export async function world(options: WorldOptions) {
  const { audit = memoryAudit(), state = memoryStore(), clock = new TestClock(), ran = [] } = options;
  const answers: unknown[] = [];
  const guard = await createGuard({ policy: POLICY, audit, state, clock });
  const tools = (options.tools ?? makeTools)(ran, answers);
  const node = guardNode(guard, tools, {
    identity: options.identity ?? (() => ({ user: { id: "ann" }, agent: { id: "desk" } })),
  });
  const checkpointer = options.checkpointer === false ? undefined : (options.checkpointer ?? new MemorySaver());
  const graph = agentGraph(node, options.script, options.retry).compile(
    checkpointer === undefined ? {} : { checkpointer },
  );
  const config = { configurable: { thread_id: "t1" } };
  return {
    guard,
    ran,
    answers,
    graph,
    node,
    config,
    audit,
    state,
    checkpointer,
    start: async () => read(await graph.invoke({ messages: [{ role: "user", content: "go" }] }, config)),
    resume: async (value: unknown) => read(await graph.invoke(new Command({ resume: value }), config)),
    grant: async (id: string, grant = true) => guard.approvals.resolve(id, { by: MANAGER, grant }),
  };
}

const graphState = z.object({ messages: z.array(z.instanceof(BaseMessage)) });

async function invoked(
  node: ReturnType<typeof guardNode>,
  state: typeof MessagesAnnotation.State,
  config: Parameters<typeof node.invoke>[1],
): Promise<{ messages: BaseMessage[] }> {
  const out: unknown = await node.invoke(state, config);
  return graphState.parse(out);
}

/** Model and tools, the model saying the next line of its script by how many it has said. */
export function agentGraph(node: ReturnType<typeof guardNode>, script: readonly AIMessage[], retry = false) {
  let attempts = 0;
  const failing = async (
    state: typeof MessagesAnnotation.State,
    config: Parameters<typeof node.invoke>[1],
  ): Promise<{ messages: BaseMessage[] }> => {
    const out = await invoked(node, state, config);
    attempts += 1;
    if (attempts === 1) throw new Error("the network was gone after the node");
    return out;
  };
  return new StateGraph(MessagesAnnotation)
    .addNode("model", (state: typeof MessagesAnnotation.State) => ({ messages: [next(state.messages, script)] }))
    .addNode(
      "tools",
      retry ? failing : node,
      retry ? { retryPolicy: { maxAttempts: 3, initialInterval: 1, jitter: false, logWarning: false } } : {},
    )
    .addEdge(START, "model")
    .addConditionalEdges(
      "model",
      (state: typeof MessagesAnnotation.State) => (isTurn(state.messages.at(-1)) ? "tools" : END),
      ["tools", END],
    )
    .addEdge("tools", "model");
}

function next(messages: readonly BaseMessage[], script: readonly AIMessage[]): AIMessage {
  const said = messages.filter((message) => message.getType() === "ai").length;
  return script[said] ?? new AIMessage({ id: `end-${said}`, content: "done" });
}

function isTurn(message: BaseMessage | undefined): boolean {
  return message !== undefined && AIMessage.isInstance(message) && (message.tool_calls?.length ?? 0) > 0;
}

/** What a run left: the answers to the calls, the pauses, and whether the model had the last word. */
const interrupts = z.array(z.object({ id: z.string(), value: z.unknown() }));

export function read(result: { messages: BaseMessage[] }) {
  const pauses = interrupts.parse(Reflect.get(result, "__interrupt__") ?? []);
  const answers = result.messages.filter((message) => ToolMessage.isInstance(message));
  return {
    messages: result.messages,
    paused: pauses.map((pause) => pause.value),
    pauses,
    answers,
    text: answers.map((message) => [message.tool_call_id, message.status, message.content]),
    done: result.messages.at(-1)?.content === "done",
  };
}

const approvals = z.object({
  type: z.literal("writ.approvals"),
  approvals: z.array(
    z.strictObject({
      id: z.string(),
      tool: z.string(),
      show: z.array(z.unknown()),
      expires: z.number(),
      demands: z.array(z.unknown()),
    }),
  ),
});

/** What the guard's interrupts ask for, in their order. */
export function approvalsOf(paused: readonly unknown[]): z.infer<typeof approvals>["approvals"] {
  return paused.flatMap((value) => approvals.safeParse(value).data?.approvals ?? []);
}
