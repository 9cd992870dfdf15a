import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measureTier } from "../src/isolation/measure.js";
import { descendants, memoryOf, processNumbers } from "../src/isolation/memory.js";
import { isolationTargets, markdownReport, terminalReport, type IsolationResult } from "../src/isolation/report.js";
import { grown, soakReport } from "../src/isolation/soak-suite.js";
import { soak, type Counts } from "../src/isolation/soak.js";
import { provenBackend, TIERS } from "../src/isolation/variants.js";
import { judge } from "../src/target.js";

const wasm = TIERS.findIndex(({ name }) => name === "wasm");

// What a soak counts below the folder for temporary files is its own, as the suite has it.
const before = process.env["TMPDIR"];
const own = mkdtempSync(join(tmpdir(), "writ-bench-"));
beforeAll(() => {
  process.env["TMPDIR"] = own;
});
afterAll(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(own, { recursive: true, force: true });
});

async function wasmTier() {
  const tier = TIERS[wasm];
  const backend = tier === undefined ? { why: "no such tier" } : await provenBackend(tier);
  if (tier === undefined || "why" in backend) throw new Error("wasm is everywhere");
  return { tier, backend };
}

test("a tier is measured, call by call", { timeout: 300_000 }, async () => {
  const { tier, backend } = await wasmTier();
  const order = { tier: wasm, cold: 1, pooled: 2, rounds: 1, seconds: 0.2 };
  const { cold, pooled, eight, perSecond } = await measureTier(backend, tier, order);
  for (const { median, p99 } of [cold, pooled, eight]) expect(p99).toBeGreaterThanOrEqual(median);
  expect(pooled.median).toBeGreaterThan(0);
  expect(perSecond).toBeGreaterThan(0);
});

test("calls of a soak end as they must, and nothing of them is left", { timeout: 300_000 }, async () => {
  const { tier, backend } = await wasmTier();
  const { samples, odd, started, closed } = await soak([{ tier, backend }], 0.02, 2);
  expect(odd).toEqual({});
  expect(samples.map(({ calls }) => calls > 0)).toEqual([true, true]);
  expect(closed.processes).toBeLessThanOrEqual(started.processes);
  expect(closed.groups).toBe(0);
});

test("processes and their memory are counted", () => {
  expect(descendants()).toBeGreaterThanOrEqual(0);
  const found = memoryOf(processNumbers());
  if (found !== undefined) expect(found).toBeGreaterThan(1e6);
});

const result: IsolationResult = {
  machine: { cpu: "a processor", cores: 2, memoryGb: 8, system: "linux x64", node: "v24.0.0", load: 0 },
  mode: "quick",
  cells: TIERS.map((tier) =>
    tier.name === "wasm"
      ? {
          tier,
          figures: {
            cold: { median: 50, p99: 60 },
            pooled: { median: 0.9, p99: 7 },
            eight: { median: 2, p99: 4 },
            perSecond: 33,
            memory: 9e6,
          },
        }
      : { tier, failed: "no engine here" },
  ),
};

test("the report says what was met, what was not, and what could not be measured", () => {
  const judged = isolationTargets(result.cells).map(judge);
  expect(judged.find(({ name }) => name === "wasm: from the pool, median")?.met).toBe(true);
  expect(judged.find(({ name }) => name === "wasm: from the pool, p99")?.met).toBe(false);
  expect(judged.find(({ name }) => name === "process: from the pool, p99")?.met).toBe(false);
  expect(terminalReport(result)).toMatch(/wasm +50\.0 ms \/ 60\.0 ms +900 us \/ 7\.00 ms .* 9\.00 MB +5-50 ms/);
  expect(markdownReport(result)).toContain("| container | not measured | no engine here |");
});

const some: Counts = { processes: 4, descriptors: 30, groups: 2, mounts: 40, files: 1, heap: 20, resident: 100 };
const sample = (more: Partial<Counts>) => ({ minutes: 1, calls: 10, ...some, ...more });

test("what grows in a soak is told, and what is left of it", () => {
  const steady = { samples: [sample({}), sample({}), sample({ heap: 26 })], started: some, closed: some };
  expect(grown(steady)).toEqual([]);
  const leaking = { ...steady, samples: [sample({}), sample({}), sample({ descriptors: 31, heap: 40 })] };
  expect(grown(leaking)).toEqual(["descriptors while it ran: 30 to 31", "heap while it ran: 20 to 40"]);
  expect(grown({ ...steady, closed: { ...some, groups: 3 } })).toEqual(["groups after the end: 2 to 3"]);
  expect(
    soakReport({ ...leaking, odd: { "wasm: died for done": 2 }, tiers: ["wasm"], missing: ["gvisor: none"] }),
  ).toMatch(/GROWN: descriptors[^]*wasm: died for done \(2\)[^]*Not in it: gvisor: none/);
});
