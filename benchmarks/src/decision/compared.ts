import type { Cell as Figure, Row, Table } from "../results/suite-result.js";
import { formOf, nameOf, type Cell } from "./cells.js";
import { ALL, type Whole } from "./compare-cells.js";
import { kindOf } from "./engines.js";
import type { WorkloadName } from "./workload.js";

/** How many decisions were compared in each cell: a row an engine and form, a column a workload. */
export function comparedTable(cells: readonly Cell[], whole: Whole): Table {
  const workloads = [...new Map(cells.map(({ workload }) => [JSON.stringify(workload), workload])).values()];
  const engines = [...new Set(cells.map(({ engine }) => engine))];
  return {
    id: "compared",
    title: "Decisions compared with the expected ones",
    words: `Of ${ALL.toLocaleString("en")} in each cell. ${ruleOf(whole)} One that is not as expected ends the run without a report.`,
    columns: workloads.map(({ shape, rules }) => ({
      name: `${rules.toLocaleString("en")} rules${shape === "dense" ? " on one tool" : ""}`,
      unit: "count",
    })),
    rows: engines.map((engine): Row => ({
      name: formOf(engine),
      kind: kindOf(engine),
      group: engine.name,
      cells: workloads.map((workload) => {
        const cell = cells.find((one) => one.engine === engine && isSame(one.workload, workload));
        return cell === undefined ? {} : figureOf(cell);
      }),
    })),
  };
}

function figureOf({ compared }: Cell): Figure {
  if (compared === undefined) return { note: "none: it was given up" };
  const { decisions: value, short } = compared;
  return short === undefined ? { value } : { value, note: short };
}

function ruleOf({ rules, ms, otherwise }: Whole): string {
  const always =
    rules === 0 ? "All are compared" : `Up to ${rules.toLocaleString("en")} rules all are compared, with more`;
  return `${always} wherever that takes less than ${ms / 1000} s by the warm median, elsewhere as many as ${otherwise / 1000} s allow.`;
}

/** What is to be said of it: in how many cells all were compared, and of each other cell how many, and why. */
export function comparedNotes(cells: readonly Cell[]): readonly string[] {
  const judged = cells.flatMap((cell) => (cell.compared === undefined ? [] : [{ cell, ...cell.compared }]));
  const short = judged.filter(({ decisions }) => decisions < ALL).toSorted((a, b) => a.decisions - b.decisions);
  const many = ALL.toLocaleString("en");
  if (short.length === 0) return [`All ${many} decisions were compared in every cell that has figures.`];
  return [
    `In ${judged.length - short.length} of ${judged.length} cells all ${many} decisions were compared with the expected ones.`,
    ...short.map(({ cell, decisions, short: why }) => {
      const others = judged
        .filter(({ cell: other, decisions: compared }) => isOtherForm(other, cell) && compared === ALL)
        .map(({ cell: { engine } }) => engine.form);
      const because = why === undefined ? "" : `: ${why}`;
      return `${nameOf(cell)}: ${decisions.toLocaleString("en")} of ${many} decisions were compared${because}.${others.length === 0 ? "" : ` In its other form (${others.join("; ")}) all were.`}`;
    }),
  ];
}

function isOtherForm({ engine, workload }: Cell, of: Cell): boolean {
  return engine !== of.engine && engine.name === of.engine.name && isSame(workload, of.workload);
}

function isSame(one: WorkloadName, other: WorkloadName): boolean {
  return one.shape === other.shape && one.rules === other.rules;
}
