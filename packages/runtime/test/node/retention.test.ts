import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { digest } from "@writ/ir";
import { describe, expect, it } from "vitest";
import {
  fileAudit,
  makeSealKey,
  proveRecord,
  readAudit,
  verifyAudit,
  verifyProof,
  type FileAudit,
} from "../../src/node/index.js";
import { intentRecord, outcomeRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

const durable = { durable: true };
const START = 1_700_000_000_000;

interface Kept {
  readonly folder: string;
  readonly open: () => Promise<FileAudit>;
}

/** A log of records a second apart, with sealed arguments. */
async function makeLog(records = 12): Promise<Kept> {
  const place = temporaryFolder(true);
  const folder = join(place, "audit");
  writeFileSync(join(place, "seal.pub"), makeSealKey().publicKey);
  const open = (): Promise<FileAudit> =>
    fileAudit(folder, { sealTo: join(place, "seal.pub"), rotate: { bytes: 2500 } });
  const log = await open();
  for (let n = 0; n < records; n += 1) {
    const args = { body: `words ${n}` };
    const body = intentRecord(n, { at: START + n * 1000, args: { digest: digest(args), masked: { body: "<Text>" } } });
    await log.append(body, { durable: true, args });
    await log.append(outcomeRecord(n, { at: START + n * 1000 + 1 }), durable);
  }
  await log.close();
  return { folder, open };
}

async function retain(
  { open }: Kept,
  before: number,
  what: "payloads" | "sealed" = "payloads",
): ReturnType<FileAudit["retain"]> {
  const log = await open();
  try {
    return await log.retain({ before, what, by: "the test" });
  } finally {
    await log.close();
  }
}

async function kinds(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { record, sealed } of readAudit(folder))
    found.push(record === undefined ? "erased" : sealed === undefined ? record.type : "sealed");
  return found;
}

function files(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
}

describe("retention", () => {
  it("deletes what is old, leaves the hashes, says so, and the log verifies", async () => {
    const kept = await makeLog();
    const before = await verifyAudit(kept.folder);
    const done = await retain(kept, START + 6000);
    expect(done.through).toBeGreaterThanOrEqual(11);
    expect(done.records).toBe((done.through ?? 0) + 1);
    expect(done.bytes).toBeGreaterThan(1000);
    const after = await verifyAudit(kept.folder);
    expect(after).toMatchObject({
      ok: true,
      retained: { payloads: done.records, through: done.through, unfinished: 0, sealed: 0 },
    });
    expect(after.records).toBeGreaterThan(before.records);
    const all = await kinds(kept.folder);
    expect(all.slice(0, done.records)).toEqual(Array.from({ length: done.records }, () => "erased"));
    expect(all.slice(done.records)).not.toContain("erased");
    const text = files(kept.folder)
      .map((name) => readFileSync(join(kept.folder, name), "utf8"))
      .join("");
    expect(text).not.toContain('"c_5"');
    expect(text).toContain('"c_6"');
    const publicKey = readFileSync(join(kept.folder, "log.pub"), "utf8");
    for (const seq of [0, 5, done.records, after.records - 1]) {
      const found = await verifyProof(await proveRecord(kept.folder, seq), { publicKey });
      expect({ ok: found.ok, whole: "record" in found }).toEqual({ ok: true, whole: seq >= done.records });
    }
    let told: unknown;
    for await (const { record } of readAudit(kept.folder)) if (record?.type === "retention") told = record;
    expect(told).toMatchObject({ what: "payloads", through: done.through, before: START + 6000, by: "the test" });
  });

  it("deletes the sealed arguments alone, and the records later", async () => {
    const kept = await makeLog();
    const sealed = await retain(kept, START + 6000, "sealed");
    expect(await verifyAudit(kept.folder)).toMatchObject({ ok: true, retained: { sealed: 6, payloads: 0 } });
    expect((await kinds(kept.folder)).filter((kind) => kind === "sealed")).toHaveLength(6);
    const done = await retain(kept, START + 3000);
    expect(done.through).toBeLessThan(sealed.through ?? 0);
    expect(await verifyAudit(kept.folder)).toMatchObject({ ok: true, retained: { sealed: 3, unfinished: 0 } });
  });

  it("does nothing where nothing is old, and refuses what is no time in the past", async () => {
    const kept = await makeLog(3);
    const { records } = await verifyAudit(kept.folder);
    expect(await retain(kept, START)).toEqual({ through: undefined, records: 0, bytes: 0 });
    const after = await verifyAudit(kept.folder);
    expect(after).toMatchObject({ ok: true });
    expect(after.retained).toBeUndefined();
    expect(after.records - records).toBeLessThanOrEqual(1); // a further segment
    for (const before of [Date.now() + 10_000, -1, Number.NaN, 0.5])
      await expect(retain(kept, before)).rejects.toMatchObject({ code: "record_invalid" });
  });

  it("stops at the first record that is not old, whatever comes after it", async () => {
    const kept = await makeLog(2);
    const log = await kept.open();
    await log.append(intentRecord(7, { at: START + 90_000 }), durable);
    await log.append(intentRecord(8, { at: START + 1 }), durable);
    await log.close();
    const { through } = await retain(kept, START + 10_000);
    const all: number[] = [];
    for await (const { seq, at } of readAudit(kept.folder)) if (at === START + 90_000) all.push(seq);
    expect(through).toBeLessThan(all[0] ?? 0);
  });

  it("works while records are appended, and one after the other", async () => {
    const kept = await makeLog();
    const log = await kept.open();
    const [one, two] = await Promise.all([
      log.retain({ before: START + 3000, by: "one" }),
      log.retain({ before: START + 6000, by: "two" }),
      ...Array.from({ length: 50 }, async (_, i) => void (await log.append(intentRecord(100 + i), durable))),
    ]);
    await log.close();
    expect(two.through).toBeGreaterThan(one.through ?? 0);
    expect(await verifyAudit(kept.folder)).toMatchObject({
      ok: true,
      retained: { unfinished: 0, through: two.through },
    });
    await expect(log.retain({ before: START, by: "late" })).rejects.toMatchObject({ code: "audit_closed" });
  });

  it("keeps calls without an outcome in sight, though their records are gone", async () => {
    const kept = await makeLog();
    const log = await kept.open();
    await log.append(intentRecord(0, { call: "c_open", at: START }), durable);
    await log.close();
    await retain(kept, Date.now() - 1000);
    const again = await kept.open();
    expect(again.doubtful).toMatchObject([{ call: "c_open" }]);
    await again.close();
  });
});

describe("what is gone without the log's leave", () => {
  it("lesson 11: is told apart from retention", async () => {
    const kept = await makeLog();
    const { through = 0 } = await retain(kept, START + 6000);
    const name = files(kept.folder).find((file) => {
      const lines = readFileSync(join(kept.folder, file), "utf8").split("\n");
      return lines.some((line) => line.includes('"c_8"'));
    });
    const path = join(kept.folder, name ?? "");
    const lines = readFileSync(path, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"c_8"'));
    writeFileSync(path, lines.with(at, lines[at]?.slice(0, 64) ?? "").join("\n"));
    const { ok, problems } = await verifyAudit(kept.folder);
    expect(ok).toBe(false);
    expect(problems).toMatchObject([{ code: "erased" }]);
    expect(problems[0]?.seq).toBeGreaterThan(through);
    expect(problems[0]?.message).toContain("no signed retention record of this log permits it");
  });

  it("is not permitted by a retention record that is not signed", async () => {
    const kept = await makeLog();
    const early = join(kept.folder, "../early");
    copyFileSync(join(kept.folder, "checkpoint"), early);
    await retain(kept, START + 6000);
    copyFileSync(early, join(kept.folder, "checkpoint"));
    expect((await verifyAudit(kept.folder)).problems).toMatchObject([{ code: "erased", seq: 0 }]);
  });

  it("is found in every hash that is left, changed", async () => {
    const kept = await makeLog(3);
    await retain(kept, START + 2000);
    const path = join(kept.folder, "log.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    for (let i = 0; i < 3; i += 1) {
      const hash = lines[i] ?? "";
      writeFileSync(path, lines.with(i, `${hash.startsWith("0") ? "1" : "0"}${hash.slice(1)}`).join("\n"));
      expect((await verifyAudit(kept.folder)).ok).toBe(false);
      writeFileSync(path, lines.toSpliced(i, 1).join("\n"));
      expect((await verifyAudit(kept.folder)).ok).toBe(false);
    }
  });
});

it("a retention that was cut off after any file is told, and finished by the next", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 10 }), async (cut) => {
      const kept = await makeLog(8);
      const saved = new Map(files(kept.folder).map((name) => [name, readFileSync(join(kept.folder, name))]));
      const first = await retain(kept, START + 6000);
      // As it would be had the process died after `cut` files.
      for (const [name, bytes] of [...saved].slice(cut)) {
        const now = readFileSync(join(kept.folder, name));
        if (now.length < bytes.length) writeFileSync(join(kept.folder, name), bytes);
      }
      writeFileSync(join(kept.folder, "log.jsonl.0123456789ab.tmp"), "left over");
      const between = await verifyAudit(kept.folder);
      expect(between.ok).toBe(true);
      const again = await retain(kept, START + 6000);
      expect(again.through).toBe(first.through);
      expect(again.records).toBe(between.retained?.unfinished);
      expect(await verifyAudit(kept.folder)).toMatchObject({ ok: true, retained: { unfinished: 0 } });
      expect(readdirSync(kept.folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    }),
    { numRuns: 11 },
  );
});
