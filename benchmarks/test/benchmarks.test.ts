import { compile, memoryHost } from "@writ/policy";
import { describe, expect, test } from "vitest";
import type { Timed } from "../src/benchmark.js";
import { edited, policyOf, smallPolicy } from "../src/language/generate.js";
import { figuresOf, sample } from "../src/sample.js";
import { runTimed } from "../src/timed-suite.js";

describe("what is measured with", () => {
  test.each([
    ["small", smallPolicy()],
    ["300 rules", policyOf(300)],
    ["an edit", edited(policyOf(300), 7)],
  ])("%s compiles", async (_, text) => {
    const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": text }));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(bundle?.rules.length).toBe(text === smallPolicy() ? 7 : 300);
  });

  test("is the same every time, and an edit changes one line of it", () => {
    expect(policyOf(300)).toBe(policyOf(300));
    expect(smallPolicy().trimEnd().split("\n").length).toBeGreaterThan(45);
    expect(smallPolicy().trimEnd().split("\n").length).toBeLessThan(55);
    const [before, after] = [policyOf(300), edited(policyOf(300), 3)].map((text) => text.split("\n"));
    expect(after?.length).toBe(before?.length);
    expect(after?.filter((line, i) => line !== before?.[i])).toEqual(["  when  amount <= 1000003 USD"]);
  });
});

describe("figures", () => {
  test("median and percentiles", () => {
    const times = [50, 0, 10, 100, 20, 30, 40, 60, 80, 70, 90];
    expect(figuresOf("x", times)).toEqual({ name: "x", runs: 11, median: 50, min: 0, p10: 10, p90: 90, max: 100 });
    expect(figuresOf("x", [1, 2]).median).toBe(1.5);
  });

  test("only what is timed counts, and warm-up runs do not", async () => {
    let made = 0;
    const figures = await sample({
      name: "x",
      warmUp: 2,
      runs: 3,
      run: async (timed) => void (await timed(() => (made += 1))),
    });
    expect(made).toBe(5);
    expect(figures.runs).toBe(3);
    await expect(sample({ name: "nothing", warmUp: 0, runs: 1, run: async () => {} })).rejects.toThrow("timed nothing");
  });

  test("garbage is collected before each run, unless a benchmark is to stay warm", async () => {
    const before = globalThis.gc;
    let collected = 0;
    globalThis.gc = (() => void (collected += 1)) as typeof globalThis.gc;
    try {
      const one = { name: "x", warmUp: 1, runs: 2, run: async (timed: Timed) => timed(() => {}) };
      await sample(one);
      expect(collected).toBe(3);
      await sample({ ...one, uncollected: true });
      expect(collected).toBe(3);
    } finally {
      globalThis.gc = before;
    }
  });

  test("a suite of times gives a row each, and holds the medians to their targets", async () => {
    let closed = 0;
    const found = await runTimed(
      "Times",
      async () => ({
        method: ["by the clock"],
        inputs: { lines: 50 },
        benchmarks: [
          { name: "fast", target: "language.small", warmUp: 0, runs: 3, run: async (timed) => timed(() => {}) },
          { name: "free", warmUp: 0, runs: 3, elsewhere: true, run: async (timed) => timed(() => {}) },
        ],
        close: async () => void (closed += 1),
      }),
      "full",
    );
    expect(closed).toBe(1);
    expect(found.tables?.[0]?.rows.map(({ name }) => name)).toEqual(["fast", "free"]);
    expect(found.tables?.[0]?.rows[1]?.cells[1]).toEqual({});
    expect(found.measured?.map(({ id }) => id)).toEqual(["language.small"]);
  });
});
