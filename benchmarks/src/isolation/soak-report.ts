import { aligned, type Grid } from "../grid.js";
import type { EngineLeft } from "./engine-left.js";
import type { Counts, Soaked } from "./soak.js";

/** What was found of a tier, or why nothing was. */
export type TierSoaked = ({ readonly tier: string } & Soaked) | { readonly tier: string; readonly why: string };

export interface SoakResult {
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

/** A table and a line a tier that says what became of it, the verdict. */
export function soakReport({ tiers, engine }: SoakResult): string {
  const left = [
    ...(engine.after.mounts > engine.before.mounts ? [`mounts ${engine.before.mounts} to ${engine.after.mounts}`] : []),
    ...(engine.after.groups > engine.before.groups ? [`groups ${engine.before.groups} to ${engine.after.groups}`] : []),
  ];
  return [
    "Counted when nothing ran; each tier in a process of its own, two calls at once",
    ...tiers.flatMap((tier) => ("samples" in tier ? [`${tier.tier}\n\n${aligned(table(tier))}`] : [])),
    [
      ...tiers.map(verdict),
      left.length === 0 ? "engine: nothing is left" : `engine: LEFT after the end: ${left.join("; ")}`,
    ].join("\n"),
  ].join("\n\n");
}

function verdict(tier: TierSoaked): string {
  if (!("samples" in tier)) return `${tier.tier}: not in it: ${tier.why}`;
  const growth = grown(tier);
  const odd = Object.entries(tier.odd).map(([what, times]) => `${what} (${times})`);
  const calls = tier.samples.at(-1)?.calls ?? 0;
  return [
    `${tier.tier}: ${calls} calls`,
    growth.length === 0 ? "nothing grew and nothing is left" : `GROWN: ${growth.join("; ")}`,
    odd.length === 0 ? "every call ended as it must" : `ENDED OTHERWISE: ${odd.join("; ")}`,
  ].join("; ");
}

function table({ samples, started, closed }: Soaked): Grid {
  const row = (name: string, calls: string, all: Counts): string[] => [
    name,
    calls,
    ...[...NUMBERS, ...MEMORY].map((counted) => round(all[counted])),
  ];
  return [
    ["", "calls", ...NUMBERS, ...MEMORY.map((name) => `${name} MB`)],
    row("before", "", started),
    ...samples.map((sample) => row(`${sample.minutes.toFixed(1)} min`, String(sample.calls), sample)),
    row("closed", "", closed),
  ];
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
