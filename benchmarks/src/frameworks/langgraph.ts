import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { guardNode } from "@writ/langgraph";
import { callsOf, identity, SCHEMA, TOOL, type FrameworkSubject, type RunAgent, type Work } from "./subject.js";

const add = tool(async () => "added", { name: TOOL, description: "Adds.", schema: SCHEMA });

export const langgraph: FrameworkSubject = {
  name: "LangGraph, guardNode",
  plain: (work) => agent(work, new ToolNode([add])),
  guarded: (work, guard) => agent(work, guardNode(guard, [add], { identity })),
};

let ids = 0;

/** The next message of a scripted model, by how many it said before. */
export function nextMessage(said: number, work: Work): AIMessage {
  const calls = callsOf(said, work);
  ids += 1;
  return new AIMessage({
    id: `m${ids}`,
    content: calls.length === 0 ? "done" : "",
    tool_calls: calls.map(({ id, x }) => ({ id, name: TOOL, args: { x }, type: "tool_call" })),
  });
}

function agent(work: Work, node: ToolNode): RunAgent {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("model", ({ messages }) => ({
      messages: [nextMessage(messages.filter((one) => one.getType() === "ai").length, work)],
    }))
    .addNode("tools", node)
    .addEdge(START, "model")
    .addConditionalEdges("model", ({ messages }) => (messages.at(-1)?.text === "done" ? END : "tools"), ["tools", END])
    .addEdge("tools", "model")
    .compile();
  return async () => {
    await graph.invoke({ messages: [{ role: "user", content: "go" }] }, { recursionLimit: 100 });
  };
}
