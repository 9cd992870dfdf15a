import { describe, expect, test } from "vitest";
import type { Cell } from "../src/decision/cells.js";
import { casl } from "../src/decision/engines/casl.js";
import { hand } from "../src/decision/engines/hand.js";
import { writ } from "../src/decision/engines/writ.js";
import type { CellFigures } from "../src/decision/measure.js";
import { markdownReport, terminalReport, type DecisionResult } from "../src/decision/report.js";
import { ahead, decisionTargets } from "../src/decision/targets.js";
import { aligned, duration, markdown } from "../src/grid.js";
import { median, quantile } from "../src/statistics.js";
import { judge, targetGrid } from "../src/target.js";

const FIGURES: CellFigures = {
  ns: 120,
  hand: 60,
  ratio: 2,
  p99: 900,
  loadMs: 1,
  first: 100_000,
  early: 900,
  heapMb: 0.5,
  outsideMb: 0,
  usedMb: 0,
  checked: 10_000,
};

function cell(engine: Cell["engine"], rules: number, figures: Partial<CellFigures> = {}): Cell {
  return { engine, workload: { shape: "spread", rules }, processes: 1, figures: { ...FIGURES, ...figures } };
}

const RESULT: DecisionResult = {
  machine: { cpu: "a processor", cores: 2, memoryGb: 8, system: "linux x64", node: "v24.0.0", load: 0 },
  mode: "quick",
  cells: [
    cell(hand, 100, { ns: 60, ratio: 1 }),
    cell(writ, 100),
    cell(casl, 100, { ns: 700, ratio: 11, checked: 12 }),
    cell(writ, 1000, { ns: 800, loadMs: 9 }),
    cell(casl, 1000, { ns: 700 }),
    { engine: casl, workload: { shape: "spread", rules: 10_000 }, processes: 0, failed: "over 90 s" },
  ],
  imports: [{ name: "@writ/runtime", ms: 8, bundled: { ms: 4, bytes: 70_000, onDemand: 1000 } }],
  versions: { casbin: "1.2.3" },
};

describe("the report of decisions", () => {
  test("targets are met, not met or not measured, and what was not measured is not met", () => {
    const targets = decisionTargets(RESULT.cells, RESULT.imports);
    expect(targets.map(judge)).toContainEqual({ name: "100 rules, warm", measured: 120, limit: 150, met: true });
    expect(targets.map(judge)).toContainEqual({ name: "loading 1,000 rules", measured: 9, limit: 5, met: false });
    expect(targets.map(judge)).toContainEqual({ name: "loading 10,000 rules", limit: 60, met: false });
    const text = aligned(targetGrid(targets));
    expect(text).toMatch(/^100 rules, warm +120 ns +150 ns +met$/m);
    expect(text).toMatch(/^loading 1,000 rules +9\.00 ms +5\.00 ms +NOT MET$/m);
    expect(text).toMatch(/^loading 10,000 rules +not measured +60\.0 ms$/m);
    expect(text).toMatch(/^its size.* 70\.0 KB +60\.0 KB +NOT MET$/m);
  });

  test("a peer that is ahead is named, the limit is no peer", () => {
    expect(ahead(RESULT.cells).map(({ engine, workload }) => [engine, workload.rules])).toEqual([[casl, 1000]]);
    expect(markdownReport(RESULT)).toContain("Peers: casbin 1.2.3.");
    expect(markdownReport(RESULT)).toContain("A peer is faster in 1 cells: CASL, as is, 1000 rules.");
  });

  test("without peers nothing is said of being ahead", () => {
    const alone = RESULT.cells.filter(({ engine }) => engine !== casl);
    expect(decisionTargets(alone, []).at(-1)).toMatchObject({
      name: "cells where a peer is faster",
      measured: undefined,
    });
  });

  test("what is skipped, given up or compared in part is said", () => {
    for (const text of [terminalReport(RESULT), markdownReport(RESULT)]) {
      expect(text).toContain("OPA (opa-wasm): SKIPPED");
      expect(text).toContain("CASL, as is, 10000 rules: given up, over 90 s.");
      expect(text).toContain("the fewest 12 (CASL, as is, 100 rules)");
    }
  });

  test("tables and numbers", () => {
    const grid = [
      ["", "a"],
      ["row", "1"],
    ];
    expect(aligned(grid)).toBe("     a\nrow  1");
    expect(markdown(grid)).toBe("|  | a |\n| --- | ---: |\n| row | 1 |");
    expect([12.3, 1234, 45_600_000, 2e9].map(duration)).toEqual(["12 ns", "1.23 us", "45.6 ms", "2.00 s"]);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(median([])).toBe(0);
  });
});
