import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BENCH_TIERS, descendants, measureTier, memoryOf, processNumbers, provenBackend } from "@writ/sandbox/bench";
import { isolationFound, type IsolationCell } from "../src/isolation/found.js";
import { grown, soakFound } from "../src/isolation/soak-found.js";
import { soak, type Counts } from "../src/isolation/soak.js";
import { begin, resultOf } from "../src/results/contribute.js";
import { suiteText } from "../src/results/terminal.js";
import { standings } from "../src/targets/standing.js";

const wasm = BENCH_TIERS.findIndex(({ name }) => name === "wasm");

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
  const tier = BENCH_TIERS[wasm];
  const backend = tier === undefined ? { why: "no such tier" } : await provenBackend(tier);
  if (tier === undefined || "why" in backend) throw new Error("wasm is everywhere");
  return { tier, backend };
}

test("a tier is measured, call by call", { timeout: 300_000 }, async () => {
  const { tier, backend } = await wasmTier();
  const order = { cold: 1, pooled: 2, rounds: 1, burst: 9, seconds: 0.2 };
  const { cold, started, pooled, eight, hundred, perSecond } = await measureTier(backend, tier, order);
  for (const { median, p99 } of [cold, started, pooled, eight, hundred]) expect(p99).toBeGreaterThanOrEqual(median);
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

const cells: readonly IsolationCell[] = BENCH_TIERS.map((tier) =>
  tier.name === "wasm"
    ? {
        tier,
        figures: {
          cold: { median: 50, p99: 60 },
          started: { median: 0.8, p99: 6 },
          pooled: { median: 0.9, p99: 7 },
          eight: { median: 2, p99: 4 },
          hundred: { median: 300, p99: 900, all: 950 },
          perSecond: 33,
          memory: 9e6,
        },
      }
    : { tier, failed: "no engine here", remedy: "sudo apt-get install -y docker.io" },
);

test("what was met, what was not, and what could not be measured, with how to have it", () => {
  const result = resultOf("isolation", begin(), isolationFound("quick", cells));
  const verdicts = new Map(standings([result]).map(({ target, verdict }) => [target.id, verdict]));
  expect(verdicts.get("isolation.wasm")).toBe("met");
  expect(verdicts.get("isolation.wasm-p99")).toBe("NOT MET");
  expect(verdicts.get("isolation.process-p99")).toBe("not measured");
  expect(verdicts.get("isolation.python-cold")).toBe("not measured");
  const text = suiteText(result);
  expect(text).toMatch(/wasm +50\.0 ms +800 us +900 us +2\.00 ms +300 ms +950 ms .* 9\.00 MB +5-50 ms/);
  expect(text).toMatch(/wasm +60\.0 ms +6\.00 ms +7\.00 ms +4\.00 ms +900 ms/);
  expect(text).toContain("! tier container: no engine here; to have it: sudo apt-get");
});

const some: Counts = {
  processes: 4,
  descriptors: 30,
  groups: 2,
  mounts: 40,
  files: 1,
  containers: 0,
  heap: 20,
  external: 5,
  resident: 100,
};
const sample = (more: Partial<Counts>) => ({ minutes: 1, calls: 10, ...some, ...more });
const left = { mounts: 3, groups: 0 };

test("what grows in a soak is told of each tier, and what is left of it", () => {
  const steady = {
    samples: [sample({}), sample({}), sample({ heap: 26, descriptors: 33 })],
    started: some,
    closed: some,
    odd: {},
  };
  expect(grown(steady)).toEqual([]);
  const leaking = { ...steady, samples: [sample({}), sample({}), sample({ descriptors: 34, heap: 40 })] };
  expect(grown(leaking)).toEqual(["descriptors while it ran: 30 to 34", "heap while it ran: 20 to 40"]);
  expect(grown({ ...steady, closed: { ...some, groups: 3 } })).toEqual(["groups after the end: 2 to 3"]);
  expect(grown({ ...steady, closed: { ...some, containers: 1 } })).toEqual(["containers after the end: 0 to 1"]);
  const tiers = [
    { tier: "process", ...steady },
    { tier: "wasm", ...leaking, odd: { "wasm: died for done": 2 } },
    { tier: "gvisor", why: "no engine" },
  ];
  const found = soakFound({ minutes: 1, tiers, engine: { before: left, after: { ...left, groups: 2 } } });
  const report = suiteText(resultOf("soak", begin(), found));
  expect(report).toContain("process: 10 calls; nothing grew and nothing is left; every call ended as it must");
  expect(report).toMatch(/wasm: 10 calls; GROWN: descriptors[^\n]*ENDED OTHERWISE: wasm: died for done \(2\)/);
  expect(report).toContain("! tier gvisor: no engine");
  expect(report).toContain("engine: LEFT after the end: groups 0 to 2");
  // Two things grew, one was left, one call ended otherwise; and it was short.
  const [measured] = found.measured ?? [];
  expect(measured).toMatchObject({ id: "isolation.soak", value: 4 });
  expect(measured?.note).toContain("shorter than the 10 promised");
});
