import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { toolsCondition, type ToolNode } from "@langchain/langgraph/prebuilt";
import type { Model } from "./model/model.js";

/**
 * The agent: a model, its tools, and back to the model until it calls none. Both runs use this graph; they differ in
 * the node that runs the tools, and in nothing else.
 */
export function createAgent(model: Model, tools: ToolNode) {
  return new StateGraph(MessagesAnnotation)
    .addNode("model", async ({ messages }) => ({ messages: [await model.answer(messages)] }))
    .addNode("tools", tools)
    .addEdge(START, "model")
    .addConditionalEdges("model", toolsCondition)
    .addEdge("tools", "model")
    .compile({ checkpointer: new MemorySaver() });
}

/** A run that does not come to an end by itself is ended. */
export const MAX_STEPS = 60;
