import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inProcess } from "../src/child.js";
import type { Cell } from "../src/decision/cells.js";
import type { CompareOrder } from "../src/decision/compare-cell.js";
import { compareCells, type CompareOne, type Whole } from "../src/decision/compare-cells.js";
import { compareDecisions } from "../src/decision/compare.js";
import { comparedNotes, comparedTable } from "../src/decision/compared.js";
import { ENGINES } from "../src/decision/engines.js";
import { loopOver, loopOverLater } from "../src/decision/loop.js";
import type { CellFigures } from "../src/decision/measure.js";
import { spreadWorkload } from "../src/decision/workload.js";

const WHOLE: Whole = { rules: 1000, ms: 60_000, otherwise: 5000 };
const MS = 1e6;

function engine(name: string, form: string): Cell["engine"] {
  const found = ENGINES.find((one) => one.name === name && one.form === form);
  if (found === undefined) throw new Error(`no engine ${name}, ${form}`);
  return found;
}

function cell(of: Cell["engine"], rules: number, ms: number, checked: number): Cell {
  const rest = { hand: 60, ratio: 2, p99: 9, loadMs: 1, first: 9, early: 9, heldMb: 1, usedMb: 1 };
  const figures: CellFigures = { ...rest, ns: ms * MS, checked };
  return { engine: of, workload: { shape: "spread", rules }, processes: 1, figures };
}

/** Cells of which some were compared whole while they were timed, some not, and one has no figures. */
const CELLS: readonly Cell[] = [
  cell(engine("Writ", "as is"), 10_000, 0.001, 10_000),
  cell(engine("casbin", "as is"), 1000, 20, 12),
  cell(engine("casbin", "as is"), 10_000, 57, 3),
  cell(engine("casbin", "an enforcer a tool"), 10_000, 0.05, 700),
  cell(engine("Microsoft AGT", "as is"), 10_000, 5.9, 90),
  {
    engine: engine("CASL", "as is"),
    workload: { shape: "spread", rules: 10_000 },
    processes: 0,
    failed: "over 60 s",
  },
];

describe("all decisions of a cell are compared", () => {
  const plan = { folder: "", whole: WHOLE, atOnce: 2 };
  const orders: CompareOrder[] = [];
  const asOrdered: CompareOne = async (order) => {
    orders.push(order);
    return { ok: true, line: order.ms === undefined ? "10000" : "88" };
  };

  test("with 1,000 rules always, with more where it takes less than a minute, elsewhere in part, and said", async () => {
    const compared = await compareCells(CELLS, plan, asOrdered);
    expect(compared.map((one) => one.compared)).toEqual([
      { decisions: 10_000 },
      { decisions: 10_000 },
      { decisions: 88, short: "all would take about 570 s" },
      { decisions: 10_000 },
      { decisions: 10_000 },
      undefined,
    ]);
    // What was compared whole while it was timed is not compared again; the longest goes first, the partial ones last.
    expect(orders.map(({ workload: { rules }, ms }) => [rules, ms])).toEqual([
      [1000, undefined],
      [10_000, undefined],
      [10_000, undefined],
      [10_000, 5000],
    ]);
    expect(orders.map(({ engine: place }) => ENGINES[place]?.form)).toEqual([
      "as is",
      "as is",
      "an enforcer a tool",
      "as is",
    ]);

    const notes = comparedNotes(compared);
    expect(notes).toEqual([
      "In 4 of 5 cells all 10,000 decisions were compared with the expected ones.",
      "casbin, as is, 10000 rules: 88 of 10,000 decisions were compared: all would take about 570 s. In its other form (an enforcer a tool) all were.",
    ]);
    const table = comparedTable(compared, WHOLE);
    expect(table.words).toContain("Up to 1,000 rules all are compared, with more wherever that takes less than 60 s");
    expect(table.columns.map(({ name }) => name)).toEqual(["10,000 rules", "1,000 rules"]);
    expect(table.rows.map(({ name, cells }) => [name, cells])).toEqual([
      ["Writ, as is", [{ value: 10_000 }, {}]],
      ["casbin, as is", [{ value: 88, note: "all would take about 570 s" }, { value: 10_000 }]],
      ["casbin, an enforcer a tool", [{ value: 10_000 }, {}]],
      ["Microsoft AGT, as is", [{ value: 10_000 }, {}]],
      ["CASL, as is", [{ note: "none: it was given up" }, {}]],
    ]);
  });

  test("where all were, one line says so", async () => {
    const some = CELLS.filter(({ workload, engine: of }) => of.name !== "casbin" || workload.rules === 1000);
    const compared = await compareCells(some, plan, asOrdered);
    expect(comparedNotes(compared)).toEqual(["All 10,000 decisions were compared in every cell that has figures."]);
  });

  test("a comparison that ends by itself leaves what the timed process compared, and says why", async () => {
    const compared = await compareCells(CELLS, plan, async () => ({ ok: false, why: "FATAL: out of memory" }));
    expect(compared[1]?.compared).toEqual({
      decisions: 12,
      short: "the comparison of all ended: FATAL: out of memory",
    });
  });

  test("one that is not as expected means no report, and ends the comparisons beside it", async () => {
    let aborted = false;
    const one: CompareOne = (order, _limit, signal) =>
      order.workload.rules === 1000
        ? Promise.resolve({ ok: false, why: "Error: casbin, as is, does not say allow to {}" })
        : new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              aborted = true;
              reject(new Error("ended"));
            });
          });
    await expect(compareCells(CELLS, plan, one)).rejects.toThrow("casbin, as is, does not say allow");
    expect(aborted).toBe(true);
  });
});

describe("comparing", () => {
  const workload = spreadWorkload({ rules: 10, requests: 200 });
  const right = (n: number): boolean => workload.expected[n] === true;
  const numbers = workload.requests.map((_, n) => n);

  test("counts all, or in no time one", async () => {
    expect(await compareDecisions("x", loopOver(numbers, right), workload, Infinity)).toBe(200);
    expect(
      await compareDecisions(
        "x",
        loopOverLater(numbers, async (n) => right(n)),
        workload,
        Infinity,
      ),
    ).toBe(200);
    expect(await compareDecisions("x", loopOver(numbers, right), workload, 0)).toBe(1);
  });

  test("finds the one decision of all that is another, be it the last", async () => {
    const almost = (n: number): boolean => right(n) !== (n === 199);
    await expect(compareDecisions("x", loopOver(numbers, almost), workload, Infinity)).rejects.toThrow(
      /^x does not say/,
    );
  });

  test("the process of a comparison that is ended takes no longer", async () => {
    const folder = await mkdtemp(join(tmpdir(), "writ-compare-"));
    try {
      const endless = join(folder, "endless.mjs");
      await writeFile(endless, `setInterval(() => {}, 1000);`);
      const ended = new AbortController();
      const ran = inProcess(endless, [], 60_000, {}, ended.signal);
      ended.abort();
      await expect(ran).rejects.toThrow("abort");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
