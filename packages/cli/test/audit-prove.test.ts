import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileAudit } from "@writ/runtime/node";
import { expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

/** A folder with a log of records over several files, an older checkpoint, and the key kept elsewhere. */
async function makeLog(): Promise<string> {
  const cwd = temporary();
  for (let run = 0; run < 2; run += 1) {
    const audit = await fileAudit(join(cwd, "audit"), { rotate: { bytes: 500 } });
    for (let index = 0; index < 5; index += 1)
      await audit.append(
        { type: "incident", at: index, code: "c", message: `m${run}${index}\u202E` },
        { durable: true },
      );
    await audit.close();
    if (run === 0) copyFileSync(join(cwd, "audit", "checkpoint"), join(cwd, "early"));
  }
  copyFileSync(join(cwd, "audit", "log.pub"), join(cwd, "key"));
  return cwd;
}

test("a record is proven to whoever has the key alone", async () => {
  const cwd = await makeLog();
  expect(await writ(["audit", "prove", "audit", "3", "-o", "3.tlog-proof"], { cwd })).toMatchObject({
    code: 0,
    out: "3.tlog-proof\n",
    err: "",
  });
  rmSync(join(cwd, "audit"), { recursive: true });
  const ran = await writ(["audit", "verify", "3.tlog-proof", "--key", "key"], { cwd });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toMatch(/^proven {2}3.tlog-proof\n {2}record +3 of the \d+ that were signed\n/);
  expect(ran.out).not.toContain("\u202E");
  const json = JSON.parse((await writ(["audit", "verify", "3.tlog-proof", "--key", "key", "--json"], { cwd })).out) as {
    format: string;
    ok: boolean;
    record: { seq: number };
  };
  expect(json).toMatchObject({ format: "writ.audit.proof/1", ok: true, kind: "inclusion", record: { seq: 3 } });
});

test("a proof can keep the record to itself", async () => {
  const cwd = await makeLog();
  const proof = (await writ(["audit", "prove", "audit", "0", "--hash-only"], { cwd })).out;
  expect(proof).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra /);
  expect(Buffer.from(proof.split("\n")[1]?.slice(6) ?? "", "base64").toString()).toMatch(/^[0-9a-f]{64}$/);
  writeFileSync(join(cwd, "p"), proof);
  expect((await writ(["audit", "verify", "p", "--key", "key"], { cwd })).out).toContain("not in the proof");
});

test("growth since an older checkpoint is proven", async () => {
  const cwd = await makeLog();
  await writ(["audit", "prove", "audit", "--since", "early", "-o", "growth"], { cwd });
  expect(readFileSync(join(cwd, "growth"), "utf8")).toMatch(/^old \d+\n/);
  const ran = await writ(["audit", "verify", "growth", "--key", "key", "--checkpoint", "early"], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/grew +from \d+ records to \d+/);
  expect(await writ(["audit", "verify", "growth", "--key", "key"], { cwd })).toMatchObject({ code: 2 });
});

test("a changed proof, and one of another log, prove nothing", async () => {
  const [cwd, other] = [await makeLog(), await makeLog()];
  const { out } = await writ(["audit", "prove", "audit", "2"], { cwd });
  writeFileSync(join(cwd, "p"), out.replace("index 2", "index 1"));
  expect(await writ(["audit", "verify", "p", "--key", "key"], { cwd })).toMatchObject({ code: 2 });
  writeFileSync(join(cwd, "p"), out);
  const ran = await writ(["audit", "verify", "p", "--key", join(other, "key")], { cwd });
  expect(ran.code).toBe(2);
  expect(ran.out).toContain("bad_signature");
});

test.each([
  ["no number", ["audit", "prove", "audit"], "needs a record's number"],
  ["both", ["audit", "prove", "audit", "1", "--since", "early"], "needs a record's number"],
  ["a wrong number", ["audit", "prove", "audit", "one"], "one is no record's number"],
  ["a record that is not there", ["audit", "prove", "audit", "999"], "there is no record 999 under it"],
  ["no folder", ["audit", "prove", "gone", "1"], "there is no such folder"],
  ["a checkpoint that is none", ["audit", "prove", "audit", "--since", "key"], "The older checkpoint"],
  ["a proof without the key", ["audit", "verify", "p"], "--key FILE|KEY"],
  ["a file that is no proof", ["audit", "verify", "key", "--key", "key"], "key is no folder"],
])("%s is a fault of one line", async (_, args, said) => {
  const cwd = await makeLog();
  writeFileSync(join(cwd, "p"), "c2sp.org/tlog-proof@v1\n");
  const ran = await writ(args, { cwd });
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toContain(said);
  expect(ran.err.trimEnd()).not.toContain("\n");
});
