import { tool } from "@langchain/core/tools";
import { Command, END, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { memoryStore, StateError, type StateStore } from "@writ/runtime";
import { array, assert as assertProperty, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardNode } from "../src/index.js";
import {
  agentGraph,
  approvalsOf,
  MANAGER,
  makeTools,
  read,
  TestClock,
  turn,
  world,
  type Call,
  type Ran,
} from "./support.js";

const question = (x: string): Call => ({ name: "note_question", args: { x } });
const second = (x: string): Call => ({ name: "note_second", args: { x } });
const confirm = (x: string): Call => ({ name: "pay_confirm", args: { x } });
const pay = (to: string): Call => ({ name: "pay_send", args: { to, amount: 1 } });
const note = (x: string): Call => ({ name: "note_add", args: { x } });

const questionOf = (paused: readonly unknown[]): unknown => Reflect.get(Object(paused[0]), "question");

describe("a tool's own interrupt", () => {
  it("is answered by what its question was answered with, never by the wake-up of an approval", async () => {
    const w = await world({ script: [turn([confirm("a")])] });
    const [asked] = approvalsOf((await w.start()).paused);
    await w.grant(asked?.id ?? "");
    const own = await w.resume("WAKE");
    expect(questionOf(own.paused)).toBe("pay_confirm a 0");
    expect(w.answers).toEqual([]);
    const after = await w.resume("acct-7");
    expect(w.answers).toEqual([["pay_confirm", "a", "acct-7"]]);
    expect(after.done).toBe(true);
  });

  it("stands beside an approval, and each gets its own", async () => {
    const w = await world({ script: [turn([pay("c9"), question("q"), note("n")])] });
    const first = await w.start();
    expect(questionOf(first.paused)).toBe("note_question q 0");
    const then = await w.resume("blue");
    expect(w.answers).toEqual([["note_question", "q", "blue"]]);
    const [asked] = approvalsOf(then.paused);
    await w.grant(asked?.id ?? "");
    const after = await w.resume("WAKE");
    expect(after.text.map(([, status]) => status)).toEqual(["success", "success", "success"]);
    expect(w.ran.map((ran) => ran.tool).toSorted()).toEqual(["note_add", "note_question", "pay_send"]);
  });

  it("goes to the tool that asked, whichever tool asks first when the node runs again", async () => {
    const delays = new Map([
      ["one", [0, 30]],
      ["two", [20, 0]],
    ]);
    const got: unknown[] = [];
    const w = await world({
      script: [
        turn([
          { name: "note_question", args: { x: "one" } },
          { name: "note_second", args: { x: "two" } },
        ]),
      ],
      tools: () =>
        ["note_question", "note_second"].map((name) =>
          tool(
            async (args: { x: string }) => {
              await new Promise((resolve) => setTimeout(resolve, delays.get(args.x)?.shift() ?? 0));
              got.push([args.x, interrupt({ question: args.x })]);
              return "ok";
            },
            { name, description: name, schema: z.object({ x: z.string() }) },
          ),
        ),
    });
    let out = await w.start();
    for (let round = 0; round < 4 && out.paused.length > 0; round += 1)
      out = await w.resume(`for ${String(questionOf(out.paused))}`);
    expect(got).toEqual([
      ["one", "for one"],
      ["two", "for two"],
    ]);
    expect(out.done).toBe(true);
  });

  it("gets its own answers in every mixture of calls, grants and answers", async () => {
    const call = constantFrom(question, second, confirm, pay, note);
    await assertProperty(
      asyncProperty(
        array(call, { minLength: 1, maxLength: 6 }),
        array(constantFrom("grant", "reject", "wait", "all"), { maxLength: 12 }),
        async (makers, words) => {
          const calls = makers.map((make, index) => make(`x${index}`));
          const w = await world({ script: [turn(calls)] });
          const rejected = new Set<string>();
          let out = await w.start();
          for (let round = 0; out.paused.length > 0; round += 1) {
            expect(round).toBeLessThan(60);
            const asked = approvalsOf(out.paused);
            if (asked.length === 0) {
              out = await w.resume(`answer to ${String(questionOf(out.paused))}`);
              continue;
            }
            const word = words[round] ?? "all";
            for (const { id } of word === "all" ? asked : word === "wait" ? [] : asked.slice(0, 1)) {
              await w.grant(id, word !== "reject");
              if (word === "reject") rejected.add(id);
            }
            out = await w.resume("WAKE");
          }
          for (const answer of w.answers) {
            const [name, x, ...said] = z.array(z.string()).parse(answer);
            expect(said).toEqual(said.map((_, index) => `answer to ${name} ${x} ${index}`));
          }
          expect(w.ran).toHaveLength(calls.length - rejected.size);
          expect(out.text.map(([id]) => id)).toEqual(calls.map((_, index) => `c${index + 1}`));
          expect(out.done).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gets its answer after a retry of the node that answered another tool", async () => {
    const kept = memoryStore();
    let faults = 0;
    const state: StateStore = {
      ...kept,
      compareAndSet: async (key, expected, value) => {
        if (key.startsWith("pauses/") && expected !== undefined && (faults += 1) === 1)
          throw new StateError("state_unavailable", "gone for once");
        return kept.compareAndSet(key, expected, value);
      },
    };
    const w = await world({ state, script: [turn([question("q"), second("s"), note("n")])], retry: true });
    const pauses: unknown[] = [];
    let out = await w.start();
    for (; out.paused.length > 0; out = await w.resume(`answer to ${String(questionOf(out.paused))}`))
      pauses.push(questionOf(out.paused));
    expect(faults).toBeGreaterThan(0);
    expect(pauses).toEqual(["note_question q 0", "note_second s 0", "note_second s 1"]);
    expect(w.answers).toEqual([
      ["note_question", "q", "answer to note_question q 0"],
      ["note_second", "s", "answer to note_second s 0", "answer to note_second s 1"],
    ]);
    expect(w.ran).toHaveLength(3);
  });

  it("does not bring back an approval that expired meanwhile", async () => {
    const clock = new TestClock();
    const w = await world({ clock, script: [turn([pay("c9"), second("s"), question("q")])] });
    await w.start();
    clock.time += 61_000;
    for (const answer of ["s0", "s1", "q0"]) await w.resume(answer);
    const state: unknown = (await w.graph.getState(w.config)).values;
    const out = read(z.object({ messages: z.array(z.any()) }).parse(state));
    expect(out.answers[0]?.additional_kwargs["writ"]).toMatchObject({ cause: "expired" });
    expect(w.answers).toEqual([
      ["note_second", "s", "s0", "s1"],
      ["note_question", "q", "q0"],
    ]);
    expect(w.ran.map((ran) => ran.tool)).toEqual(["note_second", "note_question"]);
  });
});

describe("graphs in graphs", () => {
  it("pauses and resumes inside a subgraph, each effect once", async () => {
    const w = await world({ script: [] });
    const inner = agentGraph(w.node, [turn([note("a"), pay("c9")])]).compile();
    const outer = new StateGraph(MessagesAnnotation)
      .addNode("inner", inner)
      .addEdge(START, "inner")
      .addEdge("inner", END)
      .compile({ checkpointer: new MemorySaver() });
    const first = read(await outer.invoke({ messages: [{ role: "user", content: "go" }] }, w.config));
    await w.guard.approvals.resolve(approvalsOf(first.paused)[0]?.id ?? "", { by: MANAGER, grant: true });
    const after = read(await outer.invoke(new Command({ resume: "WAKE" }), w.config));
    expect(w.ran.map((ran) => ran.tool)).toEqual(["note_add", "pay_send"]);
    expect(after.done).toBe(true);
  });

  it("keeps the same ids in two subgraphs apart", async () => {
    const w = await world({ script: [] });
    const inner = (): ReturnType<typeof agentGraph> => agentGraph(w.node, []);
    const sub = new StateGraph(MessagesAnnotation)
      .addNode("say", () => ({ messages: [turn([note("a")], "same-id")] }))
      .addNode("tools", w.node)
      .addEdge(START, "say")
      .addEdge("say", "tools")
      .addEdge("tools", END)
      .compile();
    expect(inner()).toBeDefined();
    const call = async (): Promise<object> => {
      await sub.invoke({ messages: [] });
      return {};
    };
    const outer = new StateGraph(MessagesAnnotation)
      .addNode("one", call)
      .addNode("two", call)
      .addEdge(START, "one")
      .addEdge("one", "two")
      .addEdge("two", END)
      .compile({ checkpointer: new MemorySaver() });
    await outer.invoke({ messages: [] }, w.config);
    expect(w.ran).toHaveLength(2);
  });

  it("lets a graph inside a tool pause beside an approval", async () => {
    const heard: unknown[] = [];
    const child = new StateGraph(MessagesAnnotation)
      .addNode("ask", () => {
        heard.push(interrupt({ question: "inner" }));
        return {};
      })
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile();
    const w = await world({
      script: [turn([confirm("p"), { name: "note_inner", args: { x: "i" } }, question("q")])],
      tools: (ran: Ran[], answers) => [
        ...makeTools(ran, answers),
        tool(
          async (_args: { x: string }, config) => {
            await child.invoke({ messages: [] }, config);
            ran.push({ tool: "note_inner", args: {} });
            return "asked";
          },
          { name: "note_inner", description: "d", schema: z.object({ x: z.string() }) },
        ),
      ],
    });
    let out = await w.start();
    const pauses: unknown[] = [];
    for (let round = 0; round < 12 && out.paused.length > 0; round += 1) {
      pauses.push(questionOf(out.paused) ?? "approval");
      const asked = approvalsOf(out.paused);
      for (const { id } of asked) await w.grant(id);
      out = await w.resume(asked.length > 0 ? "WAKE" : `answer to ${String(questionOf(out.paused))}`);
    }
    expect(pauses).toEqual(["inner", "note_question q 0", "approval", "pay_confirm p 0"]);
    expect(heard).toEqual(["answer to inner"]);
    expect(w.answers).toEqual([
      ["note_question", "q", "answer to note_question q 0"],
      ["pay_confirm", "p", "answer to pay_confirm p 0"],
    ]);
    expect(out.done).toBe(true);
  });

  it("hands no tool the answer to another branch of the graph", async () => {
    const w = await world({ script: [] });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("say", () => ({ messages: [turn([confirm("a"), note("n")])] }))
      .addNode("tools", w.node)
      .addNode("person", () => {
        interrupt({ question: "person" });
        return {};
      })
      .addEdge(START, "say")
      .addEdge("say", "tools")
      .addEdge("say", "person")
      .addEdge("tools", END)
      .addEdge("person", END)
      .compile({ checkpointer: new MemorySaver() });
    const first = read(await graph.invoke({ messages: [] }, w.config));
    const asked = approvalsOf(first.paused);
    expect(first.pauses).toHaveLength(2);
    await w.grant(asked[0]?.id ?? "");
    const person = first.pauses.find((pause) => questionOf([pause.value]) === "person");
    const then = read(await graph.invoke(new Command({ resume: { [person?.id ?? ""]: "for the person" } }), w.config));
    expect(w.answers).toEqual([]);
    expect(questionOf(then.paused)).toBe("pay_confirm a 0");
    await graph.invoke(new Command({ resume: "yes" }), w.config);
    expect(w.answers).toEqual([["pay_confirm", "a", "yes"]]);
    expect(w.ran.map((ran) => ran.tool)).toEqual(["note_add", "pay_confirm"]);
  });

  it("is a ToolNode to the prebuilt agent, also where each call is sent alone", async () => {
    const { FakeListChatModel } = await import("@langchain/core/utils/testing");
    for (const version of ["v1", "v2"] as const) {
      const w = await world({ script: [] });
      const script = [turn([note("a"), pay("c9"), { name: "vault_read", args: { x: "v" } }])];
      let said = 0;
      const llm = new FakeListChatModel({ responses: ["done"] });
      Object.assign(llm, { bindTools: () => llm, invoke: async () => script[said++] ?? turn([], `end-${said}`) });
      const agent = createReactAgent({ llm, tools: w.node, checkpointer: new MemorySaver(), version });
      const first = read(await agent.invoke({ messages: [{ role: "user", content: "go" }] }, w.config));
      const asked = approvalsOf(first.paused);
      expect(asked).toHaveLength(1);
      await w.grant(asked[0]?.id ?? "");
      const after = read(await agent.invoke(new Command({ resume: true }), w.config));
      expect(after.answers.map((answer) => [answer.tool_call_id, answer.status])).toEqual([
        ["c1", "success"],
        ["c2", "success"],
        ["c3", "error"],
      ]);
      expect(w.ran.map((ran) => ran.tool)).toEqual(["note_add", "pay_send"]);
    }
  });
});

describe("abort", () => {
  it("ends the wait for a tool, which gets the signal", async () => {
    const stop = new AbortController();
    let signalled = false;
    const w = await world({
      script: [turn([{ name: "note_slow", args: { x: "s" } }])],
      tools: () => [
        tool(
          async (_args: { x: string }, config: { signal?: AbortSignal }) =>
            new Promise<string>((resolve) => {
              config.signal?.addEventListener("abort", () => {
                signalled = true;
                resolve("late");
              });
              stop.abort();
            }),
          { name: "note_slow", description: "d", schema: z.object({ x: z.string() }) },
        ),
      ],
    });
    await expect(
      w.graph.invoke({ messages: [{ role: "user", content: "go" }] }, { ...w.config, signal: stop.signal }),
    ).rejects.toThrow(/abort/i);
    expect(signalled).toBe(true);
    const late: unknown = await w.node.invoke([turn([{ name: "note_slow", args: { x: "s" } }])], {
      signal: stop.signal,
    });
    expect(late).toMatchObject([{ status: "error", additional_kwargs: { writ: { cause: "aborted" } } }]);
  });
});

it("refuses two tools of one name and a node without identity", async () => {
  const w = await world({ script: [] });
  const [one] = makeTools([]);
  if (one === undefined) throw new Error("no tool");
  expect(() => guardNode(w.guard, [one, one], { identity: () => ({ user: { id: "a" } }) })).toThrow(
    expect.objectContaining({ code: "misuse" }),
  );
  expect((): unknown => Reflect.apply(guardNode, undefined, [w.guard, [one]])).toThrow(
    expect.objectContaining({ code: "misuse" }),
  );
});
