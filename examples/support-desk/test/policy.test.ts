import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataFolder, desk, mailbox, PATIENCE, POLICIES, refunds, STRANGER, writ } from "./support/desk.js";

const SUPPORT = join(POLICIES, "support.policy");

/** The policy of the example with parts of it changed, in a file of its own. */
function changed(data: string, ...changes: readonly (readonly [part: string, by: string])[]): string {
  let text = readFileSync(SUPPORT, "utf8");
  for (const [part, by] of changes) {
    expect(text).toContain(part);
    text = text.replace(part, by);
  }
  const file = join(data, "changed.policy");
  writeFileSync(file, text);
  return file;
}

const ANY_RECIPIENT = ["when    every to in session.participants", "when    size(to) == 1"] as const;
const NO_LABELS = ["  labels   pii, confidential\n", ""] as const;

describe("the policies of the example", PATIENCE, () => {
  it.each(["support.policy", "cost.policy"])("%s checks without a warning", async (file) => {
    const { code, out, err } = await writ(["check", join(POLICIES, file)]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).not.toContain("warning");
  });

  it("support.policy passes its own tests, the attack among them", async () => {
    const { code, out } = await writ(["test", SUPPORT]);
    expect(out).toMatch(/9 passed, 0 failed/);
    expect(code).toBe(0);
  });

  it("is laid out as writ fmt lays it out", async () => {
    const { code } = await writ(["fmt", "--check", SUPPORT, join(POLICIES, "cost.policy")]);
    expect(code).toBe(0);
  });

  it("with any recipient granted fails its tests, and still the record goes to nobody else: it is Ann's", async () => {
    const data = dataFolder();
    const policy = changed(data, ANY_RECIPIENT);
    const tested = await writ(["test", policy]);
    expect(tested.code).toBe(2);
    expect(tested.out).toContain("variants of the attack");
    const { code, out } = await desk(["--data", data, "--policy", policy]);
    expect(code).toBe(0);
    expect(out).toMatch(/email\.send\(stranger@evil\.test\) +refused +flow pii_to_egress/);
    expect(mailbox(data, "guarded", STRANGER)).toEqual([]);
  });

  it("without the labels of the record too lets the mail out: its tests say so, and so does the run", async () => {
    const data = dataFolder();
    const policy = changed(data, ANY_RECIPIENT, NO_LABELS);
    const tested = await writ(["test", policy]);
    expect(tested.code).toBe(2);
    expect(tested.out).toContain("the attack");
    const { code, out } = await desk(["--data", data, "--policy", policy]);
    expect(code).toBe(1);
    expect(out).toContain("the attack succeeded in the guarded run");
    expect(mailbox(data, "guarded", STRANGER)).toHaveLength(1);
  });

  it("broken, or not there, starts no guard and says where", async () => {
    const data = dataFolder();
    const policy = changed(data, ["customer from untrusted", "custmer from untrusted"]);
    const broken = await desk(["--data", data, "--policy", policy]);
    expect(broken).toMatchObject({ code: 1, err: "" });
    expect(broken.out).toMatch(/the guard does not start[^]*changed\.policy:\d+[^]*did you mean/i);
    expect(refunds(data, "guarded")).toEqual([]);
    const missing = await desk(["--data", data, "--policy", join(data, "none.policy")]);
    expect(missing).toMatchObject({ code: 1, err: "" });
    expect(missing.out).toMatch(/the guard does not start[^]*none\.policy/);
    expect(refunds(data, "guarded")).toEqual([]);
  });
});
