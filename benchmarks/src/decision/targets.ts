import { duration, short } from "../grid.js";
import type { Target } from "../target.js";
import type { Cell } from "./cells.js";
import type { ImportCost } from "./import-cost.js";
import type { CellFigures } from "./measure.js";
import { hand } from "./engines/hand.js";
import { writ } from "./engines/writ.js";

/** What is promised of a decision. A figure that the run did not take is not met. */
export function decisionTargets(cells: readonly Cell[], imports: readonly ImportCost[]): readonly Target[] {
  const of = (rules: number, shape: Cell["workload"]["shape"] = "spread"): CellFigures | undefined =>
    cells.find(({ engine, workload }) => engine === writ && workload.rules === rules && workload.shape === shape)
      ?.figures;
  const [ten, hundred, thousand, many] = [of(10), of(100), of(1000), of(10_000)];
  const bundled = imports.find(({ name }) => name === "@writ/runtime");
  const times = (value: number): string => `${short(value)}x`;
  const milliseconds = (value: number): string => `${short(value)} ms`;
  return [
    { name: "100 rules, warm", measured: hundred?.ns, limit: 150, show: duration },
    { name: "100 rules, warm, to hand-written", measured: hundred?.ratio, limit: 3.2, show: times },
    {
      name: "10,000 rules, warm, to 10 rules",
      measured: ten === undefined || many === undefined ? undefined : many.ns / ten.ns,
      limit: 2.5,
      show: times,
      ...(ten === undefined || many === undefined
        ? {}
        : { note: `hand-written in the same processes: ${times(many.hand / ten.hand)}` }),
    },
    { name: "10,000 rules on one tool, warm", measured: of(10_000, "dense")?.ns, limit: 500, show: duration },
    { name: "first decision of a process, 100 rules", measured: hundred?.first, limit: 250_000, show: duration },
    { name: "calls 11 to 100, mean, 100 rules", measured: hundred?.early, limit: 2000, show: duration },
    { name: "loading 1,000 rules", measured: thousand?.loadMs, limit: 5, show: milliseconds },
    { name: "loading 10,000 rules", measured: many?.loadMs, limit: 60, show: milliseconds },
    {
      name: "memory of 10,000 rules, after decoding",
      measured: many === undefined ? undefined : many.heapMb + many.outsideMb,
      limit: 4,
      show: (value) => `${short(value)} MB`,
      ...(many === undefined ? {} : { note: `once every tool was called: ${short(many.usedMb)} MB` }),
    },
    { name: `import "@writ/runtime"`, measured: bundled?.ms, limit: 10, show: milliseconds },
    {
      name: "its size, minified and gzipped",
      measured: bundled?.bundled === undefined ? undefined : bundled.bundled.bytes / 1000,
      limit: 60,
      show: (value) => `${short(value)} KB`,
    },
    {
      name: "cells where a peer is faster",
      measured: cells.some(isPeer) ? ahead(cells).length : undefined,
      limit: 0,
      show: (value) => String(value),
    },
  ];
}

/** The cells in which a peer decides faster than Writ. What is hand-written is the limit, not a peer. */
export function ahead(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter((cell) => {
    const { workload, figures } = cell;
    if (!isPeer(cell) || figures === undefined) return false;
    const ours = cells.find(
      (other) =>
        other.engine === writ && other.workload.rules === workload.rules && other.workload.shape === workload.shape,
    )?.figures;
    return ours === undefined || figures.ns < ours.ns;
  });
}

function isPeer({ engine }: Cell): boolean {
  return engine !== writ && engine !== hand;
}
