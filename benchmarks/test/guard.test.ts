import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeInputs } from "../src/decision/inputs.js";
import { ascii, svg } from "../src/graph.js";
import { aligned } from "../src/grid.js";
import { guardGrid, guardTargets, markdownReport, terminalReport, type GuardResult } from "../src/guard/report.js";
import { sessionCall } from "../src/guard/session-policy.js";
import { growth, soak, type Soak } from "../src/guard/soak.js";
import { guardWorkload, VARIANTS } from "../src/guard/variants.js";
import { judge } from "../src/target.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "writ-guard-"));
  await writeInputs(folder, guardWorkload());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what a guard is measured with", () => {
  test.each(VARIANTS.map((variant, i) => [variant.name, variant, i] as const))(
    "%s: every call is let through",
    async (_, variant, i) => {
      const opened = await variant.open({ log: join(folder, `log-${i}`), inputs: folder });
      for (let n = 0; n < 40; n += 1) await expect(opened.call(n)).resolves.not.toBeUndefined();
      await Promise.all(Array.from({ length: 40 }, (_unused, n) => opened.call(40 + n)));
      await opened.close();
    },
  );

  test("no two reads of a session are alike, and every tenth call is a mail", () => {
    const calls = Array.from({ length: 100 }, (_, n) => sessionCall(n));
    expect(calls.filter(({ tool }) => tool === "mail.reply")).toHaveLength(10);
    expect(new Set(calls.map(({ args }) => JSON.stringify(args))).size).toBe(100);
  });

  test("a session is sampled as it goes", async () => {
    const { samples } = await soak(folder, 30, 10);
    expect(samples.map(({ calls }) => calls)).toEqual([10, 20, 30]);
    expect(samples.every(({ heapMb, microseconds }) => heapMb > 0 && microseconds >= 0)).toBe(true);
  });
});

const SOAK: Soak = {
  calls: 100,
  samples: Array.from({ length: 10 }, (_, i) => ({ calls: (i + 1) * 10, heapMb: 10 + i, microseconds: 5 })),
};

describe("the report of a guard", () => {
  const figures = { added: 2, p99: 60, cpu: 3, inFlight: [{ calls: 1, perSecond: 1234 }] };
  const cells = VARIANTS.slice(0, 5).map((variant) =>
    variant.kind === "durable"
      ? { variant, figures: { ...figures, added: 300, sync: 260 } }
      : variant.kind === "file"
        ? { variant, failed: "over 300 s" }
        : { variant, figures },
  );
  const result: GuardResult = {
    machine: { cpu: "a processor", cores: 2, memoryGb: 8, system: "linux x64", node: "v24.0.0", load: 0 },
    mode: "quick",
    cells,
    soak: SOAK,
  };

  test("targets: what is durable is held to one bare fdatasync, and a heap that grows is not flat", () => {
    const met = new Map(guardTargets(result).map((target) => [target.name, judge(target).met]));
    expect([...met.values()]).toEqual([true, false, true, false, true, false, true]);
    expect(growth(SOAK, ({ heapMb }) => heapMb)).toBeCloseTo(18.5 / 12.5);
    expect(growth(SOAK, ({ microseconds }) => microseconds)).toBe(1);
  });

  test("what was left out by --only is not met and not measured", () => {
    const [first] = guardTargets({ cells: cells.slice(1), soak: SOAK });
    expect(first && judge(first)).toMatchObject({ met: false });
    expect(first && judge(first)).not.toHaveProperty("measured");
  });

  test("what was given up is said", () => {
    expect(terminalReport(result)).toContain("given up, over 300 s.");
    expect(markdownReport(result)).toContain("given up, over 300 s.");
    expect(aligned(guardGrid(cells))).toContain("1234/s");
  });

  test("graphs begin at zero", () => {
    const graph = { title: "Heap <1>", x: "calls", y: "MB", points: [[1, 5] as const, [2, 10] as const] };
    expect(ascii(graph, 60, 2)).toBe(
      ["Heap <1> (MB)", "    10.0 | #", "         |##", "       0 +-- 2.0 calls"].join("\n"),
    );
    expect(svg(graph)).toContain("Heap &lt;1&gt;");
    expect(svg(graph)).toMatch(/<polyline points="320.0,120.0 592.0,48.0"/);
  });
});
