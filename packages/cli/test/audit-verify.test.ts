import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileAudit } from "@writ/runtime/node";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const HASH = `sha256:${"0".repeat(64)}`;

/** A log of `records` records, closed, so that its checkpoint covers all of it. */
async function makeLog(records = 6): Promise<{ folder: string; log: string }> {
  const folder = join(temporary(), "audit");
  const audit = await fileAudit(folder);
  for (let index = 0; index < records; index += 1) {
    await audit.append(
      {
        type: "policy",
        at: 1_767_600_000_000 + index,
        policy: { name: "acme.support", digest: HASH },
        mode: "enforce",
        writ: "0.1.0",
      },
      { durable: true },
    );
  }
  await audit.close();
  return { folder, log: join(folder, "log.jsonl") };
}

function linesOf(log: string): string[] {
  return readFileSync(log, "utf8").split("\n").slice(0, -1);
}

describe("a log that is as it was written", () => {
  test("verifies, and an auditor is told to bring the key", async () => {
    const { folder } = await makeLog();
    const ran = await writ(["audit", "verify", folder]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toMatch(/^verified/);
    expect(ran.out).toMatch(/records +6\n/);
    expect(ran.out).toMatch(/checkpoint +signed, vouches for the first 6 records/);
    expect(ran.out).toContain("An auditor passes --key");
  });

  test("verifies with a key as a file and as text, and does not warn then", async () => {
    const { folder } = await makeLog();
    const key = join(folder, "log.pub");
    for (const given of [key, readFileSync(key, "utf8").trim()]) {
      const ran = await writ(["audit", "verify", folder, "--key", given]);
      expect(ran.code).toBe(0);
      expect(ran.out).toMatch(/key +given by you/);
    }
  });

  test("says how many records are beyond the checkpoint", async () => {
    const { folder, log } = await makeLog(4);
    const early = join(folder, "..", "early");
    cpSync(join(folder, "checkpoint"), early);
    const audit = await fileAudit(folder);
    await audit.append({ type: "incident", at: 1, code: "x", message: "m" }, { durable: true });
    await audit.close();
    const total = linesOf(log).length;
    const ran = await writ(["audit", "verify", folder, "--checkpoint", early]);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(new RegExp(`unsigned +${total - 4} records? after the checkpoint`));
  });
});

describe("a log that is not", () => {
  test.each([0, 3, 5])("one flipped byte in record %i is named", async (seq) => {
    const { folder, log } = await makeLog();
    const lines = linesOf(log);
    const bytes = readFileSync(log);
    const start = Buffer.byteLength(
      lines
        .slice(0, seq)
        .map((line) => `${line}\n`)
        .join(""),
    );
    bytes[start + 100] = (bytes[start + 100] ?? 0) ^ 1;
    writeFileSync(log, bytes);
    const ran = await writ(["audit", "verify", folder]);
    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/^NOT VERIFIED/);
    expect(ran.out).toMatch(new RegExp(`edited +line ${seq + 1}: Record ${seq} was changed`));
    const json = JSON.parse((await writ(["audit", "verify", folder, "--json"])).out) as {
      problems: { seq?: number }[];
    };
    expect(json.problems[0]).toMatchObject({ code: "edited", seq, line: seq + 1 });
  });

  test("a last record that was taken away is said", async () => {
    const { folder, log } = await makeLog();
    writeFileSync(
      log,
      linesOf(log)
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(""),
    );
    const ran = await writ(["audit", "verify", folder]);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain("The log has 5 records, the checkpoint vouches for 6");
  });

  test("another log's key does not verify it", async () => {
    const [{ folder }, other] = [await makeLog(), await makeLog()];
    const ran = await writ(["audit", "verify", folder, "--key", join(other.folder, "log.pub")]);
    expect(ran.code).toBe(2);
    expect(ran.out).toContain("bad_signature");
  });

  test("what stands in it cannot write to the terminal", async () => {
    const { folder } = await makeLog();
    writeFileSync(join(folder, "checkpoint"), "evil\u001B[2J\u202E\n6\nAAAA\n\n— x AAAA\n");
    const ran = await writ(["audit", "verify", folder]);
    expect(ran.code).toBe(2);
    expect(ran.out).not.toMatch(/[\u001B\u202E]/);
  });
});

describe("--json", () => {
  test("is one document of writ.audit.verify/1", async () => {
    const { folder } = await makeLog();
    const ran = await writ(["audit", "verify", folder, "--json"]);
    expect(ran.code).toBe(0);
    const [origin = ""] = readFileSync(join(folder, "checkpoint"), "utf8").split("\n");
    expect(JSON.parse(ran.out)).toEqual({
      format: "writ.audit.verify/1",
      folder,
      ok: true,
      key: "folder",
      records: 6,
      unsigned: 0,
      problems: [],
      omitted: 0,
      checkpoint: { size: 6, verified: true, origin },
    });
  });
});

describe("what cannot be verified is a fault, not an answer", () => {
  test.each([
    ["a missing folder", ["audit", "verify", "gone"], "there is no such folder"],
    ["a file", ["audit", "verify", "file"], "is no folder"],
    ["a missing key", ["audit", "verify", "audit", "--key", "gone"], "cannot read --key gone"],
    ["a key that is none", ["audit", "verify", "audit", "--key", "file"], "holds no public key"],
    ["an empty key", ["audit", "verify", "audit", "--key="], "--key needs a value"],
    ["a missing checkpoint", ["audit", "verify", "audit", "--checkpoint", "gone"], "cannot read --checkpoint gone"],
    ["a folder as a checkpoint", ["audit", "verify", "audit", "--checkpoint", "audit"], "--checkpoint audit"],
    ["links in a circle", ["audit", "verify", "circle"], "in a circle"],
  ])("%s", async (_, args, said) => {
    const cwd = temporary();
    writeFileSync(join(cwd, "file"), "no key");
    mkdirSync(join(cwd, "audit"));
    symlinkSync("circle", join(cwd, "circle"));
    const ran = await writ(args, { cwd });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(said);
    expect(ran.err.trimEnd()).not.toContain("\n");
  });

  test("an empty folder is no log, which is an answer", async () => {
    const cwd = temporary();
    const ran = await writ(["audit", "verify", "."], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.out).toContain("no_log");
    expect(existsSync(join(cwd, "log.jsonl"))).toBe(false);
  });
});
