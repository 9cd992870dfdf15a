import { measured } from "../results/measured.js";
import type { Found, Measured, Series, Table } from "../results/suite-result.js";
import type { GuardFigures } from "./measure.js";
import { growth, type Soak } from "./soak.js";
import { VARIANTS, type Variant } from "./variants.js";

export interface GuardCell {
  readonly variant: Variant;
  readonly figures?: GuardFigures;
  readonly failed?: string;
}

/** What a run found. */
export interface GuardFound {
  readonly mode: "full" | "quick";
  readonly cells: readonly GuardCell[];
  readonly soak: Soak;
  readonly versions: Readonly<Record<string, string>>;
}

const US = 1000;
/** What a session of the target has. */
const LONG = 10_000;

/** The findings as tables, lines and measured targets. */
export function guardFound({ mode, cells, soak, versions }: GuardFound): Found {
  return {
    mode,
    method: [
      "A call goes the whole way: read, decided, limits reserved, intent recorded, an empty tool run, outcome recorded. `added` is what stands around the tool: the median of single calls, less the median of the bare tool, timed in turns; the spread is the tenth and ninetieth percentile of rounds. `processor` is the processor's time of a call in all threads: on a busy machine it says more. Each variant runs in a process of its own, on calls drawn with a fixed seed, and is warm: 16,000 calls come before the first that counts, or as many as there are in eight seconds.",
      "Peers stand around the same tool with 100 rules and with what they offer: most decide and record nothing. Microsoft's toolkit also has a log in memory, which is what its own client does; Writ's rows record the intent before and the outcome after each call.",
    ],
    versions,
    tables: [tableOf(cells)],
    series: seriesOf(soak),
    measured: measuredOf(cells, soak),
    gaps: cells.flatMap(({ variant, failed }) => (failed === undefined ? [] : [{ what: variant.name, why: failed }])),
    notes: [...decidedNote(cells), ...syncNote(cells)],
  };
}

function tableOf(cells: readonly GuardCell[]): Table {
  return {
    id: "around",
    title: "Around a call of a tool that does nothing",
    words: "Calls a second are given for so many in flight.",
    columns: [
      { name: "added, median", unit: "time", better: "lower" },
      { name: "p99", unit: "time", better: "lower" },
      { name: "processor", unit: "time", better: "lower" },
      { name: "1 in flight", unit: "rate", better: "higher" },
      { name: "10", unit: "rate", better: "higher" },
      { name: "100", unit: "rate", better: "higher" },
    ],
    rows: cells.map(({ variant, figures, failed }) => ({
      name: variant.name,
      kind: variant.kind === "peer" ? (variant.name.startsWith("hand-written") ? "limit" : "peer") : "ours",
      cells:
        figures === undefined
          ? [{ note: `given up: ${failed ?? "no figure"}` }]
          : [
              { value: figures.added * US, low: figures.addedLow * US, high: figures.addedHigh * US },
              { value: figures.p99 * US },
              { value: figures.cpu * US },
              ...figures.inFlight.map(({ perSecond }) => ({ value: perSecond })),
            ],
    })),
    plot: { kind: "bars", column: 0 },
  };
}

function seriesOf({ samples, calls }: Soak): readonly Series[] {
  return [
    {
      id: "heap",
      title: `Heap over a session of ${calls} calls, after garbage collection: labels, limits and history on, the log in files`,
      x: "calls",
      unit: "bytes",
      points: samples.map((sample) => [sample.calls, sample.heapMb * 1e6] as const),
    },
    {
      id: "time",
      title: `Processor's time of a call over that session`,
      x: "calls",
      unit: "time",
      points: samples.map((sample) => [sample.calls, sample.microseconds * US] as const),
    },
  ];
}

/** What is durable has a disk in it: what it adds to one bare write and fdatasync is promised. */
function measuredOf(cells: readonly GuardCell[], soak: Soak): readonly Measured[] {
  const [rules, session, , , durable] = VARIANTS.map(
    (variant) => cells.find((cell) => cell.variant === variant)?.figures,
  );
  const time = (us: number | undefined): number | undefined => (us === undefined ? undefined : us * US);
  const short = soak.calls === LONG ? undefined : `of ${soak.calls} calls in this run`;
  return [
    measured("guard.rules", time(rules?.added)),
    measured("guard.rules-p99", time(rules?.p99)),
    measured("guard.session", time(session?.added)),
    measured("guard.session-p99", time(session?.p99)),
    measured("decision.session", time(session?.decided), "a check by the session, and two limits taken"),
    measured("guard.durable", durable?.sync === undefined ? undefined : time(durable.added - durable.sync)),
    measured(
      "guard.heap",
      growth(soak, ({ heapMb }) => heapMb),
      short,
    ),
    measured(
      "guard.growth",
      growth(soak, ({ microseconds }) => microseconds),
      short,
    ),
  ];
}

function decidedNote(cells: readonly GuardCell[]): readonly string[] {
  return cells.flatMap(({ variant, figures }) =>
    figures?.decided === undefined
      ? []
      : [
          `${variant.name}: a decision alone ${figures.decided.toFixed(2)} us, median. A call is checked (\`session.check\`: read, its labels found, decided with the history of the session) and two limits are reserved and committed in the same store; then it is made, which is not timed. Nothing of it is a record.`,
        ],
  );
}

function syncNote(cells: readonly GuardCell[]): readonly string[] {
  return cells.flatMap(({ figures }) =>
    figures?.sync === undefined
      ? []
      : [
          `One write of 400 bytes and one fdatasync, in turns with the durable calls: ${Math.round(figures.sync)} us, median. A durable call has one fdatasync too, of its intent; its outcome is written and not waited for on the disk.`,
        ],
  );
}
