import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { RunnableConfig } from "@langchain/core/runnables";

/** Where LangChain keeps the config of what runs now, in the trace that runs now. */
const CONFIG = Symbol.for("lc:child_config");

/**
 * Runs something as LangChain does, so that what it calls without handing on its config runs with this one. The node has
 * begun a trace for the same callbacks already: where nothing is traced, another one would be made for nothing, which takes
 * longer than the guard's whole call.
 */
export async function withConfig<T>(config: RunnableConfig, run: () => Promise<T>): Promise<T> {
  const storage = AsyncLocalStorageProviderSingleton.getInstance();
  const trace: unknown = storage.getStore();
  if (!isObject(trace) || trace["tracingEnabled"] !== false || !isFor(trace, config))
    return AsyncLocalStorageProviderSingleton.runWithConfig(config, run);
  // Not an object made of the trace by `Object.create`, which takes the engine several times as long.
  let extra: unknown = { ...(isObject(trace["extra"]) ? trace["extra"] : {}), [CONFIG]: config };
  const own = new Proxy(trace, {
    get: (shared, key): unknown => (key === "extra" ? extra : Reflect.get(shared, key)),
    set: (shared, key, value: unknown) => {
      if (key !== "extra") return Reflect.set(shared, key, value);
      extra = value;
      return true;
    },
  });
  return storage.run(own, run);
}

/** Whether a trace holds the config of what runs now, as this version knows it, with the same callbacks. */
function isFor({ extra }: Fields, { callbacks }: RunnableConfig): boolean {
  const current: unknown = AsyncLocalStorageProviderSingleton.getRunnableConfig();
  return isObject(current) && isObject(extra) && extra[CONFIG] === current && current["callbacks"] === callbacks;
}

interface Fields {
  readonly [key: string | symbol]: unknown;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
