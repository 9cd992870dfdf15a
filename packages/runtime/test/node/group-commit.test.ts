import { writeSync } from "node:fs";
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

function faulty(file: FileHandle): FaultyFile {
  return new FaultyFile(file);
}

interface SetUp<F> {
  file: F;
  add: (text: string, until?: Entry["until"]) => Promise<string>;
  content: () => Promise<string>;
  commit: GroupCommit<Line>;
}

async function setUp(): Promise<SetUp<FaultyFile>>;
async function setUp<F extends FaultyFile>(made: (file: FileHandle) => F, maxBytes?: number): Promise<SetUp<F>>;
async function setUp(made: (file: FileHandle) => FaultyFile = faulty, maxBytes = 10_000): Promise<SetUp<FaultyFile>> {
  const path = join(temporaryFolder(), "journal");
  const file = made(await open(path, "w+"));
  const commit = new GroupCommit<Line>({
    file,
    end: 0,
    name: "the journal",
    maxEntries: 100,
    maxBytes,
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

/** A file that also writes at once. */
class PromptFile extends FaultyFile {
  nows: (Error | number | undefined)[] = [];
  /** The texts that were written at once. */
  readonly wrote: string[] = [];
  /** Holds a sync until it is called. */
  release: (() => void) | undefined;
  readonly #fd: number;
  constructor(file: FileHandle) {
    super(file);
    this.#fd = file.fd;
  }
  writeNow(buffer: Uint8Array, position: number): number {
    const fault = this.nows.shift();
    if (fault instanceof Error) throw fault;
    this.wrote.push(new TextDecoder().decode(buffer));
    return writeSync(this.#fd, buffer, 0, Math.min(fault ?? buffer.length, buffer.length), position);
  }
  override async datasync(): Promise<void> {
    if (this.release !== undefined) await new Promise<void>((resolve) => (this.release = resolve));
    await super.datasync();
  }
}

describe("group commit into a file that writes at once", () => {
  it("writes what is small at once, and what is large by another thread", async () => {
    const { file, add, content, commit } = await setUp((handle) => new PromptFile(handle), 100_000);
    expect(await add("small", "written")).toBe("done");
    const large = "x".repeat(70_000);
    expect(await add(large)).toBe("done");
    expect(file.wrote).toEqual(["small"]);
    expect(await content()).toBe(`small${large}`);
    await commit.close();
  });

  it("writes nothing at once while a sync is under way, which it might have to wait for", async () => {
    const { file, add, content, commit } = await setUp((handle) => new PromptFile(handle));
    file.release = () => undefined;
    const first = add("first");
    await setTimeout(5);
    expect(await add("second", "written")).toBe("done");
    expect(file.wrote).toEqual(["first"]);
    file.release();
    expect(await first).toBe("done");
    expect(await content()).toBe("firstsecond");
    file.release = undefined;
    await commit.close();
  });

  it("goes on after a short write, and cuts off what a failed one left", async () => {
    const { file, add, content, commit } = await setUp((handle) => new PromptFile(handle));
    file.nows = [3];
    expect(await add("abcdefghij")).toBe("done");
    file.nows = [2];
    file.writes = [ENOSPC];
    expect(await add("refused")).toBe("full");
    file.nows = [ENOSPC];
    expect(await add("refused")).toBe("full");
    expect(await content()).toBe("abcdefghij");
    expect(await add("klm")).toBe("done");
    expect(await content()).toBe("abcdefghijklm");
    await commit.close();
  });

  it("accepts nothing more where a failed write cannot be cut off", async () => {
    const { file, add, commit } = await setUp((handle) => new PromptFile(handle));
    file.nows = [EIO];
    file.truncates = [EIO];
    expect(await add("refused")).toBe("unavailable");
    expect(await add("refused too")).toBe("unavailable");
    await commit.close().catch(() => undefined);
  });
});

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
