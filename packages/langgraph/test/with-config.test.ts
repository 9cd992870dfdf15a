import { CallbackManager } from "@langchain/core/callbacks/manager";
import type { RunnableConfig } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import "@langchain/langgraph"; // which says how what runs now is kept
import { describe, expect, it } from "vitest";
import { withConfig } from "../src/with-config.js";

const current = (): unknown => AsyncLocalStorageProviderSingleton.getRunnableConfig();
const trace = (): unknown => AsyncLocalStorageProviderSingleton.getInstance().getStore();
const within = async <T>(config: RunnableConfig, run: () => Promise<T>): Promise<T> =>
  AsyncLocalStorageProviderSingleton.runWithConfig(config, run);

/** Whether a trace is another one's with a config of its own: whatever else is set on either is on both. */
function isOf(made: unknown, begun: unknown): boolean {
  if (typeof made !== "object" || made === null || typeof begun !== "object" || begun === null) return false;
  const mark = {};
  Reflect.set(begun, "mark", mark);
  return made !== begun && Reflect.get(made, "mark") === mark;
}

describe("the config that a tool runs with", () => {
  it("is the call's own while it runs, and each has its own of two at once", async () => {
    const node: RunnableConfig = { configurable: { of: "node" } };
    const [a, b] = ["a", "b"].map((of): RunnableConfig => ({ configurable: { of } }));
    if (a === undefined || b === undefined) throw new Error("two configs");
    await within(node, async () => {
      const begun = trace();
      const seen = await Promise.all(
        [a, b].map((config) =>
          withConfig(config, async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            return [current(), isOf(trace(), begun)];
          }),
        ),
      );
      expect(seen).toEqual([
        [a, true],
        [b, true],
      ]);
      expect(seen[0]?.[0]).toBe(a);
      expect([current(), trace()]).toEqual([node, begun]);
    });
  });

  it("is set as LangChain sets it where nothing runs yet, or other callbacks are asked for", async () => {
    const config: RunnableConfig = { callbacks: new CallbackManager() };
    await withConfig(config, async () => {
      expect(current()).toBe(config);
      const begun = trace();
      const other: RunnableConfig = { callbacks: new CallbackManager() };
      await withConfig(other, async () => {
        expect(current()).toBe(other);
        expect(isOf(trace(), begun)).toBe(false);
      });
    });
  });

  it("leaves what is traced to LangChain", async () => {
    const config: RunnableConfig = { configurable: {} };
    await within(config, async () => {
      const begun = trace();
      if (typeof begun !== "object" || begun === null) throw new Error("a trace");
      Reflect.set(begun, "tracingEnabled", true);
      await withConfig({ ...config }, async () => {
        expect(isOf(trace(), begun)).toBe(false);
      });
    });
  });
});
