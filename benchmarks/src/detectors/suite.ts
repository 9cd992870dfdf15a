import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadDetector } from "@writ/runtime";
import { wilson } from "@writ/testing";
import { machine } from "../machine.js";
import { writeResult } from "../result.js";
import { readCorpus, type Sample } from "./corpus.js";

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
export async function detectorsSuite(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...options], options: { data: { type: "string", multiple: true } } });
  const files = values.data ?? process.env["WRIT_DETECTORS_DATA"]?.split(":") ?? [];
  if (files.length === 0) {
    process.stdout.write("detectors: SKIPPED, no texts: --data FILE, once or more (JSON a line: text, label, group)\n");
    return;
  }
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`there is no file ${missing}`);
  const corpora = await Promise.all(files.map(readCorpus));
  const samples = corpora.flatMap((corpus) => corpus.samples);
  const left = corpora.reduce((sum, corpus) => sum + corpus.left, 0);
  if (left > 0) process.stdout.write(`detectors: ${left} lines are no labelled texts and were left out\n`);
  const scores = await score(samples);
  process.stdout.write(`${table(scores)}\n`);
  await writeResult("detectors.json", { format: "writ.bench.detectors/1", machine: machine(), left, ...scores });
}

function table({ groups, precision, recall, falsePositives }: Scores): string {
  const percent = (part: number): string => (Number.isNaN(part) ? "-" : `${(100 * part).toFixed(1)} %`);
  const lines = groups.map(({ group, injection, flagged, of }) => {
    const share = wilson(flagged, of);
    const name = `${injection ? "injection" : "benign   "}  ${group}`;
    return `${name.padEnd(64)}${`${flagged} of ${of}`.padStart(14)}  ${percent(flagged / of).padStart(8)}  [${percent(share?.low ?? 0)}, ${percent(share?.high ?? 1)}]`;
  });
  return [
    "the detector injection                                            flagged",
    ...lines,
    "",
    `precision ${percent(precision)}, recall ${percent(recall)}, benign texts flagged ${percent(falsePositives)}`,
  ].join("\n");
}
