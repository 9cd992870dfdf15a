import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadDetector } from "@writ/runtime";
import type { Found } from "../results/suite-result.js";
import { readCorpus, type Sample } from "./corpus.js";
import { detectorsFound } from "./found.js";

/** What a detector said of a group of texts. */
export interface Group {
  readonly group: string;
  readonly injection: boolean;
  readonly flagged: number;
  readonly of: number;
}

/** Precision, recall and the share of benign texts that were flagged. */
export interface Scores {
  readonly groups: readonly Group[];
  readonly precision: number;
  readonly recall: number;
  readonly falsePositives: number;
}

/** Asks the detector `injection` of every sample. */
export async function score(samples: readonly Sample[]): Promise<Scores> {
  const detector = await loadDetector("injection");
  const groups = new Map<string, Group>();
  for (const { text, injection, group } of samples) {
    const key = `${String(injection)} ${group}`;
    const before = groups.get(key) ?? { group, injection, flagged: 0, of: 0 };
    const flagged = (await detector(text)).length > 0 ? 1 : 0;
    groups.set(key, { ...before, flagged: before.flagged + flagged, of: before.of + 1 });
  }
  const all = [...groups.values()];
  const sum = (injection: boolean, of: (group: Group) => number): number =>
    all.filter((group) => group.injection === injection).reduce((total, group) => total + of(group), 0);
  const right = sum(true, ({ flagged }) => flagged);
  const wrong = sum(false, ({ flagged }) => flagged);
  return {
    groups: all.toSorted((a, b) => Number(a.injection) - Number(b.injection) || a.group.localeCompare(b.group)),
    precision: right / (right + wrong),
    recall: right / sum(true, ({ of }) => of),
    falsePositives: wrong / sum(false, ({ of }) => of),
  };
}

/** `npm run bench -- detectors --data FILE...`: what the detector `injection` finds in texts that others labelled. */
export async function detectorsSuite(options: readonly string[]): Promise<Found | undefined> {
  const { values } = parseArgs({ args: [...options], options: { data: { type: "string", multiple: true } } });
  const files = values.data ?? process.env["WRIT_DETECTORS_DATA"]?.split(":") ?? [];
  if (files.length === 0) {
    process.stdout.write("detectors: SKIPPED, no texts: --data FILE, once or more (JSON a line: text, label, group)\n");
    return undefined;
  }
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`there is no file ${missing}`);
  const corpora = await Promise.all(files.map(readCorpus));
  const samples = corpora.flatMap((corpus) => corpus.samples);
  const left = corpora.reduce((sum, corpus) => sum + corpus.left, 0);
  return detectorsFound(await score(samples), left, samples.length);
}
