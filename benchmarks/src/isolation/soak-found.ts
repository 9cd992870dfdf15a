import { measured } from "../results/measured.js";
import type { Found, Row, Table } from "../results/suite-result.js";
import type { EngineLeft } from "./engine-left.js";
import type { Counts, Soaked } from "./soak.js";

/** What was found of a tier, or why nothing was. */
export type TierSoaked =
  | ({ readonly tier: string } & Soaked)
  | { readonly tier: string; readonly why: string; readonly remedy?: string };

export interface SoakResult {
  readonly minutes: number;
  readonly tiers: readonly TierSoaked[];
  readonly engine: { readonly before: EngineLeft; readonly after: EngineLeft };
}

const NUMBERS = ["processes", "descriptors", "groups", "mounts", "files", "containers"] as const;
const MEMORY = ["heap", "external", "resident"] as const;
/** Of memory a tenth, or so many megabytes, is within what one moment differs from the next. */
const SLACK_MB = 8;
/** Connections to an engine that are kept open for the next question, for some seconds. */
const SLACK_DESCRIPTORS = 3;

/** What grew from the second sample to the last, and what is left after the end. */
export function grown({ samples, started, closed }: Soaked): readonly string[] {
  const [, second] = samples;
  const last = samples.at(-1);
  if (second === undefined || last === undefined) return ["too few samples"];
  const more = (names: readonly (keyof Counts)[], before: Counts, after: Counts, when: string): string[] =>
    names
      .filter((name) => after[name] > before[name] + slack(name, before))
      .map((name) => `${name} ${when}: ${round(before[name])} to ${round(after[name])}`);
  return [
    ...more([...NUMBERS, ...MEMORY], second, last, "while it ran"),
    // What a process has once it has run anything stays, so memory and descriptors are not compared with the start.
    ...more(
      NUMBERS.filter((name) => name !== "descriptors"),
      started,
      closed,
      "after the end",
    ),
  ];
}

function slack(name: keyof Counts, before: Counts): number {
  if (name === "descriptors") return SLACK_DESCRIPTORS;
  return MEMORY.some((one) => one === name) ? Math.max(SLACK_MB, before[name] / 10) : 0;
}

/** The minutes that are promised. */
const PROMISED = 10;

/** The findings: a table a tier, and a line that says what became of it, the verdict. */
export function soakFound({ minutes, tiers, engine }: SoakResult): Found {
  const ran = tiers.filter(isSoaked);
  const grew = ran.flatMap((tier) => grown(tier).map((line) => `${tier.tier}: ${line}`));
  const odd = ran.flatMap((tier) => Object.entries(tier.odd).map(([what, times]) => `${what} (${times})`));
  const left = leftOf(engine);
  const all = [...grew, ...left.map((line) => `engine: ${line}`), ...odd];
  const named = [
    ...all,
    `${minutes} minutes in ${ran.map(({ tier }) => tier).join(", ")}`,
    ...(minutes < PROMISED ? [`shorter than the ${PROMISED} promised`] : []),
  ];
  return {
    method: [
      `Calls that end in every way there is (done, failed, out of time, of memory, of output, aborted) for ${minutes} minutes, two at once; each tier in a process of its own, all at the same time. What is there is counted when nothing runs; what grew is told against the second sample, what is left against the start.`,
    ],
    tables: ran.map(table),
    measured: [measured("isolation.soak", ran.length === 0 ? undefined : all.length, named.join("; "))],
    gaps: tiers.flatMap((tier) =>
      isSoaked(tier)
        ? []
        : [{ what: `tier ${tier.tier}`, why: tier.why, ...(tier.remedy === undefined ? {} : { remedy: tier.remedy }) }],
    ),
    notes: [
      ...ran.map(verdict),
      left.length === 0 ? "engine: nothing is left" : `engine: LEFT after the end: ${left.join("; ")}`,
    ],
  };
}

type Ran = Extract<TierSoaked, Soaked>;

function isSoaked(tier: TierSoaked): tier is Ran {
  return "samples" in tier;
}

function leftOf({ before, after }: SoakResult["engine"]): readonly string[] {
  return [
    ...(after.mounts > before.mounts ? [`mounts ${before.mounts} to ${after.mounts}`] : []),
    ...(after.groups > before.groups ? [`groups ${before.groups} to ${after.groups}`] : []),
  ];
}

function verdict(tier: Ran): string {
  const growth = grown(tier);
  const odd = Object.entries(tier.odd).map(([what, times]) => `${what} (${times})`);
  const calls = tier.samples.at(-1)?.calls ?? 0;
  return [
    `${tier.tier}: ${calls} calls`,
    growth.length === 0 ? "nothing grew and nothing is left" : `GROWN: ${growth.join("; ")}`,
    odd.length === 0 ? "every call ended as it must" : `ENDED OTHERWISE: ${odd.join("; ")}`,
  ].join("; ");
}

function table({ tier, samples, started, closed }: Ran): Table {
  const row = (name: string, calls: number | undefined, all: Counts): Row => ({
    name,
    kind: "ours",
    cells: [
      calls === undefined ? {} : { value: calls },
      ...NUMBERS.map((counted) => ({ value: all[counted] })),
      ...MEMORY.map((counted) => ({ value: all[counted] * 1e6 })),
    ],
  });
  return {
    id: tier,
    title: `${tier}: what was there when nothing ran`,
    words: "",
    columns: [
      { name: "calls", unit: "count" },
      ...NUMBERS.map((name) => ({ name, unit: "count" }) as const),
      ...MEMORY.map((name) => ({ name, unit: "bytes" }) as const),
    ],
    rows: [
      row("before", undefined, started),
      ...samples.map((sample) => row(`${sample.minutes.toFixed(1)} min`, sample.calls, sample)),
      row("closed", undefined, closed),
    ],
  };
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
