import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES } from "../src/decision/engines.js";
import { writeInputs, writtenWorkload } from "../src/decision/inputs.js";
import { loopOver } from "../src/decision/loop.js";
import { peerVersions } from "../src/decision/versions.js";
import { denseWorkload, spreadWorkload } from "../src/decision/workload.js";

const WORKLOADS = [
  spreadWorkload({ rules: 10, requests: 400 }),
  spreadWorkload({ rules: 100, requests: 1000 }),
  denseWorkload({ rules: 50, requests: 400 }),
];

describe("the workload", () => {
  test("is the same every time, and another with another seed", () => {
    const [first, again, other] = [42, 42, 43].map((seed) => spreadWorkload({ rules: 100, requests: 200, seed }));
    expect(again).toEqual(first);
    expect(other?.requests).not.toEqual(first?.requests);
    expect(other?.rules).toEqual(first?.rules);
  });

  test.each(WORKLOADS)(
    "has as many rules as asked for, each with a tool, and eight of ten calls allowed (%#)",
    (made) => {
      expect(made.rules.every(({ tool }) => made.tools.some(({ name }) => name === tool))).toBe(true);
      expect(made.expected.filter(Boolean)).toHaveLength(made.requests.length * 0.8);
      expect(new Set(made.rules.map(({ id }) => id)).size).toBe(made.rules.length);
    },
  );

  test("spreads its rules over a fifth as many tools of five kinds", () => {
    const { rules, tools } = spreadWorkload({ rules: 1000, requests: 10 });
    expect([rules.length, tools.length]).toEqual([1000, 200]);
    expect(new Set(tools.map(({ name }) => name.split("_")[0]))).toEqual(new Set(["fs", "http", "pay", "mail", "db"]));
  });

  test("dense: all rules are on one tool", () => {
    expect(denseWorkload({ rules: 100, requests: 10 }).rulesOf.size).toBe(1);
  });
});

describe("every engine decides as the rules say", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "writ-decision-"));
    for (const workload of WORKLOADS) await writeInputs(folder, workload);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("every peer's version can be told", async () => {
    for (const version of Object.values(await peerVersions())) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("the process of a cell reads the workload that was written", async () => {
    for (const workload of WORKLOADS) {
      const { shape, rules } = workload;
      expect(await writtenWorkload(folder, { shape, rules: rules.length })).toEqual(workload);
    }
  });

  test.each(ENGINES.map((engine) => [`${engine.name}, ${engine.form}`, engine] as const))("%s", async (_, engine) => {
    for (const workload of WORKLOADS) {
      const loop = await (await engine.prepare(workload, folder)).load(loopOver);
      const decided: boolean[] = [];
      for (let n = 0; n < loop.calls; n += 1) decided.push(await loop.decide(n));
      expect(decided).toEqual(workload.expected);
      expect(await loop.many(7, loop.calls)).toBe(workload.expected.filter(Boolean).length);
    }
  });
});
