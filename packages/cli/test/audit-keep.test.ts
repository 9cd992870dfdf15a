import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digest } from "@writ/ir";
import { fileAudit } from "@writ/runtime/node";
import { expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const HASH = `sha256:${"0".repeat(64)}`;
const OLD = Date.parse("2025-01-01T00:00:00Z");

/** A log whose calls are sealed to `seal`: two of them old, one of today. */
async function makeLog(): Promise<string> {
  const cwd = temporary();
  await writ(["audit", "keygen", "seal"], { cwd });
  const audit = await fileAudit(join(cwd, "audit"), { sealTo: join(cwd, "seal.pub") });
  for (const at of [OLD, OLD + 1, Date.now()]) {
    const args = { body: `words of ${at}` };
    await audit.append(
      {
        type: "intent",
        at,
        session: "s",
        call: `c_${at}`,
        tool: "send",
        args: { digest: digest(args), masked: { body: "<Text>" } },
        effect: "forbid",
        reasons: [],
        policy: HASH,
      },
      { durable: true, args },
    );
  }
  await audit.close();
  return cwd;
}

test("a key pair is made once, and only its owner may read the private half", async () => {
  const cwd = temporary();
  const ran = await writ(["audit", "keygen", "seal"], { cwd });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(statSync(join(cwd, "seal")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(cwd, "seal.pub"), "utf8")).toContain("PUBLIC KEY");
  const again = await writ(["audit", "keygen", "seal"], { cwd });
  expect(again.code).toBe(1);
  expect(again.err).toContain("may be a key");
});

test("a record is shown, and its arguments with the key alone", async () => {
  const cwd = await makeLog();
  const plain = await writ(["audit", "show", "audit", "1"], { cwd });
  expect(plain.code).toBe(0);
  expect(plain.out).not.toContain("words of");
  expect(JSON.parse(plain.out)).toMatchObject({ seq: 1, sealed: true, record: { type: "intent" } });
  const opened = await writ(["audit", "show", "audit", "1", "--unseal", "seal"], { cwd });
  expect(JSON.parse(opened.out)).toMatchObject({ seq: 1, args: { body: `words of ${OLD + 1}` } });
  await writ(["audit", "keygen", "other"], { cwd });
  const wrong = await writ(["audit", "show", "audit", "1", "--unseal", "other"], { cwd });
  expect(wrong).toMatchObject({ code: 1, out: "" });
  expect(wrong.err).toContain("does not open");
});

test("retention deletes what is old; verify, show and prove say so", async () => {
  const cwd = await makeLog();
  const ran = await writ(["audit", "retain", "audit", "--before", "30d", "--by", "ops", "--sealed"], { cwd });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toMatch(/^deleted the sealed arguments of 2 records, up to record 1, \d+ bytes/);
  expect((await writ(["audit", "show", "audit", "1", "--unseal", "seal"], { cwd })).err).toContain(
    "no sealed arguments",
  );
  const more = await writ(["audit", "retain", "audit", "--before", "2025-06-01", "--json"], { cwd });
  expect(JSON.parse(more.out)).toMatchObject({ format: "writ.audit.retain/1", through: 1, records: 2 });
  const verified = await writ(["audit", "verify", "audit", "--key", "audit/log.pub"], { cwd });
  expect(verified.code).toBe(0);
  expect(verified.out).toMatch(/deleted +2 records, of which the hashes are left; the log permits it up to record 1/);
  expect((await writ(["audit", "show", "audit", "0"], { cwd })).out).toContain("by retention");
  const proof = await writ(["audit", "prove", "audit", "0"], { cwd });
  writeFileSync(join(cwd, "p"), proof.out);
  expect(await writ(["audit", "verify", "p", "--key", "audit/log.pub"], { cwd })).toMatchObject({ code: 0 });
  const log = readFileSync(join(cwd, "audit", "log.jsonl"), "utf8").split("\n");
  writeFileSync(join(cwd, "audit", "log.jsonl"), log.with(2, log[2]?.slice(0, 64) ?? "").join("\n"));
  const tampered = await writ(["audit", "verify", "audit"], { cwd });
  expect(tampered.code).toBe(2);
  expect(tampered.out).toMatch(/erased +Of record 2 only the hash is left/);
});

test.each([
  ["no time", ["audit", "retain", "audit"], "needs --before"],
  ["a time that is none", ["audit", "retain", "audit", "--before", "yesterday"], "no date and no age"],
  ["a day that is none", ["audit", "retain", "audit", "--before", "2025-02-30"], "no date and no age"],
  ["a time to come", ["audit", "retain", "audit", "--before", "2999-01-01"], "not past yet"],
  ["no folder", ["audit", "retain", "gone", "--before", "1d"], "there is no such folder"],
  ["no such record", ["audit", "show", "audit", "99"], "has no record 99"],
  ["a key that is none", ["audit", "show", "audit", "1", "--unseal", "audit/log.pub"], "no private key"],
  ["no folder for a key", ["audit", "keygen", "gone/seal"], "there is no such folder"],
])("%s is a fault of one line", async (_, args, said) => {
  const cwd = await makeLog();
  const ran = await writ(args, { cwd });
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toContain(said);
  expect(ran.err.trimEnd()).not.toContain("\n");
});
