import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileAudit, readAudit, type AuditEntry, type ReadAuditOptions } from "../../src/node/index.js";
import { intentRecord, oneOfEach } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

async function all(folder: string, options?: ReadAuditOptions): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of readAudit(folder, options)) entries.push(entry);
  return entries;
}

async function withRecords(): Promise<string> {
  const folder = join(temporaryFolder(), "audit");
  const log = await fileAudit(folder);
  for (const body of oneOfEach()) await log.append(body, { durable: true });
  await log.close();
  return folder;
}

describe("reading an audit folder", () => {
  it("gives every record with its number, hash, time and stored bytes", async () => {
    const folder = await withRecords();
    const entries = await all(folder);
    expect(entries.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(entries.map(({ record }) => record)).toMatchObject(oneOfEach());
    expect(entries.map(({ at, record }) => at === record?.at)).not.toContain(false);
    expect(entries.map(({ hash, stored }) => `${hash} ${stored}\n`).join("")).toBe(
      readFileSync(join(folder, "log.jsonl"), "utf8"),
    );
    expect((await all(folder, { from: 4 })).map(({ seq }) => seq)).toEqual([4, 5]);
  });

  it("works beside a writer, and leaves out what is not whole yet", async () => {
    const folder = await withRecords();
    const log = await fileAudit(folder);
    await log.append(intentRecord(1), { durable: false });
    expect(await all(folder)).toHaveLength(7);
    await log.close();
    appendFileSync(join(folder, "log.jsonl"), "0000");
    expect(await all(folder)).toHaveLength(7);
  });

  it("stops at the first record that is not as it was written, and gives those before it", async () => {
    const folder = await withRecords();
    const path = join(folder, "log.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").replace("payments.refund", "payments.refunt"));
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { seq } of readAudit(folder)) seen.push(seq);
      })(),
    ).rejects.toThrow("Record 2 was changed");
    expect(seen).toEqual([0, 1]);
  });

  it("gives nothing where there is no log", async () => {
    expect(await all(join(temporaryFolder(), "nowhere"))).toEqual([]);
  });
});
