import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { docsPage, PUBLISHED } from "./docs/page.js";
import { htmlReport } from "./html/report.js";
import { comparisonText, compareRuns } from "./results/compare.js";
import { OUT } from "./results/contribute.js";
import { collect, runJson, type RunResult } from "./results/run-result.js";
import { standings, tally } from "./targets/standing.js";

export interface ReportOptions {
  /** An older run, to compare with. */
  readonly old: RunResult | undefined;
  /** Whether the committed page and its figures are written anew. */
  readonly docs: boolean;
}

/** Puts together what suites found into one JSON file and one HTML file, and says where they are. */
export async function writeReports({ old, docs }: ReportOptions): Promise<void> {
  const run = await collect(OUT);
  const compared = old === undefined ? undefined : compareRuns(old, run);
  await mkdir(OUT, { recursive: true });
  const [results, report] = [join(OUT, "results.json"), join(OUT, "report.html")];
  const text = runJson(run);
  await writeFile(results, text);
  await writeFile(report, htmlReport(run, compared));
  if (compared !== undefined) process.stdout.write(`\n${comparisonText(compared)}\n`);
  const { met, "NOT MET": missed, "not measured": none } = tally(standings(run.suites));
  process.stdout.write(
    `\ntargets: ${met} met, ${missed} NOT MET, ${none} not measured\nresults: ${results}\nreport:  ${report}\n`,
  );
  if (!docs) return;
  await writeFile(PUBLISHED.figures, text);
  await writeFile(PUBLISHED.page, docsPage(run));
  process.stdout.write(`page:    ${PUBLISHED.page}, of ${PUBLISHED.figures}\n`);
}
