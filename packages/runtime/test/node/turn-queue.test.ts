import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/index.js";
import { kernelLocks } from "../../src/node/kernel-lock.js";
import { SharedJournal } from "../../src/node/shared-journal.js";
import { StateJournal } from "../../src/node/state-journal.js";
import { StoreMembers } from "../../src/node/store-members.js";
import { Turn, type Until } from "../../src/node/turn.js";
import { TurnQueue } from "../../src/node/turn-queue.js";
import { temporaryFolder } from "./temporary.js";

/** A disk that does what a test wants. */
class FaultyJournal extends SharedJournal {
  syncs = 0;
  gate: Promise<void> | undefined;
  brokenSync = false;
  brokenWrite = false;

  override async sync(): Promise<void> {
    this.syncs += 1;
    await this.gate;
    if (this.brokenSync) throw Object.assign(new Error("EIO"), { code: "EIO" });
    await super.sync();
  }

  override write(text: string): void {
    if (this.brokenWrite) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    super.write(text);
  }
}

async function queued() {
  const folder = temporaryFolder();
  const path = join(folder, "state.jsonl");
  writeFileSync(path, new StateJournal().line(["base", 0, 0, 0]));
  const openLock = await kernelLocks();
  const lock = openLock(join(folder, "state.lock"));
  const journal = new FaultyJournal(path);
  const members = new StoreMembers(folder, openLock);
  const queue = new TurnQueue({
    journal,
    lock,
    members,
    clock: systemClock,
    maxQueued: 1000,
    compactAt: 1 << 20,
    lockTimeout: 1000,
  });
  const set = (key: string, until: Until = "durable") =>
    new Promise((resolve, reject) =>
      queue.add(
        new Turn(until, 10, (image) => image.compareAndSet(key, image.get(key)?.version, key), resolve, reject),
      ),
    );
  const get = (key: string) =>
    new Promise((resolve, reject) =>
      queue.add(
        new Turn(
          (dirty) => dirty.has(key),
          0,
          (image) => ({ answer: image.get(key)?.value }),
          resolve,
          reject,
        ),
      ),
    );
  return { journal, queue, set, get };
}

describe("turns on a store", () => {
  it("share one wait for the disk, and what comes while it runs shares the next", async () => {
    const { journal, set } = await queued();
    await Promise.all(Array.from({ length: 100 }, (_, i) => set(`a${i}`)));
    expect(journal.syncs).toBe(1);
    const gate = Promise.withResolvers<void>();
    journal.gate = gate.promise;
    const first = set("first");
    await expect.poll(() => journal.syncs).toBe(2);
    const more = Array.from({ length: 100 }, (_, i) => set(`b${i}`));
    await set("written", "written"); // is not held up
    gate.resolve();
    await Promise.all([first, ...more]);
    expect(journal.syncs).toBe(3);
  });

  it("tell nobody of a value that a power cut could take back; other keys are told at once", async () => {
    const { journal, set, get } = await queued();
    await set("old");
    const gate = Promise.withResolvers<void>();
    journal.gate = gate.promise;
    let told = false;
    const setting = set("new");
    const getting = get("new").then((value) => {
      told = true;
      return value;
    });
    expect(await get("old")).toBe("old");
    expect(told).toBe(false);
    gate.resolve();
    expect(await getting).toBe("new");
    await setting;
  });

  it("after a sync that failed, all is refused: nobody knows what the disk holds", async () => {
    const { journal, set, get } = await queued();
    await set("a");
    journal.brokenSync = true;
    const both = await Promise.allSettled([set("b"), set("c")]);
    for (const one of both) expect(one).toMatchObject({ status: "rejected", reason: { code: "state_unavailable" } });
    journal.brokenSync = false;
    await expect(set("d", "written")).rejects.toThrow("Nothing more is accepted until it is opened again");
    await expect(get("a")).rejects.toMatchObject({ code: "state_unavailable" });
  });

  it("a write that failed refuses its own and leaves the image as it was", async () => {
    const { journal, set, get } = await queued();
    await set("a");
    journal.brokenWrite = true;
    const both = await Promise.allSettled([set("b"), set("c"), get("a")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    journal.brokenWrite = false;
    expect(await get("b")).toBeUndefined();
    expect(await set("b")).toBe(true);
    const again = new SharedJournal(journal.path);
    expect(["a", "b", "c"].map((key) => again.image.get(key)?.value)).toEqual(["a", "b", undefined]);
    again.close();
  });
});
