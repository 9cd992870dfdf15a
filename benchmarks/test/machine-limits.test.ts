import { expect, test } from "vitest";
import { docsPage } from "../src/docs/page.js";
import { htmlReport } from "../src/html/report.js";
import { limitsLine, machineLimits, type MachineLimits } from "../src/machine-limits.js";
import { compareRuns } from "../src/results/compare.js";
import { begin, resultOf } from "../src/results/contribute.js";
import { readSuite } from "../src/results/read-result.js";
import type { RunResult } from "../src/results/run-result.js";
import { suiteText } from "../src/results/terminal.js";

const LIMITS: MachineLimits = { sha256: 520, awaited: 60, durable: 1_200_000, process: 41_000_000 };
const LINE =
  "SHA-256 of 400 characters 520 ns; an empty async call, awaited 60 ns; 400 bytes written and fdatasync 1.20 ms; an empty Node process 41.0 ms";

const run = (...limits: readonly (MachineLimits | undefined)[]): RunResult => ({
  suites: limits.map((one, n) => resultOf(["guard", "audit"][n] ?? "", begin(one), { method: ["m"] })),
});

test("the limits of the machine are times", async () => {
  const { sha256, awaited, durable, process } = await machineLimits();
  for (const time of [sha256, awaited, durable, process]) expect(time).toBeGreaterThan(0);
});

test("they stand in every report", () => {
  const found = run(LIMITS);
  const [suite] = found.suites;
  expect(suite && suiteText(suite)).toContain(`\nLimits of this machine: ${LINE}\n`);
  expect(htmlReport(found)).toContain(`Limits of this machine: ${LINE}.`);
  expect(docsPage(found)).toContain(`\n\nLimits of this machine: ${LINE}.\n\n`);
});

test("of several suites the lowest and the highest are said", () => {
  const line = limitsLine([LIMITS, undefined, { ...LIMITS, sha256: 900 }]);
  expect(line).toContain(
    "before each suite: SHA-256 of 400 characters 520 ns to 900 ns; an empty async call, awaited 60 ns;",
  );
});

test("a result without them is read, shown and compared with", () => {
  const [old, now] = [run(undefined, undefined), run(LIMITS, LIMITS)];
  const again = { suites: old.suites.map((suite) => readSuite(JSON.parse(JSON.stringify(suite)))) };
  expect(again).toEqual(old);
  expect(docsPage(again)).not.toContain("Limits of this machine");
  expect(htmlReport(again)).not.toContain("Limits of this machine");
  expect(compareRuns(again, now).warnings).toEqual([]);
});

test("with them it is read strictly", () => {
  const [suite] = run(LIMITS).suites;
  const json = JSON.stringify(suite);
  expect(readSuite(JSON.parse(json))).toEqual(suite);
  expect(() => readSuite(JSON.parse(json.replace(`"sha256":520`, `"sha256":"fast"`)))).toThrow(
    "$.machine.limits.sha256: it should be a number",
  );
});
