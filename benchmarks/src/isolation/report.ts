import { aligned, duration, markdown, short, type Grid } from "../grid.js";
import { machineLine, type Machine } from "../machine.js";
import { targetGrid, type Target } from "../target.js";
import type { IsolationFigures, Times } from "./measure.js";
import type { Tier } from "./variants.js";

/** A tier, and what was found of it or why nothing was. */
export interface IsolationCell {
  readonly tier: Tier;
  readonly figures?: IsolationFigures;
  readonly failed?: string;
}

export interface IsolationResult {
  readonly machine: Machine;
  readonly mode: "full" | "quick";
  readonly cells: readonly IsolationCell[];
}

const time = (ms: number): string => duration(ms * 1e6);

export function isolationTargets(cells: readonly IsolationCell[]): readonly Target[] {
  return cells.flatMap(({ tier: { name, target }, figures }) =>
    target === undefined
      ? []
      : [
          {
            name: `${name}: from the pool, median`,
            measured: figures?.pooled.median,
            limit: target.median,
            show: time,
          },
          ...(target.p99 === undefined
            ? []
            : [{ name: `${name}: from the pool, p99`, measured: figures?.pooled.p99, limit: target.p99, show: time }]),
          ...(target.cold === undefined
            ? []
            : [{ name: `${name}: cold, median`, measured: figures?.cold.median, limit: target.cold, show: time }]),
        ],
  );
}

export function isolationGrid(cells: readonly IsolationCell[]): Grid {
  const both = ({ median, p99 }: Times): string => `${time(median)} / ${time(p99)}`;
  return [
    [
      "",
      "cold",
      "started before",
      "from the pool",
      "8 at once",
      "100 at once, all",
      "calls/s",
      "one that waits",
      "seed's figure",
    ],
    ...cells.map(({ tier, figures, failed }) =>
      figures === undefined
        ? [tier.name, "not measured", failed ?? ""]
        : [
            tier.name,
            both(figures.cold),
            both(figures.started),
            both(figures.pooled),
            both(figures.eight),
            `${both(figures.hundred)}, ${time(figures.hundred.all)}`,
            short(figures.perSecond),
            figures.memory === undefined ? "" : `${short(figures.memory / 1e6)} MB`,
            tier.seed === "" ? "" : `${tier.seed} ms`,
          ],
    ),
  ];
}

export function terminalReport({ cells }: IsolationResult): string {
  return [
    `Targets\n\n${aligned(targetGrid(isolationTargets(cells)))}`,
    `A call that adds one, median / p99\n\n${aligned(isolationGrid(cells))}`,
  ].join("\n\n");
}

export function markdownReport({ machine, mode, cells }: IsolationResult): string {
  return `# Isolation

${machineLine(machine)}. ${mode === "quick" ? "A quick run: few repetitions, for a look only." : "A full run."}

A call is the program \`n + 1\`, in a sandbox that no other call used and none will. \`cold\` starts it for the call; \`started before\`
it was, for this call and without a pool; \`from the pool\` it waited, one call at a time and the pool full; \`8 at once\` all find one that
waited; \`100 at once\` go through a pool of 8, and beside a call's time stands that of all. \`calls/s\` is what four callers get who
never stop, which is what starting sandboxes allows. \`one that waits\` is proportional memory, with all its processes.

## Targets

${markdown(targetGrid(isolationTargets(cells)))}

## Tiers

${markdown(isolationGrid(cells))}
`;
}
