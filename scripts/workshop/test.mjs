import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { run, workshopEnvironment } from "./exec.mjs";
import { bin, root, workshopFolder } from "./places.mjs";
import { say } from "./say.mjs";

const resultsFile = join(workshopFolder, "test-results.json");
const skipsFile = join(workshopFolder, "test-skips.json");
const tiersFile = join(workshopFolder, "test-tiers.txt");

/**
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, message: string, assertionResults: Assertion[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: FileResult[] }} Results
 * @typedef {{ name: string, reason: string }} Skip
 */

/**
 * Runs the tests, all or those the arguments name, and ends with the counts as the very last line.
 * @param {readonly string[]} args
 */
export async function test(args) {
  for (const file of [resultsFile, skipsFile, tiersFile]) rmSync(file, { force: true });
  const reporters = ["default", "json", join(root, "scripts", "workshop", "skip-reporter.mjs")];
  const vitest = ["run", ...reporters.map((reporter) => `--reporter=${reporter}`)];
  const code = await run(bin("vitest"), [...vitest, `--outputFile.json=${resultsFile}`, ...args], {
    env: { ...workshopEnvironment(), WRIT_TIERS_FILE: tiersFile },
  });
  const results = /** @type {Results | undefined} */ (readJson(resultsFile));
  const skips = /** @type {Skip[] | undefined} */ (readJson(skipsFile));
  const outcome = judge(code, results);
  for (const problem of outcome.problems) say(problem);
  for (const { name, reason } of skips ?? []) process.stdout.write(`skipped: ${name}: ${reason}\n`);
  if (existsSync(tiersFile)) process.stdout.write(readFileSync(tiersFile, "utf8"));
  const { passed, failed, skipped } = outcome;
  process.stdout.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`);
  return code !== 0 ? code : failed > 0 ? 1 : 0;
}

/**
 * Counts the results so that the line and the exit code agree: whatever makes a run bad, a file that
 * does not load, an error outside any test, no test at all, counts as one failure at least.
 * @param {number} code vitest's exit code
 * @param {Results | undefined} results
 * @returns {{ passed: number, failed: number, skipped: number, problems: string[] }}
 */
export function judge(code, results) {
  if (!results) {
    return { passed: 0, failed: 1, skipped: 0, problems: [`vitest ended with ${code} and left no results`] };
  }
  const passed = results.numPassedTests;
  const skipped = results.numPendingTests + results.numTodoTests;
  const problems = results.testResults
    .filter((file) => file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"))
    .map((file) => `${relative(root, file.name)} did not run to its end: ${file.message || "see above"}`);
  if (passed + results.numFailedTests === 0) problems.push("no test ran");
  const failed = results.numFailedTests + problems.length;
  if (failed > 0 || code === 0) return { passed, failed, skipped, problems };
  return {
    passed,
    failed: 1,
    skipped,
    problems: [`an error outside the tests (vitest ended with ${code}), see above`],
  };
}

/** @param {string} file */
function readJson(file) {
  try {
    return /** @type {unknown} */ (JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
