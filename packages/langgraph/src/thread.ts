import type { LangGraphRunnableConfig } from "@langchain/langgraph";

const runs = new WeakMap<object, string>();

/**
 * The name of the conversation: the graph's thread id; without one, a name that lasts for this run of the graph.
 * It is no proof of anything: the guard binds it to the user and the agent.
 */
export function threadOf(config: LangGraphRunnableConfig): string | undefined {
  const id: unknown = config.configurable?.["thread_id"];
  if (typeof id === "number") return String(id);
  if (typeof id === "string" && id !== "") return id;
  const run = config.control;
  if (run === undefined) return undefined;
  const known = runs.get(run);
  if (known !== undefined) return known;
  const name = `run ${crypto.randomUUID()}`;
  runs.set(run, name);
  return name;
}
