import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadEngines } from "@writ/ir/values";
import { readJsonLines } from "../json-lines.js";
import type { Found, Gap } from "../results/suite-result.js";
import { compareCommands, comparePrograms } from "./commands.js";
import type { Comparison, Figure } from "./comparison.js";
import { compareInjected } from "./injected.js";
import { typesFound } from "./found.js";
import { comparePaths } from "./paths.js";
import { compareDialects, compareStatements } from "./sql.js";
import { compareConformance, compareHosts } from "./urls.js";

/** What is made of each file of the folder that `--data` names. */
const FILES: Readonly<Record<string, (rows: readonly object[]) => readonly Comparison[]>> = {
  url_conformance_wpt: (rows) => [compareConformance(rows)],
  urls: (rows) => [compareHosts(rows)],
  paths: (rows) => [comparePaths(rows)],
  sql_statements: (rows) => [compareStatements(rows), compareDialects(rows)],
  sqli_payloads: compareInjected,
  shell_commands: (rows) => [compareCommands(rows), comparePrograms(rows)],
};

/** `npm run bench -- types --data DIR`: what the semantic types make of corpora that others labelled. */
export async function typesSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { data: { type: "string" } } });
  const folder = values.data ?? process.env["WRIT_TYPES_DATA"];
  const comparisons: Comparison[] = [];
  const gaps: Gap[] = [];
  await loadEngines({ patterns: true, domains: true, commands: true, sql: true });
  for (const [name, compare] of Object.entries(FILES)) {
    const file =
      folder === undefined
        ? undefined
        : [`${name}.jsonl.gz`, `${name}.jsonl`].map((one) => join(folder, one)).find((one) => existsSync(one));
    if (file === undefined) {
      gaps.push({
        what: name,
        why: "SKIPPED, there is no such corpus",
        remedy: `--data DIR, which holds ${name}.jsonl.gz`,
      });
      continue;
    }
    const { objects, left } = await readJsonLines(file);
    if (left > 0) gaps.push({ what: name, why: `${left} lines hold no object and were left out` });
    comparisons.push(...compare(objects));
  }
  if (comparisons.length > 0) process.stdout.write(`${comparisons.map(shown).join("\n\n")}\n`);
  return typesFound(comparisons, gaps);
}

/** A comparison as a terminal shows it. */
export function shown({ corpus, question, rows, classes, figures }: Comparison): string {
  return [
    `${corpus}: ${rows} rows`,
    `  ${question}`,
    ...figures.map(line),
    ...classes.map(
      ({ verdict, name, count, example }) =>
        `  ${String(count).padStart(6)}  ${verdict.padEnd(9)} ${name}\n${" ".repeat(18)}${JSON.stringify(example).slice(0, 140)}`,
    ),
  ].join("\n");
}

function line({ name, hits, of, share }: Figure): string {
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const bounds = share === undefined ? "-" : `${percent(share.value)}  [${percent(share.low)}, ${percent(share.high)}]`;
  return `  ${name.padEnd(58)}${`${hits} of ${of}`.padStart(14)}  ${bounds}`;
}
