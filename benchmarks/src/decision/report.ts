import { aligned, duration, markdown, short, type Grid } from "../grid.js";
import { machineLine, type Machine } from "../machine.js";
import { targetGrid } from "../target.js";
import type { Cell } from "./cells.js";
import { SKIPPED } from "./engines.js";
import type { ImportCost } from "./import-cost.js";
import type { CellFigures } from "./measure.js";
import { ahead, decisionTargets } from "./targets.js";

/** What a run found. */
export interface DecisionResult {
  readonly machine: Machine;
  readonly mode: "full" | "quick";
  readonly cells: readonly Cell[];
  readonly imports: readonly ImportCost[];
  /** Of the peers, by package. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Calls of a workload. */
const ALL = 10_000;

interface Section {
  readonly title: string;
  readonly words: string;
  readonly grid: Grid;
}

/** The tables for a terminal. */
export function terminalReport(result: DecisionResult): string {
  return [
    ...sections(result).map(({ title, grid }) => `${title}\n\n${aligned(grid)}`),
    ...notCompared(result.cells).map((line) => `! ${line}`),
  ].join("\n\n");
}

/** The report, as Markdown. */
export function markdownReport(result: DecisionResult): string {
  return `# Deciding one call

${machineLine(result.machine)}. ${result.mode === "quick" ? "A quick run: few repetitions, for a look only." : "A full run."}

Every engine decides the same calls under the same rules, and each decision was compared with the expected one: a run with
a mismatch gives no report. Every figure is a median over processes in which only that engine and the hand-written
functions, which are timed in turns with it, decide. A machine that does other things makes all figures too high; the ratio
to the hand-written functions suffers least. Peers: ${Object.entries(result.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}.

${sections(result)
  .map(({ title, words, grid }) => `## ${title}\n\n${words}\n\n${markdown(grid)}\n`)
  .join("\n")}
## Not compared

${notCompared(result.cells)
  .map((line) => `- ${line}`)
  .join("\n")}
`;
}

function sections({ cells, imports }: DecisionResult): readonly Section[] {
  const spread = cells.filter(({ workload }) => workload.shape === "spread");
  const dense = cells.filter(({ workload }) => workload.shape === "dense");
  const faster = ahead(cells);
  return [
    {
      title: "Targets",
      words:
        faster.length === 0
          ? "No peer that was measured is faster in any cell."
          : `A peer is faster in ${faster.length} cells: ${faster.map(nameOf).join("; ")}.`,
      grid: targetGrid(decisionTargets(cells, imports)),
    },
    {
      title: "Warm: time of a decision, and its ratio to hand-written JavaScript",
      words:
        "Rules over a fifth as many tools, five rules a tool; calls drawn evenly over all tools, which no cache likes.",
      grid: byRules(spread, ({ ns, ratio }) => `${duration(ns)} (${short(ratio)}x)`),
    },
    {
      title: "Warm, all rules on one tool",
      words: "Grants by user, folder and mode, and forbidden folders, on a single tool. Peers in their best form.",
      grid: byRules(dense, ({ ns, ratio }) => `${duration(ns)} (${short(ratio)}x)`),
    },
    {
      title: "p99 of single decisions",
      words: "About 50 ns of each is the clock. What else the machine does is in these more than in the others.",
      grid: byRules(spread, ({ p99 }) => duration(p99)),
    },
    {
      title: "Cold: the first decision of a process / the mean of calls 11 to 100",
      words:
        "An agent makes tens of calls a process, so this is what most agents see. From 1,000 rules on nearly each of these calls is the first of its tool.",
      grid: byRules(spread, ({ first, early }) => `${duration(first)} / ${duration(early)}`),
    },
    {
      title: "Loading the policy",
      words:
        "From what the engine reads (a decoded bundle, policy text, an object) to the first decision. For Writ the compiler ran before, for the others there is none. Writ compiles the tools of a policy of more than 500 rules when each is first called, which is in the calls 11 to 100 above, and makes the digest of a policy when it is asked for: a guard asks when it starts.",
      grid: byRules(spread, ({ loadMs }) => `${short(loadMs)} ms`),
    },
    {
      title: "Memory of the loaded policy: JavaScript heap + outside of it",
      words:
        "After 100 decisions and garbage collection; then both together once all 10,000 calls were decided, so that every tool was called.",
      grid: byRules(
        spread,
        ({ heapMb, outsideMb, usedMb }) => `${short(heapMb)} + ${short(outsideMb)} MB; ${short(usedMb)} MB`,
      ),
    },
    {
      title: "Import",
      words:
        "In a fresh process, as installed and, for Writ, bundled by esbuild. `on demand` is loaded by policies that use patterns, commands, SQL, registrable domains or detectors, or that ask people, and where a host explains or delegates.",
      grid: [
        ["", "as installed", "bundled", "minified, gzipped", "on demand"],
        ...imports.map(({ name, ms, bundled }) => [
          name,
          `${short(ms)} ms`,
          bundled === undefined ? "" : `${short(bundled.ms)} ms`,
          bundled === undefined ? "" : `${short(bundled.bytes / 1000)} KB`,
          bundled === undefined ? "" : `${short(bundled.onDemand / 1000)} KB`,
        ]),
      ],
    },
  ];
}

/** One row an engine and form, one column a number of rules. */
function byRules(cells: readonly Cell[], show: (figures: CellFigures) => string): Grid {
  const columns = [...new Set(cells.map(({ workload }) => workload.rules))].toSorted((a, b) => a - b);
  const rows = [...new Set(cells.map(({ engine }) => engine))];
  return [
    ["rules", ...columns.map(String)],
    ...rows.map((engine) => {
      const shown = columns.map((rules) => {
        const cell = cells.find((other) => other.engine === engine && other.workload.rules === rules);
        if (cell === undefined) return "";
        return cell.figures === undefined ? "given up" : show(cell.figures);
      });
      return [`${engine.name}, ${engine.form}`].concat(shown);
    }),
  ];
}

function notCompared(cells: readonly Cell[]): readonly string[] {
  const given = cells.filter(({ failed }) => failed !== undefined);
  return [
    ...SKIPPED.map(({ name, why }) => `${name}: ${why}.`),
    ...given.map((cell) => `${nameOf(cell)}: given up, ${cell.failed ?? ""}.`),
    ...sampled(cells),
  ];
}

/** Of slow engines not every decision is compared. */
function sampled(cells: readonly Cell[]): readonly string[] {
  const some = cells
    .flatMap((cell) => (cell.figures === undefined ? [] : [{ cell, checked: cell.figures.checked }]))
    .filter(({ checked }) => checked < ALL)
    .toSorted((a, b) => a.checked - b.checked);
  const [fewest] = some;
  if (fewest === undefined) return [];
  return [
    `In ${some.length} of ${cells.length} cells there was time to compare only some of the ${ALL} decisions, the fewest ${fewest.checked} (${nameOf(fewest.cell)}); decision.json has the number of each.`,
  ];
}

function nameOf({ engine, workload }: Cell): string {
  return `${engine.name}, ${engine.form}, ${workload.rules} rules${workload.shape === "dense" ? " on one tool" : ""}`;
}
