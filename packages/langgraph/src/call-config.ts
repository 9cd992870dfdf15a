import type { LangGraphRunnableConfig } from "@langchain/langgraph";

const SCRATCHPAD = "__pregel_scratchpad";
const COUNTER = "subgraphCounter";
const GRAPHS_PER_CALL = 1_000_000;

/**
 * The config that one call's tool runs with. LangGraph tells the checkpoints of graphs that run inside a node apart by
 * the order in which they start. Calls that are done do not start again, so a graph would be handed the checkpoint
 * of another call's; counting from the call's position gives each its own, every time the node runs.
 */
export function callConfig(config: LangGraphRunnableConfig, position: number): LangGraphRunnableConfig {
  const scratchpad: unknown = config.configurable?.[SCRATCHPAD];
  if (typeof scratchpad !== "object" || scratchpad === null) return config;
  let counter: unknown = position * GRAPHS_PER_CALL;
  const own = new Proxy(scratchpad, {
    get: (shared, key): unknown => (key === COUNTER ? counter : Reflect.get(shared, key)),
    set: (shared, key, value: unknown) => {
      if (key !== COUNTER) return Reflect.set(shared, key, value);
      counter = value;
      return true;
    },
  });
  return { ...config, configurable: { ...config.configurable, [SCRATCHPAD]: own } };
}
