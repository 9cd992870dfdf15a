import { expect, it } from "vitest";
import { measureAll } from "../src/audit/measure.js";
import { auditTargets, markdownReport, terminalReport } from "../src/audit/report.js";
import { WRITERS } from "../src/audit/writers.js";
import { machine } from "../src/machine.js";

it("the audit benchmark writes real records every way it names, and reports each", async () => {
  const cells = await measureAll({ rounds: 1, ms: 5 });
  expect(cells).toHaveLength(WRITERS.reduce((sum, { callers }) => sum + callers.length, 0));
  for (const { recordsPerSecond, wait } of cells) {
    expect(recordsPerSecond).toBeGreaterThan(0);
    expect(wait.p99).toBeGreaterThanOrEqual(wait.median);
  }
  const result = { machine: machine(), mode: "quick", cells } as const;
  expect(auditTargets(result).every(({ measured }) => measured !== undefined)).toBe(true);
  for (const report of [terminalReport(result), markdownReport(result)])
    for (const { name } of WRITERS) expect(report).toContain(name);
});
