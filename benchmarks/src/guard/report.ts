import { ascii, type Graph } from "../graph.js";
import { aligned, duration, markdown, short, type Grid } from "../grid.js";
import { machineLine, type Machine } from "../machine.js";
import { targetGrid, type Target } from "../target.js";
import type { GuardFigures } from "./measure.js";
import { growth, type Soak } from "./soak.js";
import { VARIANTS, type Variant } from "./variants.js";

export interface GuardCell {
  readonly variant: Variant;
  readonly figures?: GuardFigures;
  readonly failed?: string;
}

/** What a run found. */
export interface GuardResult {
  readonly machine: Machine;
  readonly mode: "full" | "quick";
  readonly cells: readonly GuardCell[];
  readonly soak: Soak;
}

/** What is promised of a guard. What is durable has a disk in it: what it adds to one bare fdatasync is promised. */
export function guardTargets({ cells, soak }: Pick<GuardResult, "cells" | "soak">): readonly Target[] {
  const [rules, session, , , durable] = VARIANTS.map(
    (variant) => cells.find((cell) => cell.variant === variant)?.figures,
  );
  const time = (value: number): string => duration(value * 1000);
  const times = (value: number): string => `${value.toFixed(2)}x`;
  return [
    { name: "100 rules, in memory: added, median", measured: rules?.added, limit: 2.5, show: time },
    { name: "100 rules, in memory: added, p99", measured: rules?.p99, limit: 50, show: time },
    { name: "labels, limits, history, in memory: added, median", measured: session?.added, limit: 10, show: time },
    { name: "labels, limits, history, in memory: added, p99", measured: session?.p99, limit: 50, show: time },
    {
      name: "durable before the effect: added to one write and fdatasync, median",
      measured: durable?.sync === undefined ? undefined : durable.added - durable.sync,
      limit: 50,
      show: time,
    },
    {
      name: `heap of a session, last to second fifth of ${soak.calls} calls`,
      ...flat(soak, ({ heapMb }) => heapMb),
      show: times,
    },
    {
      name: `processor's time of a call, last to second fifth of ${soak.calls} calls`,
      ...flat(soak, ({ microseconds }) => microseconds),
      show: times,
    },
  ];
}

/** A tenth is within what a run differs from the next. */
function flat(soak: Soak, of: Parameters<typeof growth>[1]): Pick<Target, "measured" | "limit"> {
  return { measured: growth(soak, of), limit: 1.1 };
}

/** The two graphs of the long session. */
export function graphs({ samples, calls }: Soak): { readonly heap: Graph; readonly time: Graph } {
  return {
    heap: {
      title: `Heap over a session of ${calls} calls, after garbage collection`,
      x: "calls",
      y: "MB",
      points: samples.map((sample) => [sample.calls, sample.heapMb] as const),
    },
    time: {
      title: `Processor's time of a call over a session of ${calls} calls`,
      x: "calls",
      y: "us",
      points: samples.map((sample) => [sample.calls, sample.microseconds] as const),
    },
  };
}

export function guardGrid(cells: readonly GuardCell[]): Grid {
  return [
    ["", "added, median", "p99", "processor", "1 in flight", "10", "100"],
    ...cells.map(({ variant, figures }) =>
      figures === undefined
        ? [variant.name, "given up"]
        : [variant.name, ...[figures.added, figures.p99, figures.cpu].map((time) => duration(time * 1000))].concat(
            figures.inFlight.map(({ perSecond }) => `${short(perSecond)}/s`),
          ),
    ),
  ];
}

/** The tables for a terminal. */
export function terminalReport(result: GuardResult): string {
  const { heap, time } = graphs(result.soak);
  return [
    `Targets\n\n${aligned(targetGrid(guardTargets(result)))}`,
    `Around a call of a tool that does nothing\n\n${aligned(guardGrid(result.cells))}`,
    ascii(heap),
    ascii(time),
    ...given(result.cells),
  ].join("\n\n");
}

/** The report, as Markdown; the graphs lie beside it. */
export function markdownReport(result: GuardResult): string {
  const { heap, time } = graphs(result.soak);
  const sync = result.cells.find(({ figures }) => figures?.sync !== undefined)?.figures?.sync;
  return `# A guard around a call

${machineLine(result.machine)}. ${result.mode === "quick" ? "A quick run: few repetitions, for a look only." : "A full run."}

A call goes the whole way: read, decided, limits reserved, intent recorded, an empty tool run, outcome recorded. \`added\` is what
stands around the tool: the median of single calls, the median of the bare tool, timed in turns, taken off. \`processor\` is the
processor's time of a call in all threads: on a busy machine it says more. Peers decide and run the tool; they record nothing.

## Targets

${markdown(targetGrid(guardTargets(result)))}

## Around a call of a tool that does nothing

${markdown(guardGrid(result.cells))}

${sync === undefined ? "" : `One write of 400 bytes and one fdatasync, in turns with the durable calls: ${duration(sync * 1000)}, median.\n`}
## A long session

Labels of values, readers, limits and history on, the log in files; nine of ten calls read a record with texts of its own, the
tenth writes a mail.

![heap](guard-heap.svg)

\`\`\`text
${ascii(heap)}
\`\`\`

![time](guard-time.svg)

\`\`\`text
${ascii(time)}
\`\`\`
${given(result.cells)
  .map((line) => `\n- ${line}`)
  .join("")}
`;
}

function given(cells: readonly GuardCell[]): readonly string[] {
  return cells.flatMap(({ variant, failed }) =>
    failed === undefined ? [] : [`${variant.name}: given up, ${failed}.`],
  );
}
