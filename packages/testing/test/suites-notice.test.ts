import { memoryAudit, memoryStore, StateError, type AuditSink, type StateStore } from "@writ/runtime";
import type { Json } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { auditSinkCases } from "../src/suites/audit-sink.js";
import { UnmetRequirement, type Case } from "../src/suites/case.js";
import { stateStoreCases } from "../src/suites/state-store.js";

async function unmet(cases: readonly Case[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of cases) {
    try {
      await run();
    } catch (error) {
      // Either the suite's own error, or one with which the store itself refused what it should have done.
      expect(error instanceof UnmetRequirement || error instanceof StateError, `${name}: ${String(error)}`).toBe(true);
      names.push(name);
    }
  }
  return names;
}

function store(broken: (good: StateStore) => Partial<StateStore>): readonly Case[] {
  return stateStoreCases(async () => ({
    persistent: false,
    open: async () => {
      const good = memoryStore();
      return { ...good, ...broken(good) };
    },
  }));
}

describe("the suites notice", () => {
  it.each<[string, (good: StateStore) => Partial<StateStore>]>([
    ["a store that admits everything", () => ({ reserve: async () => ({ ok: true }) })],
    ["a store whose releases do nothing", () => ({ release: async () => undefined })],
    [
      "a store that sets whatever was seen",
      (good) => ({
        compareAndSet: async (key, _seen, value) => good.compareAndSet(key, (await good.get(key))?.version, value),
      }),
    ],
    ["a store that forgets what started", (good) => ({ commit: (id) => good.release(id) })],
    [
      "a store that keeps the giver's object",
      (good) => {
        const given = new Map<string, Json>();
        return {
          compareAndSet: async (key, seen, value) => {
            const set = await good.compareAndSet(key, seen, value);
            if (set && value !== undefined) given.set(key, value);
            return set;
          },
          get: async (key) => {
            const found = await good.get(key);
            return found === undefined ? undefined : { ...found, value: given.get(key) ?? null };
          },
        };
      },
    ],
    ["a store that lists all", (good) => ({ list: () => good.list("") })],
    ["a store whose forgetting does nothing", () => ({ forget: async () => undefined })],
    [
      "a store whose logs lose their order",
      (good) => ({ append: (key, values) => good.append(key, values.toReversed()) }),
    ],
    ["a store whose positions begin anew", (good) => ({ append: async (...args) => (await good.append(...args)) % 3 })],
    ["a store whose logs are not dropped", () => ({ drop: async () => undefined })],
    ["a store that works after close", () => ({ close: async () => undefined })],
  ])("%s", async (_what, broken) => {
    expect((await unmet(store(broken))).length).toBeGreaterThan(0);
  });

  it("two stores that know nothing of each other", async () => {
    const cases = stateStoreCases(async () => ({ persistent: false, shared: true, open: async () => memoryStore() }));
    expect((await unmet(cases)).length).toBe(4);
  });

  it.each<[string, (good: AuditSink) => Partial<AuditSink>]>([
    [
      "a log that loses order",
      (good) => ({
        append: async (body, options) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
          return good.append(body, options);
        },
      }),
    ],
    ["a log that accepts anything", () => ({ append: async () => ({ seq: 0, hash: "0".repeat(64) }) })],
  ])("%s", async (_what, broken) => {
    const cases = auditSinkCases(async () => ({
      persistent: false,
      open: async () => {
        const good = memoryAudit();
        return { ...good, ...broken(good) };
      },
    }));
    expect((await unmet(cases)).length).toBeGreaterThan(0);
  });
});
