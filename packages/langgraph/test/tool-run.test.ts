import { AIMessage } from "@langchain/core/messages";
import { StructuredTool, tool, type StructuredToolInterface } from "@langchain/core/tools";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore } from "@writ/runtime";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { guardNode } from "../src/index.js";

const POLICY = `policy test.run @ 1
use std.identity
use std.tiers
tool look (x: Text) -> Text { effect read  risk low }
allow looks on look { when x != "forbidden" }
`;

const schema = z.object({ x: z.string() });

async function runIn(made: StructuredToolInterface, guarded: boolean): Promise<unknown> {
  const { bundle } = await compile("t.policy", memoryHost({ "t.policy": POLICY }));
  if (bundle === undefined) throw new Error("the policy does not compile");
  const guard = await createGuard({ policy: bundle, audit: memoryAudit(), state: memoryStore() });
  const node = guarded ? guardNode(guard, [made], { identity: () => ({ user: { id: "ann" } }) }) : new ToolNode([made]);
  const call = { id: "c1", name: "look", args: { x: "a" }, type: "tool_call" as const };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("model", () => ({ messages: [new AIMessage({ id: "m1", content: "", tool_calls: [call] })] }))
    .addNode("tools", node)
    .addEdge(START, "model")
    .addEdge("model", "tools")
    .addEdge("tools", END)
    .compile();
  try {
    const { messages } = await graph.invoke({ messages: [] }, { metadata: { from: "test" }, tags: ["mine"] });
    return messages.at(-1)?.content;
  } finally {
    await guard.close();
  }
}

/** What a tool sees of what it is run with: by name, and of some the value. */
function seen(config: unknown): unknown {
  if (typeof config !== "object" || config === null) return undefined;
  const { metadata, tags, toolCall, toolCallId, runName }: { readonly [key: string]: unknown } = { ...config };
  const names = Object.keys(config).filter((name) => Reflect.get(config, name) !== undefined);
  const text = JSON.stringify({ names: names.toSorted(), metadata, tags, toolCall, toolCallId, runName });
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "task")); // tasks have names of their own
}

describe("a tool where nobody listens", () => {
  it("is run with what ToolNode runs it with", async () => {
    const found: unknown[] = [];
    const implicit: unknown[] = [];
    const made = tool(
      async (_args, config) => {
        found.push(seen(config));
        implicit.push(seen(AsyncLocalStorageProviderSingleton.getRunnableConfig()));
        return "ok";
      },
      { name: "look", description: "Looks.", schema },
    );
    expect(await runIn(made, false)).toBe("ok");
    expect(await runIn(made, true)).toBe("ok");
    expect(found[1]).toEqual(found[0]);
    expect(implicit[1]).toEqual(implicit[0]);
  });

  it.each(["invoke", "call"] as const)("is run by its own `%s` where it has one", async (name) => {
    const ran: string[] = [];
    class Own extends StructuredTool<typeof schema> {
      name = "look";
      description = "Looks.";
      schema = schema;

      protected async _call(): Promise<string> {
        ran.push("_call");
        return "ok";
      }
    }
    const own = new Own();
    const before: unknown = Reflect.get(StructuredTool.prototype, name);
    if (typeof before !== "function") throw new Error("a tool is run by these");
    Object.defineProperty(Own.prototype, name, {
      value(this: unknown, ...args: unknown[]): unknown {
        ran.push(name);
        return Reflect.apply(before, this, args);
      },
    });
    expect(await runIn(own, true)).toBe("ok");
    expect(ran).toEqual([name, "_call"]);
  });

  it("is not that tool where it has callbacks of its own: they are told", async () => {
    const told: string[] = [];
    const made = tool(async () => "ok", {
      name: "look",
      description: "Looks.",
      schema,
      callbacks: [{ handleToolStart: () => void told.push("start"), handleToolEnd: () => void told.push("end") }],
    });
    expect(await runIn(made, true)).toBe("ok");
    expect(told).toEqual(["start", "end"]);
  });
});
