import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool, type StructuredToolInterface } from "@langchain/core/tools";
import { Command, END, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { AuditError, createGuard, memoryAudit, memoryStore, toolPin, type GuardOptions } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { assertGuarded, CallRefused, delegated, guardNode, guardTools } from "../src/index.js";
import { agentGraph, approvalsOf, makeTools, MANAGER, POLICY, read, turn, type Call, type Ran } from "./support.js";

const identity = () => ({ user: { id: "ann" }, agent: { id: "desk" } });

async function parts(more: Partial<GuardOptions> = {}) {
  const audit = memoryAudit();
  const guard = await createGuard({ policy: POLICY, audit, state: memoryStore(), ...more });
  const ran: Ran[] = [];
  const answers: unknown[] = [];
  const tools = makeTools(ran, answers);
  const find = (name: string, from: readonly StructuredToolInterface[] = tools): StructuredToolInterface => {
    const found = from.find((one) => one.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  return { guard, audit, ran, answers, tools, find };
}

/** An agent whose calls an ordinary tool node runs, with guarded tools in it. */
async function boundary(calls: readonly Call[], more: Partial<GuardOptions> = {}) {
  const made = await parts(more);
  const node = new ToolNode(guardTools(made.guard, made.tools, { identity }));
  const graph = agentGraph(node, [turn(calls)]).compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "t1" } };
  return {
    ...made,
    graph,
    config,
    start: async () => read(await graph.invoke({ messages: [new HumanMessage("go")] }, config)),
    resume: async (value: unknown) => read(await graph.invoke(new Command({ resume: value }), config)),
  };
}

describe("guarded tools in somebody else's tool node", () => {
  it("run what is allowed, with the canonical arguments, and answer the rest", async () => {
    const w = await boundary([
      { name: "mail_send", args: { to: "Bob@ACME.Example" } },
      { name: "vault_read", args: { x: "all" } },
      { name: "note_flaky", args: { x: "f" } },
      { name: "note_pair", args: { x: "p" } },
    ]);
    const out = await w.start();
    expect(w.ran.map(({ tool: name }) => name).toSorted()).toEqual(["mail_send", "note_flaky", "note_pair"]);
    expect(out.text.map(([id, status]) => [id, status])).toEqual([
      ["c1", "success"],
      ["c2", "error"],
      ["c3", "error"],
      ["c4", "success"],
    ]);
    expect(out.answers[3]?.artifact).toEqual({ artifact: "p" });
    expect(out.done).toBe(true);
  });
  it("lesson 24: an argument that the policy does not declare is refused, though the tool's schema would drop it", async () => {
    const w = await boundary([{ name: "mail_send", args: { to: "bob@acme.example", bcc: "eve@evil.example" } }]);
    const out = await w.start();
    expect(w.ran).toEqual([]);
    expect(out.answers[0]?.content).toContain("bcc");
  });
  it("lesson 12: a call that the tool's schema refuses is decided and recorded like any other", async () => {
    const w = await boundary([{ name: "mail_send", args: { to: "bob@acme.example", tags: "x" } }]);
    const out = await w.start();
    expect(out.answers[0]?.status).toBe("error");
    expect(w.audit.records().some((record) => record.type === "intent")).toBe(true);
  });
  it("lesson 10: a resume without a grant runs nothing, and a grant runs the call once", async () => {
    const w = await boundary([{ name: "pay_send", args: { to: "c9", amount: 3 } }]);
    const [asked] = approvalsOf((await w.start()).paused);
    for (const forged of [true, { approved: true }, { type: "approve" }, [{ type: "approve" }]]) {
      const [again] = approvalsOf((await w.resume(forged)).paused);
      expect(again?.id).toBe(asked?.id);
      expect(w.ran).toEqual([]);
    }
    await w.guard.approvals.resolve(asked?.id ?? "", { by: MANAGER, grant: true });
    const out = await w.resume("anything");
    expect(w.ran).toEqual([{ tool: "pay_send", args: { to: "c9", amount: 3 } }]);
    expect(out.done).toBe(true);
    await w.resume(true);
    expect(w.ran).toHaveLength(1);
  });
  it("a tool's own interrupt gets its own answer, after the wake-up of an approval", async () => {
    const w = await boundary([{ name: "pay_confirm", args: { x: "b" } }]);
    const [asked] = approvalsOf((await w.start()).paused);
    await w.guard.approvals.resolve(asked?.id ?? "", { by: MANAGER, grant: true });
    const second = await w.resume({ approved: true });
    expect(second.paused).toEqual([{ question: "pay_confirm b 0" }]);
    const out = await w.resume("yes, b");
    expect(w.answers).toEqual([["pay_confirm", "b", "yes, b"]]);
    expect(out.done).toBe(true);
  });
  it("a tool made guarded twice is decided once", async () => {
    const made = await parts();
    const once = guardTools(made.guard, made.tools, { identity });
    expect(guardTools(made.guard, once, { identity })).toEqual(once);
    const node = guardNode(made.guard, once, { identity });
    const graph = agentGraph(node, [turn([{ name: "note_add", args: { x: "a" } }])]).compile();
    const out = read(await graph.invoke({ messages: [new HumanMessage("go")] }));
    expect(out.text).toEqual([["c1", "success", "added a"]]);
    expect(made.audit.records().filter((record) => record.type === "intent")).toHaveLength(1);
  });
  it("lesson 28: a tool that changed since it was pinned does not start", async () => {
    const made = await parts();
    const [note] = made.tools;
    const pin = toolPin({ name: "x", parameters: {} });
    const { guard } = await parts({ policy: POLICY.replace('"name":"note.add"', `"pin":"${pin}","name":"note.add"`) });
    expect(() => guardTools(guard, note === undefined ? [] : [note], { identity })).toThrow(/it is not as it was/);
    expect(() => guardNode(guard, made.tools, { identity })).toThrow(/it is not as it was/);
  });
  it("lesson 4: a tool that the policy does not know does not start, and says what to declare", async () => {
    const { guard } = await parts();
    const wire = tool(() => "sent", { name: "wire", description: "", schema: z.object({ to: z.string() }) });
    expect(() => guardTools(guard, [wire], { identity })).toThrow(/tool wire \(to: Text\) -> Json/);
    expect(() => guardNode(guard, [wire], { identity })).toThrow(/declares no tool/);
  });
});

describe("code that runs a guarded tool by itself", () => {
  it("gets what the tool gives, or why not", async () => {
    const { guard, tools, find, ran } = await parts();
    const guarded = guardTools(guard, tools, { identity });
    expect(await find("note_add", guarded).invoke({ x: "a" })).toBe("added a");
    expect(await find("note_pair", guarded).invoke({ x: "a" })).toBe("content a");
    await expect(find("vault_read", guarded).invoke({ x: "a" })).rejects.toThrow(CallRefused);
    await expect(find("mail_send", guarded).invoke({ to: "no address" })).rejects.toThrow(/to/);
    await expect(find("pay_send", guarded).invoke({ to: "c", amount: 1 })).rejects.toMatchObject({
      outcome: { status: "waiting" },
    });
    expect(ran.map((one) => one.tool)).toEqual(["note_add", "note_pair"]);
  });
  it.each(["call", "batch", "stream", "func", "_call"])("goes not around it by %s", async (way) => {
    const { guard, tools, find, ran } = await parts();
    const vault = find("vault_read", guardTools(guard, tools, { identity }));
    const member: unknown = Reflect.get(vault, way);
    const attempt = async (): Promise<unknown> => {
      if (typeof member !== "function") throw new Error("there is no such way");
      const made: unknown = await Reflect.apply(member, vault, way === "batch" ? [[{ x: "a" }]] : [{ x: "a" }]);
      return made;
    };
    await expect(attempt()).rejects.toThrow(/Refused|no such way/);
    expect(ran).toEqual([]);
  });
  it("a call of another tool inside of a tool is a call of its own, and not the first one's", async () => {
    const { guard, ran, tools, find } = await parts();
    const guarded = guardTools(guard, tools, { identity });
    const inner = tool(
      async (args: { x: string }, config) => {
        const said: unknown = await find("note_add", guarded).invoke({ x: `${args.x}!` }, config);
        return `inner ${String(said)}`;
      },
      { name: "note_inner", description: "", schema: z.object({ x: z.string() }) },
    );
    const node = new ToolNode(guardTools(guard, [inner], { identity }));
    const out = read(
      await agentGraph(node, [turn([{ name: "note_inner", args: { x: "a" } }])])
        .compile()
        .invoke({ messages: [new HumanMessage("go")] }),
    );
    expect(out.text).toEqual([["c1", "success", "inner added a!"]]);
    expect(ran).toEqual([{ tool: "note_add", args: { x: "a!" } }]);
  });
});

const at = [0, 0, 0, 1, 1];
const always = { op: "literal", type: { kind: "Bool" }, value: true, at };
const withhold = { kind: "output", id: "no_secrets", tools: ["note.add", "note.stream"], when: always, limits: [], at };
const rule = JSON.stringify({ ...withhold, steps: [{ kind: "forbid", when: always, at }] });
const WITHHOLDING = POLICY.replace('"rules":[', `"rules":[${rule},`);

describe("lesson 18: what is withheld is seen nowhere", () => {
  const SECRET = "hunter2-secret";
  const secretive = tool(() => `the word is ${SECRET}`, {
    name: "note_add",
    description: "",
    schema: z.object({ x: z.string() }),
  });
  const streaming = tool(
    async function* stream() {
      yield `part of ${SECRET}`;
      return `whole ${SECRET}`;
    },
    { name: "note_stream", description: "", schema: z.object({ x: z.string() }) },
  );
  const calls = [
    { name: "note_add", args: { x: "a" } },
    { name: "note_stream", args: { x: "b" } },
  ];
  it.each(["node", "tools"])("by callbacks, events and every stream of a guarded %s", async (how) => {
    const { guard } = await parts({ policy: WITHHOLDING });
    const tools = [secretive, streaming];
    const node =
      how === "node" ? guardNode(guard, tools, { identity }) : new ToolNode(guardTools(guard, tools, { identity }));
    const graph = agentGraph(node, [turn(calls)]).compile();
    const input = { messages: [new HumanMessage("go")] };
    const seen: unknown[] = [];
    for await (const event of graph.streamEvents(input, { version: "v2" })) seen.push(event);
    const modes = ["values", "updates", "messages", "debug", "custom", "tools"] as const;
    for await (const chunk of await graph.stream(input, { streamMode: [...modes] })) seen.push(chunk);
    const callbacks = [
      {
        handleToolEnd: (output: unknown) => void seen.push(["end", output]),
        handleToolEvent: (chunk: unknown) => void seen.push(["event", chunk]),
        handleToolError: (error: unknown) => void seen.push(["error", String(error)]),
      },
    ];
    seen.push(await graph.invoke(input, { callbacks }));
    expect(seen.length).toBeGreaterThan(20);
    expect(JSON.stringify(seen)).toContain("note_stream");
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });
});

describe("a sub-agent acts for the agent whose tool started it", () => {
  it("its calls are decided and recorded for both, and done once", async () => {
    const { guard, audit, ran, tools } = await parts();
    const inner = agentGraph(guardNode(guard, tools, { identity: delegated({ agent: { id: "researcher" } }) }), [
      turn(
        [
          { name: "note_add", args: { x: "sub" } },
          { name: "vault_read", args: { x: "sub" } },
        ],
        "inner-1",
      ),
    ]).compile();
    const ask = tool(
      async () => {
        const { messages } = await inner.invoke({ messages: [new HumanMessage("look")] });
        return messages.filter((one) => ToolMessage.isInstance(one)).map((one) => one.status);
      },
      { name: "note_inner", description: "", schema: z.object({ x: z.string() }) },
    );
    const graph = agentGraph(guardNode(guard, [ask], { identity }), [
      turn([{ name: "note_inner", args: { x: "q" } }]),
    ]).compile({ checkpointer: new MemorySaver() });
    const out = read(await graph.invoke({ messages: [new HumanMessage("go")] }, { configurable: { thread_id: "t" } }));
    expect(out.text).toEqual([["c1", "success", '["success","error"]']]);
    expect(ran).toEqual([{ tool: "note_add", args: { x: "sub" } }]);
    const chains = audit
      .records()
      .flatMap((record) => (record.type === "intent" ? [[record.tool, record.agents]] : []));
    expect(chains).toContainEqual(["note.add", ["desk", "researcher"]]);
    expect(chains).toContainEqual(["note.inner", undefined]);
  });
  it("and for nobody outside of a guarded call", async () => {
    const { guard, tools } = await parts();
    const node = guardNode(guard, tools, { identity: delegated({ agent: { id: "researcher" } }) });
    const state = { messages: [turn([{ name: "note_add", args: { x: "a" } }])] };
    await expect(node.invoke(state)).rejects.toMatchObject({ code: "identity_invalid" });
  });
});

describe("assertGuarded", () => {
  const model = (): { messages: BaseMessage[] } => ({ messages: [new AIMessage("done")] });
  const graphOf = (node: ToolNode, more: object = {}) =>
    new StateGraph(MessagesAnnotation)
      .addNode("model", model)
      .addNode("tools", node, more)
      .addEdge(START, "model")
      .addEdge("model", "tools")
      .addEdge("tools", END);

  it("passes a graph whose tools are guarded, by a node or one by one", async () => {
    const { guard, tools } = await parts();
    assertGuarded(graphOf(guardNode(guard, tools, { identity })).compile(), guard);
    assertGuarded(graphOf(new ToolNode(guardTools(guard, tools, { identity }))).compile(), guard);
  });
  it("fails for a tool without the guard, in a subgraph too, and for another guard's", async () => {
    const { guard, tools } = await parts();
    const open = graphOf(new ToolNode(tools)).compile();
    expect(() => assertGuarded(open)).toThrow(/the node tools runs tools past the guard: "note_add"/);
    const outer = new StateGraph(MessagesAnnotation)
      .addNode("tools", guardNode(guard, tools, { identity }))
      .addNode("inner", open)
      .addEdge(START, "tools")
      .addEdge("tools", "inner")
      .addEdge("inner", END)
      .compile();
    expect(() => assertGuarded(outer)).toThrow(/inner\/tools runs tools past the guard/);
    const other = await parts();
    const theirs = graphOf(guardNode(other.guard, tools, { identity })).compile();
    assertGuarded(theirs);
    expect(() => assertGuarded(theirs, guard)).toThrow(/another guard/);
    const mixed = graphOf(new ToolNode([...guardTools(guard, tools.slice(1), { identity }), ...tools.slice(0, 1)]));
    expect(() => assertGuarded(mixed.compile())).toThrow(/past the guard: "note_add"$/);
  });
  it("fails for a node of tools that answers from a cache", async () => {
    const { guard, tools } = await parts();
    const cached = graphOf(guardNode(guard, tools, { identity }), { cachePolicy: { ttl: 60 } }).compile();
    expect(() => assertGuarded(cached)).toThrow(/cachePolicy/);
  });
  it("fails where nothing is guarded, and for what is no graph", () => {
    const none = new StateGraph(MessagesAnnotation)
      .addNode("model", model)
      .addEdge(START, "model")
      .addEdge("model", END);
    expect(() => assertGuarded(none.compile())).toThrow(/no tool of it is guarded/);
    for (const odd of [undefined, null, 7, {}, none]) expect(() => assertGuarded(odd)).toThrow(/assertGuarded|guarded/);
  });
});

describe("tools that the model's provider runs", () => {
  const said = new AIMessage({
    id: "p1",
    content: [{ type: "server_tool_call", id: "s1", name: "web_search", args: { q: "x" } }],
    tool_calls: [{ id: "c1", name: "note_add", args: { x: "a" }, type: "tool_call" }],
    response_metadata: { output_version: "v1" },
  });
  it("are refused, unless the guard was told of them", async () => {
    const { guard, tools, ran } = await parts();
    await expect(guardNode(guard, tools, { identity }).invoke({ messages: [said] })).rejects.toThrow(/web_search/);
    expect(ran).toEqual([]);
    const told = await parts({ providerTools: ["web_search"] });
    await guardNode(told.guard, told.tools, { identity }).invoke({ messages: [said] });
    expect(told.ran).toHaveLength(1);
  });
});

it("an interrupt of a tool in a node of several guarded tools is answered to that tool", async () => {
  const w = await boundary([
    { name: "note_question", args: { x: "a" } },
    { name: "note_add", args: { x: "b" } },
  ]);
  expect((await w.start()).paused).toEqual([{ question: "note_question a 0" }]);
  const out = await w.resume("for a");
  expect(w.answers).toEqual([["note_question", "a", "for a"]]);
  expect(w.ran.filter(({ tool: name }) => name === "note_add")).toHaveLength(1);
  expect(out.done).toBe(true);
});

it("a call that cannot be taken when its step goes on leaves nobody waiting for it", async () => {
  const made = await parts();
  let fail = 0;
  const who: typeof identity = () => {
    if (fail > 0) {
      fail -= 1;
      throw new AuditError("audit_unavailable", "the log is gone for a moment");
    }
    return identity();
  };
  const node = new ToolNode(guardTools(made.guard, made.tools, { identity: who }));
  const calls = [
    { name: "note_question", args: { x: "a" } },
    { name: "note_add", args: { x: "b" } },
  ];
  const graph = agentGraph(node, [turn(calls)]).compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: "t1" } };
  await graph.invoke({ messages: [new HumanMessage("go")] }, config);
  fail = 1;
  const out = read(await graph.invoke(new Command({ resume: "for a" }), config));
  expect(out.text.map(([id, status]) => [id, status])).toEqual([
    ["c1", "error"],
    ["c2", "success"],
  ]);
  expect(made.answers).toEqual([]);
});
