import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileAudit } from "../../src/node/index.js";
import { lockFolder } from "../../src/node/file-lock.js";
import { ownIdentity } from "../../src/node/process-identity.js";
import { runAndKill } from "./killed.js";
import { temporaryFolder } from "./temporary.js";

async function outcome(folder: string): Promise<string> {
  try {
    await (await lockFolder(folder)).release();
    return "taken";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function lock(folder: string, number: number, holder: object): void {
  writeFileSync(join(folder, `lock.${number}`), JSON.stringify({ ...ownIdentity(), token: "t", ...holder }));
}

describe("a folder's lock", () => {
  it("lets one in and names it to the second; lets the next in when it is released", async () => {
    const folder = temporaryFolder();
    const held = await lockFolder(folder);
    expect(await outcome(folder)).toContain(`in use by process ${process.pid}`);
    await held.release();
    expect(await outcome(folder)).toBe("taken");
    expect(readdirSync(folder)).toEqual(["lock.2"]);
  });

  it("lets exactly one of many in", async () => {
    const folder = temporaryFolder();
    for (let round = 0; round < 10; round += 1) {
      const results = await Promise.allSettled(Array.from({ length: 30 }, () => lockFolder(folder)));
      const winners = results.filter((result) => result.status === "fulfilled");
      expect(winners.length).toBe(1);
      await Promise.all(winners.map(({ value }) => value.release()));
    }
  });

  it("takes over a dead process's lock, also when its id was given to another", async () => {
    const folder = temporaryFolder();
    const dead = spawnSync(process.execPath, ["-e", ""]);
    lock(folder, 1, { pid: dead.pid, start: "1" });
    expect(await outcome(folder)).toBe("taken");
    lock(folder, 9, { pid: process.pid, start: "1" });
    expect(await outcome(folder)).toBe("taken");
    lock(folder, 12, {});
    expect(await outcome(folder)).toContain("in use");
  });

  it("waits for a minute of silence from a process it cannot see", async () => {
    const folder = temporaryFolder();
    lock(folder, 1, { scope: "another machine" });
    expect(await outcome(folder)).toMatch(/another container or machine .*try again in \d+ seconds/);
    const past = new Date(Date.now() - 120_000);
    utimesSync(join(folder, "lock.1"), past, past);
    expect(await outcome(folder)).toBe("taken");
  });

  it("refuses what it did not write", async () => {
    const folder = temporaryFolder();
    for (const content of ["x", "{}", "null", '{"pid":1}']) {
      writeFileSync(join(folder, "lock.3"), content);
      expect(await outcome(folder)).toContain("not a lock of Writ's");
    }
  });

  it("is noticed by its holder when it was taken over", async () => {
    const folder = temporaryFolder();
    const log = await fileAudit(join(folder, "audit"));
    const incident = { type: "incident", at: 1, code: "c", message: "m" } as const;
    await log.append(incident, { durable: true });
    writeFileSync(
      join(folder, "audit", "lock.1"),
      JSON.stringify({ ...ownIdentity(), token: "t", pid: 1, start: "0" }),
    );
    const second = await fileAudit(join(folder, "audit"));
    await expect(log.append(incident, { durable: true })).rejects.toMatchObject({ code: "audit_locked" });
    await second.append(incident, { durable: true });
    await log.close().catch(() => undefined);
    await second.close();
  });

  it("holds between processes", async () => {
    const folder = temporaryFolder();
    const log = await fileAudit(join(folder, "audit"));
    await expect(runAndKill("audit", join(folder, "audit"), 0)).rejects.toThrow(`in use by process ${process.pid}`);
    await expect(fileAudit(join(folder, "audit"))).rejects.toMatchObject({ code: "audit_locked" });
    await log.close();
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
    lock(join(folder, "audit"), 50, { pid: child.pid, start: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] });
    await expect(fileAudit(join(folder, "audit"))).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    await (await fileAudit(join(folder, "audit"))).close();
  });
});
