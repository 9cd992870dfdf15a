import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileAudit, verifyAudit } from "../../src/node/index.js";
import { intentRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

async function grow(folder: string, records: number): Promise<void> {
  const log = await fileAudit(folder);
  for (let i = 0; i < records; i += 1) await log.append(intentRecord(i), { durable: true });
  await log.close();
}

describe("verifying an audit folder", () => {
  it("needs nothing but the folder, wherever it is", async () => {
    const folder = join(temporaryFolder(), "audit");
    await grow(folder, 3);
    const publicKey = readFileSync(join(folder, "log.pub"), "utf8");
    const elsewhere = join(temporaryFolder(), "copy");
    cpSync(folder, elsewhere, { recursive: true });
    rmSync(folder, { recursive: true });
    expect(await verifyAudit(elsewhere, { publicKey })).toMatchObject({ ok: true, records: 3, key: "given" });
  });

  it("finds a log that was put back to an older state, checkpoint and all, by a checkpoint kept elsewhere", async () => {
    const folder = join(temporaryFolder(), "audit");
    await grow(folder, 2);
    const old = join(temporaryFolder(), "old");
    cpSync(folder, old, { recursive: true });
    await grow(folder, 2);
    const checkpoint = readFileSync(join(folder, "checkpoint"), "utf8");
    expect(await verifyAudit(old)).toMatchObject({ ok: true, records: 2 }); // by itself it is a true log
    expect(await verifyAudit(old, { checkpoint })).toMatchObject({
      ok: false,
      problems: [
        { code: "truncated", message: "The log has 2 records, the checkpoint vouches for 4: the end was taken away." },
      ],
    });
  });

  it("does not take a folder that was wholly rewritten, when the key is known", async () => {
    const folder = join(temporaryFolder(), "audit");
    await grow(folder, 2);
    const publicKey = readFileSync(join(folder, "log.pub"), "utf8");
    const forged = join(temporaryFolder(), "audit");
    await grow(forged, 2);
    expect(await verifyAudit(forged)).toMatchObject({ ok: true, key: "folder" });
    expect(await verifyAudit(forged, { publicKey })).toMatchObject({
      ok: false,
      problems: [{ code: "bad_signature" }],
    });
  });

  it("gives problems, no exception and no end of waiting, for folders made to harm", async () => {
    const make = (): string => {
      const folder = join(temporaryFolder(), "audit");
      mkdirSync(folder);
      return folder;
    };
    const pipe = make();
    spawnSync("mkfifo", [join(pipe, "log.jsonl")]);
    const folders = make();
    for (const name of ["log.jsonl", "checkpoint", "log.pub"]) mkdirSync(join(folders, name));
    const loop = make();
    symlinkSync(join(loop, "log.jsonl"), join(loop, "log.jsonl"));
    const large = make();
    for (const name of ["log.jsonl", "checkpoint", "log.pub"])
      writeFileSync(join(large, name), Buffer.alloc(10 * 1024 * 1024, "x"));
    for (const folder of [pipe, folders, loop, large, make(), "/proc/self/mem", "\u0000", ""]) {
      const { ok, problems } = await verifyAudit(folder);
      expect({ folder, ok }).toEqual({ folder, ok: false });
      expect(problems.length).toBeGreaterThan(0);
    }
    const random = make();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), async (log, checkpoint, key) => {
        writeFileSync(join(random, "log.jsonl"), log);
        writeFileSync(join(random, "checkpoint"), checkpoint);
        writeFileSync(join(random, "log.pub"), key);
        expect((await verifyAudit(random)).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("of a log whose process was killed tells how much is not signed, and the next opening says so in the log", async () => {
    const folder = join(temporaryFolder(), "audit");
    await grow(folder, 2);
    const checkpoint = readFileSync(join(folder, "checkpoint"));
    await grow(folder, 3);
    writeFileSync(join(folder, "checkpoint"), checkpoint); // as it was when the process died
    expect(await verifyAudit(folder)).toMatchObject({
      ok: true,
      records: 5,
      unsigned: 3,
      checkpoint: { size: 2, verified: true },
    });
    await grow(folder, 0);
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 6, unsigned: 0 });
    expect(readFileSync(join(folder, "log.jsonl"), "utf8")).toContain(
      "its last 3 records were chained and not signed until now",
    );
  });
});
