import { expect, it } from "vitest";
import { auditFound } from "../src/audit/found.js";
import { measureAll } from "../src/audit/measure.js";
import { overload } from "../src/audit/overload.js";
import { WRITERS } from "../src/audit/writers.js";

it("the audit benchmark writes real records every way it names, and reports each", async () => {
  const cells = await measureAll({ rounds: 1, ms: 5 });
  expect(cells).toHaveLength(WRITERS.reduce((sum, { callers }) => sum + callers.length, 0));
  for (const { recordsPerSecond, wait } of cells) {
    expect(recordsPerSecond).toBeGreaterThan(0);
    expect(wait.p99).toBeGreaterThanOrEqual(wait.median);
  }
  const overloaded = await overload();
  const { measured, tables } = auditFound({ mode: "quick", cells, overloaded });
  expect(measured?.every(({ value }) => value !== undefined)).toBe(true);
  for (const { name } of WRITERS) expect(tables?.[0]?.rows.some((row) => row.name.startsWith(name))).toBe(true);
});

it("a queue that is full refuses, and what it took is in the log", async () => {
  const { refused, taken, found } = await overload();
  expect(refused).toBeGreaterThan(0);
  expect(taken).toBe(found);
  expect(refused + taken).toBe(1000);
});
