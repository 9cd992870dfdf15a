import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySaver } from "@langchain/langgraph";
import { fileAudit, fileStore, verifyAudit } from "@writ/runtime/node";
import { afterEach, expect, it } from "vitest";
import { approvalsOf, TestClock, turn, world, type Ran } from "./support.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** What a checkpointer on disk would hold: nothing of the process but bytes. */
function reopened(saver: MemorySaver): MemorySaver {
  const fresh = new MemorySaver();
  fresh.storage = structuredClone(saver.storage);
  fresh.writes = structuredClone(saver.writes);
  return fresh;
}

it("goes on over the files of a guard that is gone: each effect once, the log whole", async () => {
  const folder = await mkdtemp(join(tmpdir(), "writ-langgraph-"));
  folders.push(folder);
  const ran: Ran[] = [];
  const script = [
    turn([
      { name: "note_add", args: { x: "a" } },
      { name: "note_pair", args: { x: "p" } },
      { name: "note_flaky", args: { x: "f" } },
      { name: "pay_confirm", args: { x: "b" } },
      { name: "pay_send", args: { to: "c9", amount: 3 } },
    ]),
  ];
  const open = async (checkpointer: MemorySaver) =>
    world({
      script,
      ran,
      clock: new TestClock(),
      checkpointer,
      audit: await fileAudit(join(folder, "audit")),
      state: await fileStore(join(folder, "state")),
    });

  let w = await open(new MemorySaver());
  let out = await w.start();
  const pauses: string[] = [];
  for (let process = 0; out.paused.length > 0; process += 1) {
    expect(process).toBeLessThan(6);
    const [asked] = approvalsOf(out.paused);
    pauses.push(asked?.tool ?? "own");
    await w.guard.close();
    w = await open(reopened(w.checkpointer ?? new MemorySaver()));
    if (asked !== undefined) expect(await w.grant(asked.id)).toMatchObject({ ok: true });
    out = await w.resume(asked === undefined ? "acct-7" : "WAKE");
  }
  await w.guard.close();

  expect(pauses).toEqual(["pay_confirm", "own", "pay_send"]);
  expect(ran.map(({ tool }) => tool)).toEqual(["note_add", "note_pair", "note_flaky", "pay_confirm", "pay_send"]);
  expect(out.text).toEqual([
    ["c1", "success", "added a"],
    ["c2", "success", "content p"],
    ["c3", "error", "Error: kaput\n Please fix your mistakes."],
    ["c4", "success", 'pay_confirm heard ["acct-7"]'],
    ["c5", "success", "paid 3 to c9"],
  ]);
  expect(out.answers[1]?.artifact).toEqual({ artifact: "p" });
  expect(out.done).toBe(true);
  expect(await verifyAudit(join(folder, "audit"))).toMatchObject({ ok: true });
});
