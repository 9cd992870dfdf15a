import { join } from "node:path";
import { parseArgs } from "node:util";
import { inProcess } from "../child.js";
import { aligned, type Grid } from "../grid.js";
import { machine, machineLine } from "../machine.js";
import { writeResult } from "../result.js";
import type { Counts, Soaked } from "./soak.js";

interface Found extends Soaked {
  readonly tiers: readonly string[];
  readonly missing: readonly string[];
}

const SAMPLES = 10;
const COUNTED = ["processes", "descriptors", "groups", "mounts", "files", "heap", "resident"] as const;
/** Of memory a tenth, or so many megabytes, is within what one moment differs from the next. */
const SLACK_MB = 8;

/** `npm run bench -- soak [--minutes 10] [--only TIER]`: calls that end in every way, and what is left of them. */
export async function soakSuite(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { minutes: { type: "string" }, only: { type: "string" } },
  });
  const minutes = Number(values.minutes ?? "10");
  if (!(minutes > 0)) throw new Error("--minutes takes a number above 0");
  const on = machine();
  process.stdout.write(`soak: ${machineLine(on)}\n\n`);
  const script = join(import.meta.dirname, "soak-cell.js");
  const ran = await inProcess(script, [String(minutes), String(SAMPLES), values.only ?? ""], (minutes + 10) * 60_000);
  if (!ran.ok) throw new Error(`the soak of ${minutes} minutes: ${ran.why}`);
  const found: unknown = JSON.parse(ran.line);
  if (!isFound(found)) throw new Error(`the soak wrote ${ran.line.slice(0, 200)}`);
  process.stdout.write(`${soakReport(found)}\n`);
  await writeResult("soak.json", { format: "writ.bench.soak/1", suite: "soak", machine: on, minutes, ...found });
}

/** What grew from the second sample to the last, and what is left after the end. */
export function grown({ samples, started, closed }: Pick<Found, "samples" | "started" | "closed">): readonly string[] {
  const [, second] = samples;
  const last = samples.at(-1);
  if (second === undefined || last === undefined) return ["too few samples"];
  const more = (before: Counts, after: Counts, when: string): string[] =>
    COUNTED.filter((name) => after[name] > before[name] + slack(name, before)).map(
      (name) => `${name} ${when}: ${round(before[name])} to ${round(after[name])}`,
    );
  // What a process has once it has run anything stays, so memory is not compared with the start.
  const left = more(started, closed, "after the end").filter((line) => !/^(heap|resident|descriptors)/.test(line));
  return [...more(second, last, "while it ran"), ...left];
}

function slack(name: (typeof COUNTED)[number], before: Counts): number {
  return name === "heap" || name === "resident" ? Math.max(SLACK_MB, before[name] / 10) : 0;
}

export function soakReport(found: Found): string {
  const row = (name: string, calls: string, all: Counts): string[] => [
    name,
    calls,
    ...COUNTED.map((counted) => round(all[counted])),
  ];
  const grid: Grid = [
    ["", "calls", ...COUNTED.slice(0, 5), "heap MB", "resident MB"],
    row("before", "", found.started),
    ...found.samples.map((sample) => row(`${sample.minutes.toFixed(1)} min`, String(sample.calls), sample)),
    row("closed", "", found.closed),
  ];
  const odd = Object.entries(found.odd).map(([what, times]) => `${what} (${times})`);
  const growth = grown(found);
  return [
    `In ${found.tiers.join(", ")}, four at once; counted when nothing ran`,
    aligned(grid),
    growth.length === 0 ? "Nothing grew, and nothing is left." : `GROWN: ${growth.join("; ")}`,
    odd.length === 0 ? "Every call ended as it must." : `Ended otherwise than meant: ${odd.join("; ")}`,
    ...found.missing.map((line) => `Not in it: ${line}`),
  ].join("\n\n");
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function isFound(found: unknown): found is Found {
  return typeof found === "object" && found !== null && "samples" in found && "closed" in found && "tiers" in found;
}
