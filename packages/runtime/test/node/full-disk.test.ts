import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fileAudit, fileStore, verifyAudit } from "../../src/node/index.js";
import { intentRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

const mounted: string[] = [];

function mount(path: string, options: string): string | undefined {
  mkdirSync(path, { recursive: true });
  const done = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { encoding: "utf8" });
  if (done.status !== 0) return done.error?.message ?? done.stderr.trim();
  mounted.push(path);
  return undefined;
}

afterAll(() => {
  for (const path of mounted) spawnSync("umount", ["-l", path]);
});

const probe = join(temporaryFolder(), "probe");
const why = process.platform === "linux" ? mount(probe, "size=64k") : "not Linux";
if (why !== undefined)
  console.warn(
    `SKIPPED: a full disk and a read-only mount cannot be tried here (${why}); run the tests as root on Linux.`,
  );

describe.skipIf(why !== undefined)("a full disk", () => {
  it("refuses records with a reason, keeps those before, and accepts again when there is room", async () => {
    const place = join(temporaryFolder(), "small");
    mount(place, "size=256k");
    const folder = join(place, "audit");
    const log = await fileAudit(folder, { key: join(temporaryFolder(), "audit.key") });
    const ballast = join(place, "ballast");
    writeFileSync(ballast, Buffer.alloc(128 * 1024));
    let accepted = 0;
    let refused: unknown;
    while (refused === undefined) {
      try {
        await log.append(intentRecord(accepted, { message: "m".repeat(3001) }), { durable: true });
        accepted += 1;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toMatchObject({ name: "AuditError", code: "audit_full" });
    expect(refused instanceof Error && refused.message).toMatch(/no space is left.*Make room/);
    expect(readFileSync(join(folder, "log.jsonl"), "utf8").split("\n").length - 1).toBe(accepted); // nothing half written
    const many = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        log.append(intentRecord(i, { message: "m".repeat(3001) }), { durable: true }),
      ),
    );
    expect(many.every(({ status }) => status === "rejected")).toBe(true);
    rmSync(ballast);
    expect(await log.append(intentRecord(1), { durable: true })).toMatchObject({ seq: accepted });
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: accepted + 1, unsigned: 0 });
  });

  it("goes on in the file it has where there is no room to begin a further one", async () => {
    const place = join(temporaryFolder(), "small");
    mount(place, "size=128k,nr_inodes=9"); // the folder, what the log has, and the checkpoint's replacement
    const folder = join(place, "audit");
    const log = await fileAudit(folder, { key: join(temporaryFolder(), "audit.key"), rotate: { bytes: 2000 } });
    const taken: string[] = [];
    for (let full = false; !full;) {
      const path = join(place, `inode-${taken.length}`);
      try {
        writeFileSync(path, "");
        taken.push(path);
      } catch {
        full = true;
      }
    }
    for (let i = 0; i < 20; i += 1) await log.append(intentRecord(i), { durable: true });
    expect(readdirSync(folder).filter((name) => name.endsWith(".jsonl"))).toEqual(["log.jsonl"]);
    await expect(log.close()).rejects.toMatchObject({ code: "audit_full" }); // the last checkpoint
    for (const path of taken) rmSync(path);
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 20 });
  });

  it("deletes nothing by retention where there is no room for the shorter file, and finishes when there is", async () => {
    const place = join(temporaryFolder(), "small");
    mount(place, "size=512k");
    const folder = join(place, "audit");
    const log = await fileAudit(folder, { key: join(temporaryFolder(), "audit.key") });
    // The file that stays is as long as the one before it but for one record, and there is no room for both.
    for (let i = 0; i < 90; i += 1)
      await log.append(intentRecord(i, { at: i, message: "m".repeat(3001) }), { durable: true });
    await expect(log.retain({ before: 1, by: "the test" })).rejects.toMatchObject({ code: "audit_full" });
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, retained: { payloads: 0, unfinished: 1 } });
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await log.append(intentRecord(90), { durable: true });
    expect(await log.retain({ before: 90, by: "the test" })).toMatchObject({ records: 91, through: 90 }); // and the first record of the next file
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, retained: { payloads: 91, unfinished: 0 } });
  });

  it("refuses changes of the store with a reason, and takes back what was not written", async () => {
    const place = join(temporaryFolder(), "small");
    mount(place, "size=256k");
    const folder = join(place, "state");
    const store = await fileStore(folder);
    await store.compareAndSet("small", undefined, "kept");
    const ballast = join(place, "ballast");
    writeFileSync(ballast, Buffer.alloc(160 * 1024));
    let refused: unknown;
    let stored = 0;
    while (refused === undefined) {
      try {
        await store.compareAndSet(`key/${stored}`, undefined, "v".repeat(5000));
        stored += 1;
      } catch (error) {
        refused = error;
      }
    }
    expect(refused).toMatchObject({ name: "StateError", code: "state_full" });
    const full = [{ key: "k", count: 5, window: "session" as const }];
    const tries = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => store.reserve(`r${i}-${"x".repeat(4000)}`, full, 1)),
    );
    expect(tries.some(({ status }) => status === "rejected")).toBe(true);
    rmSync(ballast);
    expect(await store.get(`key/${stored}`)).toBeUndefined();
    expect((await store.list("key/")).length).toBe(stored);
    const admitted = tries.filter((result) => result.status === "fulfilled" && result.value.ok).length;
    let more = 0;
    while ((await store.reserve(`more${more}`, full, 1)).ok) more += 1;
    expect(admitted + more).toBe(5); // what was refused holds nothing
    await store.close();
    const again = await fileStore(folder);
    expect((await again.list("")).length).toBe(stored + 1);
    await again.close();
  });

  it("refuses records when the disk turns read-only", async () => {
    const place = join(temporaryFolder(), "small");
    mount(place, "size=1m");
    const folder = join(place, "audit");
    const key = join(temporaryFolder(), "audit.key");
    const log = await fileAudit(folder, { key });
    await log.append(intentRecord(1), { durable: true });
    await log.close();
    expect(spawnSync("mount", ["-o", "remount,ro", place]).status).toBe(0);
    await expect(fileAudit(folder, { key })).rejects.toMatchObject({ code: "audit_read_only" });
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 1 });
  });
});
