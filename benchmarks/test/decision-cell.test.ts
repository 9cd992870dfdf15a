import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "../src/child.js";
import { casl } from "../src/decision/engines/casl.js";
import type { Engine } from "../src/decision/engine.js";
import { writeInputs } from "../src/decision/inputs.js";
import { measure } from "../src/decision/measure.js";
import { spreadWorkload } from "../src/decision/workload.js";

const workload = spreadWorkload({ rules: 10, requests: 200 });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-cell-"));
  await writeInputs(folder, workload);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a cell", () => {
  test("has every figure, and compares every decision", async () => {
    const figures = await measure(casl, workload, folder, { timed: 20, turns: 2 });
    expect(figures.checked).toBe(200);
    for (const name of ["ns", "hand", "ratio", "p99", "loadMs", "first", "early"] as const)
      expect(figures[name]).toBeGreaterThan(0);
  });

  test("an engine that decides otherwise gives no figures", async () => {
    const liar: Engine = {
      name: "a liar",
      form: "as is",
      prepare: async ({ requests }) => ({ load: async (loopOver) => loopOver(requests, () => true) }),
    };
    await expect(measure(liar, workload, folder, { timed: 20, turns: 1 })).rejects.toThrow(
      /^a liar does not say forbid to \{/,
    );
  });
});

describe("a process of its own", () => {
  const script = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  test("gives the line it wrote, with the collector in reach", async () => {
    const path = await script("line.mjs", `console.log(typeof gc, process.argv[2]);`);
    expect(await inProcess(path, ["x"], 60_000)).toEqual({ ok: true, line: "function x" });
  });

  test("says what it died of, or that it took too long", async () => {
    const broken = await script("broken.mjs", `throw new RangeError("too small");`);
    expect(await inProcess(broken, [], 60_000)).toEqual({ ok: false, why: "RangeError: too small" });
    const silent = await script("silent.mjs", `process.exit(3);`);
    expect(await inProcess(silent, [], 60_000)).toEqual({ ok: false, why: "ended with 3" });
    const endless = await script("endless.mjs", `setInterval(() => {}, 1000);`);
    expect(await inProcess(endless, [], 300)).toEqual({ ok: false, why: "over 0.3 s" });
  });
});
