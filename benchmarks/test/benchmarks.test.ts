import { compile, memoryHost } from "@writ/policy";
import { describe, expect, test } from "vitest";
import { edited, policyOf, smallPolicy } from "../src/language/generate.js";
import { figuresOf, sample } from "../src/sample.js";
import { table } from "../src/table.js";

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
  test("median and percentiles, and whether a target is met", () => {
    const times = [50, 0, 10, 100, 20, 30, 40, 60, 80, 70, 90];
    expect(figuresOf("x", times, 51)).toEqual({
      name: "x",
      runs: 11,
      median: 50,
      min: 0,
      p10: 10,
      p90: 90,
      max: 100,
      target: 51,
      met: true,
    });
    expect(figuresOf("x", [1, 2]).median).toBe(1.5);
    expect(figuresOf("x", [4], 4)).toMatchObject({ median: 4, met: false });
    expect(figuresOf("x", [4])).not.toHaveProperty("met");
  });

  test("only what is timed counts, and warm-up runs do not", async () => {
    let made = 0;
    const figures = await sample({
      name: "x",
      target: undefined,
      warmUp: 2,
      runs: 3,
      run: async (timed) => void (await timed(() => (made += 1))),
    });
    expect(made).toBe(5);
    expect(figures.runs).toBe(3);
    await expect(
      sample({ name: "nothing", target: undefined, warmUp: 0, runs: 1, run: async () => {} }),
    ).rejects.toThrow("timed nothing");
  });

  test("a table says what is met, what is not, and what was not measured", () => {
    const text = table(
      [figuresOf("fast", [1], 5), figuresOf("slow", [1500], 50), figuresOf("free", [20])],
      [{ name: "edit", target: 50, why: "no service yet" }],
    );
    expect(text).toMatch(/fast +1\.00 ms .* < 5\.00 ms +met$/m);
    expect(text).toMatch(/slow +1\.50 s .* < 50 ms +NOT MET$/m);
    expect(text).toMatch(/free +20 ms .* none$/m);
    expect(text).toMatch(/edit +not measured .* no service yet$/m);
  });
});
