import type { Cell as Figure, Column, Found, Measured, Row, Table } from "../results/suite-result.js";
import { behindIn } from "../results/behind.js";
import { measured } from "../results/measured.js";
import type { Unit } from "../results/unit.js";
import { formOf, nameOf, type Cell } from "./cells.js";
import type { Whole } from "./compare-cells.js";
import { comparedNotes, comparedTable } from "./compared.js";
import { kindOf, SKIPPED } from "./engines.js";
import { writ, writRead } from "./engines/writ.js";
import type { ImportCost } from "./import-cost.js";
import type { CellFigures } from "./measure.js";

/** What a run found. */
export interface DecisionFound {
  readonly mode: "full" | "quick";
  readonly cells: readonly Cell[];
  /** Where all decisions were compared. */
  readonly whole: Whole;
  readonly imports: readonly ImportCost[];
  /** Of the peers, by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string | number>>;
}

const MS = 1e6;
const MB = 1e6;

type Key = keyof CellFigures;

/** The findings as tables and measured targets. */
export function decisionFound({ mode, cells, whole, imports, versions, inputs }: DecisionFound): Found {
  const tables = [...tablesOf(cells, imports), comparedTable(cells, whole)];
  return {
    mode,
    method: [
      "Every engine decides the same calls under the same rules, in a process of its own; beside each the same rules written by hand as JavaScript are timed in turns. Its first decisions are compared with the expected ones before anything warm is timed, and those that there was no time for once all is timed, in another process: a run with a mismatch gives no report.",
      `Figures are medians over processes; the spread is the lowest and the highest of them. Calls are drawn with a fixed seed, evenly over all tools, which no cache likes. Writ reads arguments strictly in each call (no unknown name, every value canonical), which hand-written code and the peers leave out; a second row of what it takes warm shows it with arguments that were read before, as they are handed to the others. Targets and comparisons are of the first.`,
    ],
    versions,
    inputs,
    tables,
    measured: measuredOf(cells, imports, tables),
    gaps: [
      ...SKIPPED.map(({ name, why }) => ({ what: name, why })),
      ...cells.flatMap((cell) => (cell.failed === undefined ? [] : [{ what: nameOf(cell), why: cell.failed }])),
    ],
    notes: [...helped(cells), ...comparedNotes(cells)],
  };
}

function tablesOf(cells: readonly Cell[], imports: readonly ImportCost[]): readonly Table[] {
  const spread = cells.filter(({ workload }) => workload.shape === "spread");
  // Reading all calls ahead is no part of loading, and leaves nothing cold.
  const whole = spread.filter(({ engine }) => engine !== writRead);
  const dense = cells.filter(({ workload }) => workload.shape === "dense");
  return [
    byRules(spread, "warm", "Warm: time of a decision", "Rules over a fifth as many tools, five rules a tool.", "ns", {
      plot: true,
    }),
    byRules(spread, "ratio", "Warm, to hand-written JavaScript", "Timed in turns in the same process.", "ratio", {
      unit: "times",
    }),
    byRules(
      dense,
      "one-tool",
      "Warm, all rules on one tool",
      "Grants by user, folder and mode, and forbidden folders, on a single tool. Peers in their best form.",
      "ns",
      { plot: true },
    ),
    byRules(
      spread,
      "p99",
      "p99 of single decisions",
      "About 50 ns of each is the clock. What else the machine does is in these more than in the others.",
      "p99",
    ),
    byRules(
      whole,
      "first",
      "Cold: the first decision of a process",
      "An agent makes tens of calls a process, so this and the next table are what most agents see.",
      "first",
    ),
    byRules(
      whole,
      "early",
      "Cold: calls 11 to 100, mean",
      "From 1,000 rules on nearly each of these calls is the first of its tool.",
      "early",
    ),
    byRules(
      whole,
      "load",
      "Loading the policy",
      "From what the engine reads (a decoded bundle, policy text, an object) to the first decision. For Writ the compiler ran before, for the others there is none. Writ compiles the tools of a policy of more than 500 rules when each is first called, which is in the calls 11 to 100 above.",
      "loadMs",
      { scale: MS },
    ),
    byRules(
      whole,
      "memory",
      "Memory of the loaded policy, after 100 decisions",
      "JavaScript heap and outside of it, after garbage collection.",
      "heldMb",
      { scale: MB, unit: "bytes" },
    ),
    byRules(
      whole,
      "memory-used",
      "Memory once all 10,000 calls were decided",
      "The same, once every tool was called; of the slowest engines, after those that there was time for.",
      "usedMb",
      { scale: MB, unit: "bytes" },
    ),
    importTable(imports),
  ].filter(({ rows }) => rows.length > 0);
}

interface Shown {
  readonly scale?: number;
  readonly unit?: Unit;
  readonly plot?: boolean;
}

/** One row an engine and form, one column a number of rules. */
function byRules(
  cells: readonly Cell[],
  id: string,
  title: string,
  words: string,
  key: Key,
  { scale = 1, unit = "time", plot = false }: Shown = {},
): Table {
  const xs = [...new Set(cells.map(({ workload }) => workload.rules))].toSorted((a, b) => a - b);
  const columns = xs.map((rules): Column => ({ name: `${rules.toLocaleString("en")} rules`, unit, better: "lower" }));
  const rows = [...new Set(cells.map(({ engine }) => engine))].map((engine): Row => ({
    name: formOf(engine),
    kind: kindOf(engine),
    group: engine.name,
    cells: xs.map((rules) =>
      figureOf(
        cells.find((cell) => cell.engine === engine && cell.workload.rules === rules),
        key,
        scale,
      ),
    ),
  }));
  return { id, title, words, columns, rows, ...(plot ? { plot: { kind: "lines", x: "rules", xs } } : {}) };
}

function figureOf(cell: Cell | undefined, key: Key, scale: number): Figure {
  if (cell === undefined) return {};
  const { figures, lowest, highest, failed } = cell;
  if (figures === undefined) return { note: `given up: ${failed ?? "no figure"}` };
  const spread =
    lowest === undefined || highest === undefined ? {} : { low: lowest[key] * scale, high: highest[key] * scale };
  return { value: figures[key] * scale, ...spread };
}

function importTable(imports: readonly ImportCost[]): Table {
  return {
    id: "import",
    title: "Import",
    words:
      "In a fresh process, as installed and, for Writ, bundled by esbuild. What is on demand is what `createGuard` and `loadProgram` read first (with it the time is as it says beside), and what is loaded by policies that use patterns, commands, SQL, registrable domains or detectors, or that ask people, and where a host explains or delegates.",
    columns: [
      { name: "as installed", unit: "time", better: "lower" },
      { name: "bundled", unit: "time" },
      { name: "with what a guard reads", unit: "time" },
      { name: "minified, gzipped", unit: "bytes" },
      { name: "on demand", unit: "bytes" },
    ],
    rows: imports.map(({ name, ms, bundled }) => ({
      name,
      kind: name.startsWith("@writ/") ? "ours" : "peer",
      cells: [
        { value: ms * MS },
        bundled === undefined ? {} : { value: bundled.ms * MS },
        bundled === undefined ? {} : { value: bundled.started * MS },
        bundled === undefined ? {} : { value: bundled.bytes },
        bundled === undefined ? {} : { value: bundled.onDemand },
      ],
    })),
  };
}

function measuredOf(
  cells: readonly Cell[],
  imports: readonly ImportCost[],
  tables: readonly Table[],
): readonly Measured[] {
  const of = (rules: number, shape: Cell["workload"]["shape"] = "spread"): CellFigures | undefined =>
    cells.find(({ engine, workload }) => engine === writ && workload.rules === rules && workload.shape === shape)
      ?.figures;
  const [ten, hundred, thousand, many] = [of(10), of(100), of(1000), of(10_000)];
  const runtime = imports.find(({ name }) => name === "@writ/runtime");
  return [
    ofRun("decision.warm", hundred?.ns),
    ofRun("decision.ratio", hundred?.ratio),
    ofRun(
      "decision.growth",
      ten === undefined || many === undefined ? undefined : many.ns / ten.ns,
      ten === undefined || many === undefined
        ? undefined
        : `hand-written in the same processes: ${(many.hand / ten.hand).toFixed(2)}x`,
    ),
    ofRun("decision.one-tool", of(10_000, "dense")?.ns),
    ofRun("decision.first", hundred?.first),
    ofRun("decision.early", hundred?.early),
    ofRun("decision.load-1000", thousand === undefined ? undefined : thousand.loadMs * MS),
    ofRun("decision.load-10000", many === undefined ? undefined : many.loadMs * MS),
    ofRun(
      "decision.memory",
      many === undefined ? undefined : many.heldMb * MB,
      many === undefined ? undefined : `once every tool was called: ${many.usedMb.toFixed(2)} MB`,
    ),
    ofRun("decision.import", runtime === undefined ? undefined : runtime.ms * MS),
    ofRun("decision.size", runtime?.bundled?.bytes),
    aheadOf(cells, tables),
  ];
}

/** Only the warm tables: who loads faster is told in theirs. */
function aheadOf(cells: readonly Cell[], tables: readonly Table[]): Measured {
  if (!cells.some(({ engine, figures }) => kindOf(engine) === "peer" && figures !== undefined))
    return { id: "decision.ahead", note: "no peer was measured in this run" };
  if (!cells.some(({ engine, figures }) => engine === writ && figures !== undefined))
    return { id: "decision.ahead", note: "Writ was not measured in this run" };
  const warm = tables.filter(({ id }) => id === "warm" || id === "one-tool");
  const faster = warm.flatMap((table) => behindIn("decision", table)).map(({ peer, column }) => `${peer} at ${column}`);
  const named = faster.concat(
    warm.flatMap(withoutOurs).map((column) => `every peer, as Writ has no figure, at ${column}`),
  );
  return measured("decision.ahead", named.length, named.length === 0 ? undefined : named.join("; "));
}

/** Quick runs leave the largest policies out. */
function ofRun(id: Measured["id"], value: number | undefined, note?: string): Measured {
  return measured(
    id,
    value,
    value === undefined ? "this run did not take it: quick runs leave 10,000 rules out" : note,
  );
}

/** Columns in which a peer has a figure and Writ has none. */
function withoutOurs({ columns, rows }: Table): readonly string[] {
  const has = (kind: Row["kind"], n: number): boolean =>
    rows.some((row) => row.kind === kind && row.cells[n]?.value !== undefined);
  return columns.flatMap(({ name }, n) => (has("peer", n) && !has("ours", n) ? [name] : []));
}

/** Where a peer's language cannot say a rule, and what the host did instead, outside of what is timed. */
function helped(cells: readonly Cell[]): readonly string[] {
  return [
    ...new Set(
      cells.flatMap(({ engine }) => (engine.helped === undefined ? [] : [`${engine.name}: ${engine.helped}`])),
    ),
  ];
}
