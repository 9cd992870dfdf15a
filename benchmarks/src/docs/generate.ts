import { readFile, writeFile } from "node:fs/promises";
import { readRun, runJson } from "../results/run-result.js";
import { docsPage, PUBLISHED } from "./page.js";

/** Writes the page anew from the figures that are kept; with `--check` says whether it is as it would be written. */
async function main(check: boolean): Promise<number> {
  const run = await readRun(PUBLISHED.figures);
  const made = [
    [PUBLISHED.page, docsPage(run)],
    [PUBLISHED.figures, runJson(run)],
  ] as const;
  let stale = 0;
  for (const [file, text] of made) {
    if ((await readFile(file, "utf8").catch(() => undefined)) === text) continue;
    stale += 1;
    if (check) process.stderr.write(`${file} is not what its figures give: npm run generate\n`);
    else await writeFile(file, text);
  }
  return check && stale > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes("--check"));
