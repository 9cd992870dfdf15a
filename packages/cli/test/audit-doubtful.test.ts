import { join } from "node:path";
import { fileAudit, fileStore } from "@writ/runtime/node";
import { describe, expect, test } from "vitest";
import { temporary } from "./support/temporary.js";
import { writ } from "./support/writ.js";

const DIGEST = `sha256:${"0".repeat(64)}`;
const KEY = "ab".repeat(32);
const CALL = `c_${KEY.slice(0, 32)}`;

/** A log and a store that a crash left with one call open and one ended. */
async function afterCrash(): Promise<{ readonly folder: string; readonly state: string }> {
  const root = temporary();
  const [folder, state] = [join(root, "audit"), join(root, "state")];
  const audit = await fileAudit(folder);
  const intent = {
    type: "intent",
    at: 1_767_600_000_000,
    session: "s_1",
    tool: "pay\u202e",
    args: { digest: DIGEST, masked: null },
    effect: "allow",
    reasons: [],
    policy: DIGEST,
  } as const;
  await audit.append({ ...intent, call: CALL }, { durable: true });
  await audit.append({ ...intent, call: "c_2" }, { durable: true });
  const ended = { type: "outcome", at: 1, session: "s_1", call: "c_2", tool: "pay", status: "done", ms: 1 } as const;
  await audit.append(ended, { durable: true });
  await audit.close();
  const store = await fileStore(state);
  await store.compareAndSet(`call/s_1/${KEY}`, undefined, {
    state: "started",
    call: CALL,
    at: 1,
    session: "s_1",
    tool: "pay",
  });
  await store.close();
  return { folder, state };
}

describe("writ audit doubtful", () => {
  test("lists what has no outcome, and ends with 2", async () => {
    const { folder } = await afterCrash();
    const ran = await writ(["audit", "doubtful", folder]);
    expect(ran).toMatchObject({ code: 2, err: "" });
    expect(ran.out).toContain(CALL);
    expect(ran.out).not.toContain("c_2");
    expect(ran.out).not.toContain("\u202e");
    expect(JSON.parse((await writ(["audit", "doubtful", folder, "--json"])).out)).toMatchObject({
      format: "writ.audit.doubtful/1",
      ok: false,
      calls: [{ call: CALL, session: "s_1", seq: 0 }],
    });
  });

  test.each([
    ["happened", [{ value: { state: "failed", code: "settled" } }]],
    ["not-happened", []],
  ])("settles one as %s, in the log and in the journal", async (outcome, journal) => {
    const { folder, state } = await afterCrash();
    const settle = ["--settle", CALL, "--by", "max", "--outcome", outcome, "--note", "receipt 7", "--state", state];
    expect(await writ(["audit", "doubtful", folder, ...settle])).toMatchObject({ code: 0, err: "" });
    expect(await writ(["audit", "doubtful", folder])).toMatchObject({ code: 0, out: "no call is doubtful\n" });
    expect((await writ(["audit", "verify", folder])).code).toBe(0);
    const store = await fileStore(state);
    expect(await store.list("call/")).toMatchObject(journal);
    await store.close();
    expect((await writ(["audit", "doubtful", folder, ...settle])).err).toContain("is doubtful in");
  });

  test("does nothing while a guard holds the log", async () => {
    const { folder, state } = await afterCrash();
    const audit = await fileAudit(folder);
    const settle = ["--settle", CALL, "--by", "max", "--outcome", "happened", "--state", state];
    const ran = await writ(["audit", "doubtful", folder, ...settle]);
    await audit.close();
    expect(ran.code).not.toBe(0);
    expect(ran.err).toMatch(/^writ: /);
    expect((await writ(["audit", "doubtful", folder])).code).toBe(2);
  });

  test.each([
    [["--settle", CALL]],
    [["--settle", CALL, "--by", "max", "--outcome", "perhaps"]],
    [["--by", "max"]],
    [["--state", "."]],
    [["--settle", "c_none", "--by", "max", "--outcome", "happened"]],
  ])("%j is a mistake with one line", async (words) => {
    const { folder } = await afterCrash();
    const ran = await writ(["audit", "doubtful", folder, ...words]);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err.trimEnd().split("\n")).toHaveLength(1);
  });
});
