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

test("the chain is the same however often somebody looks in between", async () => {
  const [looked, unlooked] = [memoryAudit(), memoryAudit()];
  const hashes: string[] = [];
  for (let i = 0; i < 100; i += 1) {
    const body = { type: "incident", at: i, code: "test", message: `tab\t line\n ${i}` } as const;
    await unlooked.append(body, { durable: true });
    const { seq, hash } = await looked.append(body, { durable: true });
    expect(seq).toBe(i);
    hashes.push(hash);
    if (i % 7 === 0) expect(looked.records()).toHaveLength(i + 1);
  }
  expect(looked.text()).toBe(unlooked.text());
  const lines = unlooked.text().split("\n").slice(0, -1);
  expect(lines.map((line) => line.slice(0, 64))).toEqual(hashes);
  let prev = "0".repeat(64);
  for (const [seq, record] of unlooked.records().entries()) {
    expect(record).toMatchObject({ seq, prev });
    prev = hashes[seq] ?? "";
  }
});
