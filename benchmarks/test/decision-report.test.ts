import { describe, expect, test } from "vitest";
import type { Cell } from "../src/decision/cells.js";
import { casl } from "../src/decision/engines/casl.js";
import { hand } from "../src/decision/engines/hand.js";
import { writ, writRead } from "../src/decision/engines/writ.js";
import { decisionFound, type DecisionFound } from "../src/decision/found.js";
import type { CellFigures } from "../src/decision/measure.js";
import { aligned, duration, markdown } from "../src/grid.js";
import { begin, resultOf } from "../src/results/contribute.js";
import { suiteText } from "../src/results/terminal.js";
import { median, quantile } from "../src/statistics.js";

const FIGURES: CellFigures = {
  ns: 120,
  hand: 60,
  ratio: 2,
  p99: 900,
  loadMs: 1,
  first: 100_000,
  early: 900,
  heldMb: 0.5,
  usedMb: 0,
  checked: 10_000,
};

function cell(engine: Cell["engine"], rules: number, figures: Partial<CellFigures> = {}): Cell {
  return { engine, workload: { shape: "spread", rules }, processes: 1, figures: { ...FIGURES, ...figures } };
}

const FOUND: DecisionFound = {
  mode: "quick",
  inputs: {},
  whole: { rules: 0, ms: 2000, otherwise: 1000 },
  cells: [
    cell(hand, 100, { ns: 60, ratio: 1 }),
    cell(writ, 100),
    { ...cell(casl, 100, { ns: 700, ratio: 11 }), compared: { decisions: 12, short: "all would take about 9 s" } },
    cell(writ, 1000, { ns: 800, loadMs: 9 }),
    cell(casl, 1000, { ns: 700 }),
    { engine: casl, workload: { shape: "spread", rules: 10_000 }, processes: 0, failed: "over 90 s" },
  ],
  imports: [{ name: "@writ/runtime", ms: 8, bundled: { ms: 4, started: 6, bytes: 70_000, onDemand: 1000 } }],
  versions: { casbin: "1.2.3" },
};

const textOf = (found: DecisionFound): string => suiteText(resultOf("decision", begin(), decisionFound(found)));

describe("what is said of decisions", () => {
  test("targets are met, not met or not measured", () => {
    const text = textOf(FOUND);
    expect(text).toMatch(/^100 rules, warm +120 ns +at most 150 ns +met$/m);
    expect(text).toMatch(/^loading 1,000 rules +9\.00 ms +at most 5\.00 ms +NOT MET$/m);
    expect(text).toMatch(/^loading 10,000 rules +not measured +at most 60\.0 ms$/m);
    expect(text).toMatch(/^! not measured: .*loading 10,000 rules.*: this run did not take it/m);
    expect(text).toMatch(/^its size.* 70\.0 KB +at most 60\.0 KB +NOT MET$/m);
  });

  test("a peer that is ahead is named, the limit is no peer", () => {
    const ahead = decisionFound(FOUND).measured?.find(({ id }) => id === "decision.ahead");
    expect(ahead).toEqual({ id: "decision.ahead", value: 1, note: "CASL, as is at 1,000 rules" });
  });

  test("Writ with arguments that were read before is a limit: no target is met by it, and no peer left behind", () => {
    const found = decisionFound({ ...FOUND, cells: [...FOUND.cells, cell(writRead, 1000, { ns: 20, loadMs: 900 })] });
    expect(found.measured).toEqual(decisionFound(FOUND).measured);
    const shown = found.tables?.filter(({ rows }) => rows.some(({ name }) => name === "Writ, arguments already read"));
    expect(shown?.map(({ id }) => id)).toEqual(["warm", "ratio", "p99", "compared"]);
  });

  test("without peers nothing is said of being ahead", () => {
    const alone = FOUND.cells.filter(({ engine }) => engine !== casl);
    const ahead = decisionFound({ ...FOUND, cells: alone }).measured?.find(({ id }) => id === "decision.ahead");
    expect(ahead).not.toHaveProperty("value");
  });

  test("a run without Writ, or one that gave Writ up, is not one in which it is ahead", () => {
    const of = (cells: DecisionFound["cells"]) =>
      decisionFound({ ...FOUND, cells }).measured?.find(({ id }) => id === "decision.ahead");
    expect(of(FOUND.cells.filter(({ engine }) => engine !== writ))).not.toHaveProperty("value");
    expect(of(FOUND.cells.filter(({ engine, workload }) => engine !== writ || workload.rules === 100))).toMatchObject({
      value: 1,
      note: "every peer, as Writ has no figure, at 1,000 rules",
    });
  });

  test("what is skipped, given up or compared in part is said", () => {
    const text = textOf(FOUND);
    expect(text).toContain("OPA (opa-wasm): not compared");
    expect(text).toContain("CASL, as is, 10000 rules: over 90 s");
    expect(text).toContain("CASL, as is, 100 rules: 12 of 10,000 decisions were compared: all would take about 9 s");
    expect(text).toMatch(/^CASL, as is +12 \(all would take about 9 s\)/m);
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
