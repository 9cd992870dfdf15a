import { open, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { GroupCommit, type Entry, type JournalFile } from "../../src/node/group-commit.js";
import type { StorageFault } from "../../src/node/storage-fault.js";
import { temporaryFolder } from "./temporary.js";

/** Faults that no real disk gives on demand, put between group commit and a real file. */
class FaultyFile implements JournalFile {
  readonly #file: FileHandle;
  writes: (Error | number | undefined)[] = [];
  syncs: (Error | undefined)[] = [];
  truncates: (Error | undefined)[] = [];
  synced = 0;
  constructor(file: FileHandle) {
    this.#file = file;
  }
  async write(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> {
    const fault = this.writes.shift();
    if (fault instanceof Error) throw fault;
    return this.#file.write(buffer, offset, fault === undefined ? length : Math.min(fault, length), position);
  }
  async datasync(): Promise<void> {
    const fault = this.syncs.shift();
    if (fault !== undefined) throw fault;
    this.synced += 1;
    await this.#file.datasync();
  }
  async truncate(length: number): Promise<void> {
    const fault = this.truncates.shift();
    if (fault !== undefined) throw fault;
    await this.#file.truncate(length);
  }
  close(): Promise<void> {
    return this.#file.close();
  }
}

class Line implements Entry {
  readonly size: number;
  readonly text: string;
  readonly until: Entry["until"];
  readonly settled: Promise<string>;
  done: () => void = () => undefined;
  failed: (fault: StorageFault) => void = () => undefined;
  constructor(text: string, until: Entry["until"]) {
    this.text = text;
    this.until = until;
    this.size = text.length;
    this.settled = new Promise((resolve) => {
      this.done = () => resolve("done");
      this.failed = (fault) => resolve(fault.kind);
    });
  }
}

async function setUp(): Promise<{
  file: FaultyFile;
  add: (text: string, until?: Entry["until"]) => Promise<string>;
  content: () => Promise<string>;
  commit: GroupCommit<Line>;
}> {
  const path = join(temporaryFolder(), "journal");
  const file = new FaultyFile(await open(path, "w+"));
  const commit = new GroupCommit<Line>({
    file,
    end: 0,
    name: "the journal",
    maxEntries: 100,
    maxBytes: 10_000,
    check: () => undefined,
    seal: (batch) => ({
      text: batch.map((line) => line.text).join(""),
      written: () => undefined,
      undo: () => undefined,
    }),
  });
  const add = (text: string, until: Entry["until"] = "durable"): Promise<string> => {
    const line = new Line(text, until);
    commit.add(line);
    return line.settled;
  };
  return { file, add, commit, content: () => readFile(path, "utf8") };
}

const EIO = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
const ENOSPC = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });

describe("group commit", () => {
  it("writes together what came together, and syncs once for all", async () => {
    const { file, add, content, commit } = await setUp();
    expect(await Promise.all(Array.from({ length: 50 }, (_, i) => add(`${i},`)))).toEqual(
      Array.from({ length: 50 }, () => "done"),
    );
    expect(file.synced).toBe(1);
    expect(await content()).toBe(Array.from({ length: 50 }, (_, i) => `${i},`).join(""));
    await commit.close();
  });

  it("goes on after short writes", async () => {
    const { file, add, content, commit } = await setUp();
    file.writes = [1, 2, 3];
    expect(await add("abcdefghij")).toBe("done");
    expect(await content()).toBe("abcdefghij");
    await commit.close();
  });

  it.each([
    [EIO, "unavailable"],
    [ENOSPC, "full"],
  ] as const)("cuts a failed write off again and refuses only its batch: %s", async (error, kind) => {
    const { file, add, content, commit } = await setUp();
    await add("a");
    file.writes = [2, error];
    const [durable, written] = [add("bcd"), add("efg", "written")];
    expect([await durable, await written]).toEqual([kind, kind]);
    expect(await content()).toBe("a");
    expect(await add("h")).toBe("done");
    expect(await content()).toBe("ah");
    await commit.close();
  });

  it("refuses everything after a failed sync, and does not ask the disk again", async () => {
    const { file, add, commit } = await setUp();
    file.syncs = [EIO];
    expect([await add("a"), await add("b"), await add("c", "written")]).toEqual(
      Array.from({ length: 3 }, () => "unavailable"),
    );
    expect(file.synced).toBe(0);
    await commit.close();
  });

  it("refuses what was being written while a sync failed", async () => {
    const { file, add, commit } = await setUp();
    const slow = Promise.withResolvers<void>();
    const sync = file.datasync.bind(file);
    file.datasync = async () => {
      await slow.promise;
      file.syncs = [EIO];
      await sync();
    };
    const first = add("a");
    await setTimeout(20);
    const second = add("b");
    const third = add("c", "written");
    expect(await third).toBe("done"); // need not wait for the sync
    slow.resolve();
    expect([await first, await second]).toEqual(["unavailable", "unavailable"]);
    await commit.close();
  });

  it("refuses everything when a failed write cannot be cut off", async () => {
    const { file, add, commit } = await setUp();
    file.writes = [ENOSPC];
    file.truncates = [EIO];
    expect(await add("a")).toBe("full");
    expect(await add("b")).toBe("unavailable");
    await commit.close();
  });

  it("refuses more than its bounds, by number and by bytes", async () => {
    const { add, commit } = await setUp();
    const many = await Promise.all(Array.from({ length: 150 }, () => add("x")));
    expect(many.filter((result) => result === "overloaded").length).toBe(50);
    expect(await Promise.all([add("x".repeat(9000)), add("x".repeat(2000)), add("x")])).toEqual([
      "done",
      "overloaded",
      "done",
    ]);
    await commit.close();
    expect(await add("x")).toBe("closed");
  });
});
