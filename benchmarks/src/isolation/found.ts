import { availableParallelism } from "node:os";
import { measured } from "../results/measured.js";
import type { Cell, Column, Found, Gap, Measured, Row, Table } from "../results/suite-result.js";
import type { TargetId } from "../targets/target-list.js";
import type { BenchTier, IsolationFigures } from "@writ/sandbox/bench";

/** A tier, and what was found of it or why nothing was. */
export interface IsolationCell {
  readonly tier: BenchTier;
  readonly figures?: IsolationFigures;
  readonly failed?: string;
  /** What to do to have it. */
  readonly remedy?: string;
}

const MS = 1e6;

/** The findings as tables and measured targets. What does not hold here is in them with the reason. */
export function isolationFound(mode: "full" | "quick", cells: readonly IsolationCell[]): Found {
  return {
    mode,
    method: [
      "A call is the program `n + 1`, in a sandbox that no other call used and none will. `cold` starts it for the call; `started before` it was, for this call and without a pool; `from the pool` it waited, one call at a time and the pool full; `8 at once` all find one that waited; `100 at once` go through a pool of 8, and beside a call's time stands that of all. `sustained` is what four callers get who never stop, which is what starting sandboxes allows. `one that waits` is proportional memory, with all its processes. The first sandbox of a process is not counted.",
    ],
    tables: [medians(cells), p99s(cells)],
    measured: cells.flatMap(measuredOf),
    gaps: cells.flatMap(gapOf),
  };
}

const faster = (name: string): Column => ({ name, unit: "time", better: "lower" });

function medians(cells: readonly IsolationCell[]): Table {
  return {
    id: "tiers",
    title: "What a call pays for its sandbox, in each tier that holds here: medians",
    words: "The last column is what the article that started this said of starting one.",
    columns: [
      ...["cold", "started before", "from the pool", "8 at once", "100 at once", "100 at once, all"].map(faster),
      { name: "sustained", unit: "rate", better: "higher" },
      { name: "one that waits", unit: "bytes", better: "lower" },
      { name: "the article", unit: "count" },
    ],
    rows: rowsOf(cells, ({ cold, started, pooled, eight, hundred, perSecond, memory }, { seed }) => [
      ...[cold, started, pooled, eight, hundred].map(({ median }) => ({ value: median * MS })),
      { value: hundred.all * MS },
      { value: perSecond },
      memory === undefined ? {} : { value: memory },
      seed === "" ? {} : { note: `${seed} ms` },
    ]),
    plot: { kind: "bars", column: 2 },
  };
}

function p99s(cells: readonly IsolationCell[]): Table {
  return {
    id: "p99",
    title: "The same: p99",
    words: "",
    columns: ["cold", "started before", "from the pool", "8 at once", "100 at once"].map(faster),
    rows: rowsOf(cells, ({ cold, started, pooled, eight, hundred }) =>
      [cold, started, pooled, eight, hundred].map(({ p99 }) => ({ value: p99 * MS })),
    ),
  };
}

function rowsOf(
  cells: readonly IsolationCell[],
  show: (figures: IsolationFigures, tier: BenchTier) => readonly Cell[],
): readonly Row[] {
  return cells.map(({ tier, figures, failed }) => ({
    name: tier.name,
    kind: "ours",
    cells: figures === undefined ? [{ note: `not measured: ${failed ?? "no figure"}` }] : show(figures, tier),
  }));
}

const REFILLED: Readonly<Record<string, TargetId>> = {
  process: "isolation.process-refill",
  wasm: "isolation.wasm-refill",
  container: "isolation.container-refill",
  gvisor: "isolation.gvisor-refill",
};

const POOLED: Readonly<Record<string, readonly [median: TargetId, p99: TargetId]>> = {
  process: ["isolation.process", "isolation.process-p99"],
  wasm: ["isolation.wasm", "isolation.wasm-p99"],
  container: ["isolation.container", "isolation.container-p99"],
  gvisor: ["isolation.gvisor", "isolation.gvisor-p99"],
};

function measuredOf({ tier: { name, program }, figures, failed }: IsolationCell): readonly Measured[] {
  const why = figures === undefined ? failed : undefined;
  const time = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms * MS);
  if (program === "python")
    return [
      measured("isolation.python-cold", time(figures?.cold.median), why),
      measured("isolation.python", time(figures?.pooled.median), why),
    ];
  const [median, p99] = POOLED[name] ?? [];
  const refill = REFILLED[name];
  return [
    ...(median === undefined ? [] : [measured(median, time(figures?.pooled.median), why)]),
    ...(p99 === undefined ? [] : [measured(p99, time(figures?.pooled.p99), why)]),
    ...(refill === undefined
      ? []
      : [measured(refill, figures === undefined ? undefined : figures.perSecond / availableParallelism(), why)]),
  ];
}

function gapOf({ tier: { name }, failed, remedy }: IsolationCell): readonly Gap[] {
  if (failed === undefined) return [];
  return [{ what: `tier ${name}`, why: failed, ...(remedy === undefined ? {} : { remedy }) }];
}
