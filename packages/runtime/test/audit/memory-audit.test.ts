import { expect, test } from "vitest";
import { memoryAudit } from "../../src/audit/memory-audit.js";
import { leafHash } from "../../src/audit/encode-record.js";

test("every record is there as it was written, however many, and in every script", async () => {
  const log = memoryAudit();
  const messages = Array.from({ length: 300 }, (_, i) => `${i} ${"ä€😀".repeat(i % 5)}`);
  for (const message of messages)
    await log.append({ type: "incident", at: 1, code: "test", message }, { durable: true });
  expect(log.records().map((record) => ("message" in record ? record.message : ""))).toEqual(messages);
  expect(log.records().map(({ seq }) => seq)).toEqual(messages.map((_, i) => i));
  const lines = log.text().split("\n");
  expect(lines.pop()).toBe("");
  expect(lines).toHaveLength(300);
  for (const line of lines) expect(line.slice(0, 64)).toBe(leafHash(line.slice(65)));
});

test("a member that was written before is checked again where it is another value", async () => {
  const log = memoryAudit();
  const good = { type: "incident", at: 1, code: "same", message: "same" } as const;
  await log.append(good, { durable: true });
  await log.append(good, { durable: true });
  for (const code of ["", "x".repeat(5000), 7, null, ["same"], { toString: () => "same" }]) {
    const bad = { ...good };
    Reflect.set(bad, "code", code);
    await expect(log.append(bad, { durable: true })).rejects.toMatchObject({ code: "record_invalid" });
  }
  await log.append({ ...good, code: "other" }, { durable: true });
  await log.append(good, { durable: true });
  expect(log.records().map((record) => ("code" in record ? record.code : ""))).toEqual([
    "same",
    "same",
    "other",
    "same",
  ]);
});
