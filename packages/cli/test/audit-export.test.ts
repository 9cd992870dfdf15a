import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileAudit } from "@writ/runtime/node";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const DIGEST = `sha256:${"0".repeat(64)}`;

async function makeLog(): Promise<string> {
  const folder = join(temporary(), "audit");
  const audit = await fileAudit(folder);
  const call = { session: "s_1", call: "c_1", tool: "pay" };
  await audit.append(
    {
      ...call,
      type: "intent",
      at: 1_767_600_000_000,
      args: { digest: DIGEST, masked: null },
      effect: "allow",
      reasons: [{ by: "small", kind: "allow", truth: "true" }],
      policy: DIGEST,
    },
    { durable: true },
  );
  await audit.append({ ...call, type: "outcome", at: 1_767_600_000_005, status: "done", ms: 5 }, { durable: true });
  await audit.append({ type: "incident", at: 1, code: "x", message: '=1+1\u202e, "quoted"' }, { durable: true });
  await audit.close();
  return folder;
}

describe("writ audit export", () => {
  test("json: a line a record", async () => {
    const ran = await writ(["audit", "export", await makeLog()]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    const lines = ran.out.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([0, 1, 2]);
    expect(ran.out).not.toContain("\u202e");
  });
  test("csv: a head and a line a record, nothing a spreadsheet would run", async () => {
    const ran = await writ(["audit", "export", await makeLog(), "--format", "csv"]);
    const lines = ran.out.trimEnd().split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^seq,time,type,/);
    expect(lines[1]).toContain("2026-01-05T08:00:00.000Z,intent,s_1,c_1,pay,allow,allow small");
    expect(lines[3]).toContain(`"'=1+1`);
  });
  test.each(["ocsf", "otlp"])("%s: a line a call", async (format) => {
    const ran = await writ(["audit", "export", await makeLog(), "--format", format]);
    expect(ran.code).toBe(0);
    expect(ran.out.trimEnd().split("\n")).toHaveLength(1);
    expect(() => JSON.parse(ran.out) as unknown).not.toThrow();
  });
  test("a format that there is not, and no folder", async () => {
    expect(await writ(["audit", "export", ".", "--format", "xml"])).toMatchObject({ code: 1 });
    expect(await writ(["audit", "export", "nowhere"])).toMatchObject({ code: 1 });
  });
  test("a log that was changed: what stands before is written, and the export says that it ends there", async () => {
    const folder = await makeLog();
    const log = readdirSync(folder).find((name) => name.endsWith(".jsonl")) ?? "";
    appendFileSync(join(folder, log), "0000 {}\n");
    const ran = await writ(["audit", "export", folder]);
    expect(ran.code).toBe(2);
    expect(ran.out.trimEnd().split("\n")).toHaveLength(3);
    expect(ran.err).toContain("the export ends here");
  });
});
