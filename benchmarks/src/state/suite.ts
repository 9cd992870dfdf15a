import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileStore } from "@writ/runtime/node";
import { inProcess } from "../child.js";
import type { Column, Found, Row } from "../results/suite-result.js";
import { median } from "../statistics.js";
import { bareWork, measure, workOf, type StateFigures } from "./measure.js";

const CALLERS = [1, 4, 16, 64];
const PROCESSES = [1, 2, 4];
const MODES = { full: { rounds: 5, part: 1 }, quick: { rounds: 3, part: 0.2 } } as const;
const SHARED = ["reserve + commit", "compareAndSet, durable"];
const LIMIT_MS = 300_000;

/** `npm run bench -- state [--quick]`: what the state store takes of a call, for callers at once and for processes. */
export async function stateSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  const mode = values.quick === true ? "quick" : "full";
  const { rounds, part } = MODES[mode];
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    const alone = await oneProcess(folder, rounds, part);
    const together: { readonly processes: number; readonly figures: StateFigures }[] = [];
    for (const work of SHARED)
      for (const processes of PROCESSES)
        together.push({
          processes,
          figures: await manyProcesses(join(folder, `${work} ${processes}`), work, processes, part),
        });
    return {
      mode,
      method: [
        "What a call asks of a state store in a folder, for several callers at once in one process, and for several processes with 16 callers each on one folder. Beside them stands the limit: a bare write and fdatasync, one after another, in the same run. Rounds go through all of it in turn; figures are medians over the rounds. There is no target: what counts is the distance to that line.",
      ],
      tables: [
        { id: "alone", title: "One process", words: "", columns: COLUMNS, rows: alone.map((one) => rowOf(one)) },
        {
          id: "together",
          title: "Several processes on one folder, 16 callers in each",
          words: "Calls a second are those of all together.",
          columns: COLUMNS,
          rows: together.map(({ processes, figures }) => rowOf(figures, processes)),
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every work with every number of callers, round after round, so that what else the machine does hits all alike. */
async function oneProcess(folder: string, rounds: number, part: number): Promise<readonly StateFigures[]> {
  const store = await fileStore(join(folder, "alone"));
  const bare = await open(join(folder, "bare"), "w");
  try {
    const plans = [
      { work: bareWork(bare), callers: 1 },
      ...workOf(store, "alone").flatMap((work) => CALLERS.map((callers) => ({ work, callers }))),
    ];
    const found = plans.map((): StateFigures[] => []);
    for (let round = 0; round <= rounds; round += 1)
      for (const [i, { work, callers }] of plans.entries()) {
        const figures = await measure(work, callers, round === 0 ? part / 10 : part);
        if (round > 0) found[i]?.push(figures);
      }
    return found.map(middle);
  } finally {
    await store.close();
    await bare.close();
  }
}

async function manyProcesses(folder: string, work: string, processes: number, part: number): Promise<StateFigures> {
  const script = join(import.meta.dirname, "cell.js");
  const ran = await Promise.all(
    Array.from({ length: processes }, () => inProcess(script, [folder, "16", String(part), work], LIMIT_MS)),
  );
  const found = ran.map((one) => {
    if (!one.ok) throw new Error(`a process on the store: ${one.why}`);
    const figures: unknown = JSON.parse(one.line);
    if (!isFigures(figures)) throw new Error(`a process wrote ${one.line.slice(0, 200)}`);
    return figures;
  });
  return { ...middle(found), perSecond: found.reduce((sum, { perSecond }) => sum + perSecond, 0) };
}

/** The median of each figure. */
function middle(figures: readonly StateFigures[]): StateFigures {
  const of = (key: "perSecond" | "p50" | "p99"): number => median(figures.map((one) => one[key]));
  const { work, callers } = figures[0] ?? { work: "", callers: 0 };
  return { work, callers, perSecond: of("perSecond"), p50: of("p50"), p99: of("p99") };
}

const COLUMNS: readonly Column[] = [
  { name: "a second", unit: "rate", better: "higher" },
  { name: "median", unit: "time", better: "lower" },
  { name: "p99", unit: "time", better: "lower" },
];

function rowOf({ work, callers, perSecond, p50, p99 }: StateFigures, processes?: number): Row {
  const by = processes === undefined ? `${callers} ${callers === 1 ? "caller" : "callers"}` : `${processes} processes`;
  return {
    name: `${work}, ${by}`,
    kind: work.startsWith("bare") ? "limit" : "ours",
    cells: [{ value: perSecond }, { value: p50 * 1000 }, { value: p99 * 1000 }],
  };
}

function isFigures(figures: unknown): figures is StateFigures {
  return typeof figures === "object" && figures !== null && "perSecond" in figures && "p50" in figures;
}
