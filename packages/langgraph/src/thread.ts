import type { LangGraphRunnableConfig } from "@langchain/langgraph";

/**
 * The conversation: by the graph's thread id; without one, the run of the graph, which nobody takes up again in another
 * process. It is no proof of anything: the guard binds it to the user and the agent.
 */
export function threadOf(config: LangGraphRunnableConfig): string | object | undefined {
  const id: unknown = config.configurable?.["thread_id"];
  if (typeof id === "number") return String(id);
  return typeof id === "string" && id !== "" ? id : config.control;
}
