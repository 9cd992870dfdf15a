import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { standings } from "../targets/standing.js";
import { BadResult, listOf, objectAt, textAt } from "./json-shape.js";
import { readSuite } from "./read-result.js";
import { RESULT_FORMAT, type SuiteResult } from "./suite-result.js";

/** What a run of several suites found, or of suites that were run one by one. */
export interface RunResult {
  readonly suites: readonly SuiteResult[];
}

/** In the order of a report; suites that are not named here come after them. */
const ORDER = [
  "decision",
  "guard",
  "audit",
  "state",
  "frameworks",
  "language",
  "isolation",
  "escapes",
  "soak",
  "agents",
  "detectors",
  "tau",
  "types",
  "schemas",
];

/** Puts together what each suite found when it was last run. */
export async function collect(out: string): Promise<RunResult> {
  const folder = join(out, "suites");
  const files = (await names(folder)).filter((name) => name.endsWith(".json"));
  const suites = await Promise.all(files.map(async (name) => readSuite(await json(join(folder, name)), name)));
  return { suites: suites.toSorted((a, b) => place(a) - place(b) || a.suite.localeCompare(b.suite)) };
}

function place({ suite }: SuiteResult): number {
  const at = ORDER.indexOf(suite);
  return at < 0 ? ORDER.length : at;
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** The one file of a run: what was found, and how every target stands. */
export function runJson({ suites }: RunResult): string {
  const targets = standings(suites).map(({ target, ...standing }) => Object.assign(standing, target));
  return `${JSON.stringify({ format: RESULT_FORMAT, suites, targets }, undefined, 1)}\n`;
}

/** Reads a run's file. Throws a {@link BadResult} where it is none: an older shape is not compared with. */
export async function readRun(file: string): Promise<RunResult> {
  const from = objectAt(await json(file), file);
  const format = textAt(from["format"], `${file}: format`);
  if (format !== RESULT_FORMAT) throw new BadResult(`${file}: format`, `${RESULT_FORMAT}, and no ${format}`);
  return { suites: listOf(readSuite)(from["suites"], `${file}: suites`) };
}

async function json(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new BadResult(file, `a file to read (${error instanceof Error ? error.message : "unknown"})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadResult(file, "JSON");
  }
}
