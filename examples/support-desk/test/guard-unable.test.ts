import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { PATIENCE, ANN, dataFolder, desk, mailbox, refunds, STRANGER, type Ran } from "./support/desk.js";

/** A file system of its own in a folder; why not, where it cannot be had. */
function mount(folder: string, options: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const done = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { encoding: "utf8" });
  if (done.status !== 0) return done.error?.message ?? done.stderr.trim();
  onTestFinished(() => void spawnSync("umount", ["-l", folder]));
  return undefined;
}

function expectNoTrace({ out, err }: Ran): void {
  expect(err).toBe("");
  expect(out).not.toMatch(/^\s+at .*:\d+/m);
}

function expectNothingDone(data: string): void {
  expect(refunds(data, "guarded")).toEqual([]);
  expect([...mailbox(data, "guarded", ANN), ...mailbox(data, "guarded", STRANGER)]).toEqual([]);
}

/** How many refunds the log says were about to be made. */
function recordedRefunds(data: string): number {
  const log = join(data, ".writ", "audit", "log.jsonl");
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  return lines.filter((line) =>
    ['"type":"intent"', '"effect":"allow"', '"tool":"payments'].every((part) => line.includes(part)),
  ).length;
}

describe("a guard that cannot record", PATIENCE, () => {
  it("does not start over a log without write permission: no effect, the reason, exit code 1", async () => {
    const data = dataFolder();
    const audit = join(data, ".writ", "audit");
    expect(await desk(["--approve", "--data", data])).toMatchObject({ code: 0 });
    chmodSync(audit, 0o550);
    chmodSync(join(audit, "log.jsonl"), 0o440);
    onTestFinished(() => chmodSync(audit, 0o750));
    const ran = await desk(["--approve", "--data", data]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/the guard does not start[^]*read-only/);
    expectNoTrace(ran);
    expectNothingDone(data);
  });

  it("does not start on a read-only mount", async (context) => {
    const data = dataFolder();
    const why = mount(join(data, ".writ", "audit"), "ro,size=64k");
    if (why !== undefined) context.skip(`no file system can be mounted here: ${why}`);
    const ran = await desk(["--approve", "--data", data]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/the guard does not start[^]*EROFS/);
    expectNoTrace(ran);
    expectNothingDone(data);
  });

  it("refuses from the call on at which the disk is full: every effect has its record", async (context) => {
    const probe = dataFolder();
    const why = mount(join(probe, "probe"), "size=64k");
    if (why !== undefined) context.skip(`no file system can be mounted here: ${why}`);
    // From too small to start on, to full in the middle: which call meets the end depends on the length of the records.
    for (const kilobytes of [8, 16, 20, 24]) {
      const data = dataFolder();
      mount(join(data, ".writ", "audit"), `size=${kilobytes}k`);
      const ran = await desk(["--approve", "--data", data]);
      expect(ran.code).toBe(1);
      expect(ran.out.replaceAll(/\s+/g, " ")).toContain("no space is left (ENOSPC)"); // wherever the line was broken
      expectNoTrace(ran);
      expect(mailbox(data, "guarded", STRANGER)).toEqual([]);
      expect(refunds(data, "guarded").length).toBeLessThanOrEqual(recordedRefunds(data));
      expect(refunds(data, "guarded").filter((refund) => refund.startsWith("c666"))).toEqual([]);
    }
  });
});
