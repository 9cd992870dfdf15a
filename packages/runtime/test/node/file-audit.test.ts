import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/audit/audit-error.js";
import { fileAudit, verifyAudit, type FileAudit } from "../../src/node/index.js";
import { DIGEST, intentRecord, oneOfEach, outcomeRecord, policyRecord } from "../audit/records.js";
import { temporaryFolder } from "./temporary.js";

const durable = { durable: true };

function newFolder(quick = false): string {
  return join(temporaryFolder(quick), "audit");
}

async function withRecords(folder: string, count: number): Promise<void> {
  const log = await fileAudit(folder);
  for (let i = 0; i < count; i += 1) await log.append(intentRecord(i), durable);
  await log.close();
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AuditError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("a log in a folder", () => {
  it("keeps what is appended, numbered and linked, and verifies", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder);
    expect(log).toMatchObject({ location: folder, durability: "file", doubtful: [] });
    const appended = [];
    for (const [i, body] of oneOfEach().entries()) appended.push(await log.append(body, { durable: i % 2 === 0 }));
    await log.close();
    expect(appended.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(readdirSync(folder).toSorted()).toEqual(["checkpoint", "lock.1", "log.jsonl", "log.pub"]);
    expect(
      readFileSync(join(folder, "log.jsonl"), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => line.slice(0, 64)),
    ).toEqual(appended.map(({ hash }) => hash));
    expect(await verifyAudit(folder)).toMatchObject({
      ok: true,
      records: 6,
      unsigned: 0,
      checkpoint: { size: 6, verified: true },
      key: "folder",
    });
    const publicKey = readFileSync(join(folder, "log.pub"), "utf8");
    expect(await verifyAudit(folder, { publicKey })).toMatchObject({ ok: true, key: "given" });
  });

  it("lesson 11: goes on in the same chain after a restart", async () => {
    const folder = newFolder();
    for (let run = 1; run <= 4; run += 1) {
      const log = await fileAudit(folder);
      const [first] = await Promise.all([
        log.append(policyRecord(run), durable),
        log.append(intentRecord(run), durable),
      ]);
      expect(first.seq).toBe((run - 1) * 2);
      await log.close();
      expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: run * 2, unsigned: 0 });
    }
  });

  it("keeps order, numbers and links of 1,000 appends at once", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder);
    const appended = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => log.append(intentRecord(i), { durable: i % 3 !== 0 })),
    );
    expect(appended.map(({ seq }) => seq)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    await log.close();
    const calls = readFileSync(join(folder, "log.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => /"call":"([^"]*)"/.exec(line)?.[1]);
    expect(calls).toEqual(Array.from({ length: 1000 }, (_, i) => `c_${i}`));
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 1000, unsigned: 0 });
  });

  it("is signed soon after its first record, without being closed", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder);
    await log.append(intentRecord(1), durable);
    for (;;) {
      const { checkpoint } = await verifyAudit(folder);
      if (checkpoint?.size === 1 && checkpoint.verified) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await log.append(intentRecord(2), durable);
    for (;;) {
      const { checkpoint } = await verifyAudit(folder);
      if (checkpoint?.size === 2) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 2, unsigned: 0 });
  });

  it("names the calls that may have happened and have no outcome", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder);
    for (const body of [intentRecord(1), intentRecord(2), outcomeRecord(1), intentRecord(3, { effect: "forbid" })])
      await log.append(body, durable);
    await log.close();
    const again = await fileAudit(folder);
    expect(again.doubtful).toEqual([
      { seq: 1, session: "s_1", call: "c_2", tool: "payments.refund", at: 1_700_000_000_002 },
    ]);
    await again.append(outcomeRecord(2, { status: "unknown" }), durable);
    await again.close();
    const settled = await fileAudit(folder);
    expect(settled.doubtful).toEqual([]);
    await settled.close();
  });

  it("refuses a record that is none, and the next one is not touched by it", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder);
    const bad = { ...outcomeRecord(1), ms: -1 };
    expect(await refusal(log.append(bad, durable))).toContain(
      "record_invalid: The audit record is refused: ms: must be a number from 0.",
    );
    expect(await log.append(outcomeRecord(1), durable)).toMatchObject({ seq: 0 });
    await log.close();
    expect(await refusal(log.append(outcomeRecord(1), durable))).toContain("audit_closed");
    await log.close();
  });

  it("lesson 29: refuses when more waits than the queue holds, and goes on after", async () => {
    const folder = newFolder();
    const log = await fileAudit(folder, { maxQueued: 50 });
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) => log.append(intentRecord(i), durable)),
    );
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(50);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "audit_overloaded" });
    expect(await log.append(intentRecord(1), durable)).toMatchObject({ seq: 50 });
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 51 });
  });
});

describe("opening a log", () => {
  it("repairs an incomplete last line, cut at any byte, and says so in the log", async () => {
    const folder = newFolder(true);
    await withRecords(folder, 2);
    const path = join(folder, "log.jsonl");
    // The third record is past the last checkpoint, as after a kill.
    const before = readFileSync(path);
    const checkpoint = readFileSync(join(folder, "checkpoint"));
    const log = await fileAudit(folder);
    await log.append(intentRecord(2), durable);
    await log.close();
    const line = readFileSync(path).subarray(before.length);
    for (let kept = 1; kept < line.length; kept += 1) {
      writeFileSync(path, Buffer.concat([before, line.subarray(0, kept)]));
      writeFileSync(join(folder, "checkpoint"), checkpoint);
      writeFileSync(join(folder, "checkpoint.0123456789ab.tmp"), "left by the crash");
      const opened = await fileAudit(folder);
      expect(opened.repaired).toEqual({ bytes: kept });
      const onward = kept % 16 === 0 ? await opened.append(intentRecord(3), durable) : { seq: 3 };
      await opened.close();
      expect(onward.seq).toBe(3);
      if (kept % 16 === 0) expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 4, unsigned: 0 });
      expect(JSON.parse(readFileSync(path, "utf8").split("\n")[2]?.slice(65) ?? "")).toMatchObject({
        type: "incident",
        code: "audit.repaired",
      });
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("refuses every log that does not verify back to its checkpoint, and leaves it as it is", async () => {
    const folder = newFolder();
    await withRecords(folder, 3);
    const files = ["log.jsonl", "checkpoint", "log.pub"].map((name) => join(folder, name));
    const kept = files.map((path) => readFileSync(path));
    const [log = "", checkpoint = "", pub = ""] = files;
    const text = kept[0]?.toString() ?? "";
    const lines = text.split("\n");
    const attempts: [string, () => void, string][] = [
      ["an edited record", () => writeFileSync(log, text.replace("refund", "refunt")), "Record 0 was changed"],
      [
        "the last record gone",
        () => writeFileSync(log, `${lines.slice(0, 2).join("\n")}\n`),
        "The log has 2 records, the checkpoint vouches for 3",
      ],
      ["the last record torn, though it was signed", () => truncateSync(log, text.length - 5), "vouches for 3"],
      ["an empty log", () => writeFileSync(log, ""), "vouches for 3"],
      ["no log", () => unlinkSync(log), "is missing"],
      ["no checkpoint", () => unlinkSync(checkpoint), "no checkpoint"],
      [
        "a changed checkpoint",
        () => writeFileSync(checkpoint, readFileSync(checkpoint, "utf8").replace("\n3\n", "\n2\n")),
        "signature",
      ],
      ["no public key", () => unlinkSync(pub), "no log.pub"],
      ["a changed public key", () => writeFileSync(pub, "x"), "one of the two was changed"],
      [
        "only a checkpoint",
        () => {
          unlinkSync(pub);
          unlinkSync(log);
        },
        "the log was removed",
      ],
      ["garbage after the end", () => writeFileSync(log, `${text}garbage\n`), "is not a record"],
    ];
    for (const [what, damage, message] of attempts) {
      damage();
      const damaged = files.map((path) => (existsSync(path) ? readFileSync(path, "latin1") : undefined));
      const after = await refusal(fileAudit(folder));
      expect(`${what}: ${after}`).toMatch(new RegExp(`: audit_(corrupt|key): .*${message}`));
      const left = files.map((path) => (existsSync(path) ? readFileSync(path, "latin1") : undefined));
      expect({ what, left }).toEqual({ what, left: damaged });
      for (const [i, path] of files.entries()) writeFileSync(path, kept[i] ?? "");
    }
    await withRecords(folder, 1); // and it opens again once all is restored
  });

  it("keeps the private key outside the folder, for its owner alone", async () => {
    const folder = newFolder();
    await withRecords(folder, 1);
    const key = join(dirname(folder), "keys", `${basename(folder)}.key`);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), "utf8")).not.toContain("PRIVATE");
    const inside = newFolder();
    expect(await refusal(fileAudit(inside, { key: join(inside, "k.key") }))).toContain("audit_key");
    chmodSync(key, 0o644);
    expect(await refusal(fileAudit(folder))).toContain("may be read by others");
    chmodSync(key, 0o600);
    rmSync(key);
    expect(await refusal(fileAudit(folder))).toContain("audit_key: The signing key");
    expect(existsSync(key)).toBe(false); // a new key would let the log go on under another name
  });

  it("says that a log was removed when its key is still there", async () => {
    const folder = newFolder();
    await withRecords(folder, 2);
    rmSync(folder, { recursive: true });
    await withRecords(folder, 0);
    expect(readFileSync(join(folder, "log.jsonl"), "utf8")).toContain('"code":"audit.begun_with_old_key"');
  });

  it("begins again where a crash interrupted the beginning", async () => {
    const folder = newFolder();
    await withRecords(folder, 0);
    rmSync(join(folder, "log.pub"));
    await withRecords(folder, 1);
    expect(await verifyAudit(folder)).toMatchObject({ ok: true });
  });

  it("refuses what is no folder or no file", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, "file"), "");
    expect(await refusal(fileAudit(join(place, "file")))).toContain("audit_unavailable");
    expect(await verifyAudit(join(place, "nowhere"))).toMatchObject({
      ok: false,
      problems: [{ code: "no_log" }, { code: "no_key" }],
    });
    expect(await verifyAudit(join(place, "file"))).toMatchObject({ ok: false, problems: [{ code: "unreadable" }] });
  });
});

describe("a log that may not be written", () => {
  async function opened(): Promise<{ folder: string; log: FileAudit }> {
    const folder = newFolder();
    const log = await fileAudit(folder);
    await log.append(intentRecord(0), durable);
    return { folder, log };
  }

  it("is refused when its folder or file is marked read-only, for root too, and accepted again after", async () => {
    const { folder, log } = await opened();
    for (const path of [folder, join(folder, "log.jsonl")]) {
      const { mode } = statSync(path);
      chmodSync(path, mode & 0o555);
      expect(await refusal(log.append(intentRecord(1), durable))).toMatch(/^audit_read_only: .*chmod u\+w/);
      expect(await refusal(log.append(intentRecord(1), { durable: false }))).toContain("audit_read_only");
      chmodSync(path, mode);
    }
    expect(await log.append(intentRecord(1), durable)).toMatchObject({ seq: 1 });
    await log.close();
    chmodSync(folder, 0o550);
    expect(await refusal(fileAudit(folder))).toContain("audit_read_only");
    chmodSync(folder, 0o750);
  });

  it("is refused when its folder was moved, and when another stands in its place, marked read-only or not", async () => {
    const { folder, log } = await opened();
    const moved = `${folder}.moved`;
    renameSync(folder, moved);
    expect(await refusal(log.append(intentRecord(1), durable))).toContain("audit_locked");
    cpSync(moved, folder, { recursive: true });
    for (const mode of [0o750, 0o550]) {
      chmodSync(folder, mode);
      expect(await refusal(log.append(intentRecord(1), durable))).toMatch(/^audit_replaced: .*another file/);
      expect(await refusal(log.append(intentRecord(1), { durable: false }))).toContain("audit_replaced");
    }
    rmSync(folder, { recursive: true });
    renameSync(moved, folder);
    expect(await log.append(intentRecord(1), durable)).toMatchObject({ seq: 1 });
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 2 });
  });

  it("is refused when its file was moved, deleted, replaced, cut or written to by another", async () => {
    const { folder, log } = await opened();
    const path = join(folder, "log.jsonl");
    const content = readFileSync(path);
    renameSync(path, `${path}.old`);
    expect(await refusal(log.append(intentRecord(1), durable))).toMatch(/^audit_replaced: .*deleted or moved/);
    writeFileSync(path, content);
    expect(await refusal(log.append(intentRecord(1), durable))).toMatch(/^audit_replaced: .*another file/);
    renameSync(`${path}.old`, path);
    expect(await log.append(intentRecord(1), durable)).toMatchObject({ seq: 1 });
    const whole = readFileSync(path);
    truncateSync(path, 10);
    expect(await refusal(log.append(intentRecord(2), durable))).toContain("audit_replaced");
    writeFileSync(path, Buffer.concat([whole, Buffer.from("x")]));
    expect(await refusal(log.append(intentRecord(2), durable))).toContain("audit_replaced");
    writeFileSync(path, whole);
    expect(await log.append(outcomeRecord(2, { result: { digest: DIGEST } }), durable)).toMatchObject({ seq: 2 });
    await log.close();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, records: 3 });
  });
});
