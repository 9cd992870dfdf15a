import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore, type FileStore } from "../../src/node/index.js";
import { SharedJournal } from "../../src/node/shared-journal.js";
import { StateJournal } from "../../src/node/state-journal.js";
import { temporaryFolder } from "./temporary.js";

const once = [{ key: "k", count: 1, window: 60_000 }];

async function pair(options = {}): Promise<{ folder: string; path: string; a: FileStore; b: FileStore }> {
  const folder = join(temporaryFolder(), "state");
  const a = await fileStore(folder, options);
  await a.compareAndSet("seen", undefined, 0);
  return { folder, path: join(folder, "state.jsonl"), a, b: await fileStore(folder, options) };
}

async function raise(store: FileStore, key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const seen = await store.get(key);
    const before = typeof seen?.value === "number" ? seen.value : 0;
    expect(await store.compareAndSet(key, seen?.version, before + 1)).toBe(true);
  }
}

describe("two stores on one folder", () => {
  it("see each other's changes at once, of every kind", async () => {
    const { a, b } = await pair();
    expect((await b.get("seen"))?.value).toBe(0);
    await a.append("log", [1, 2]);
    await b.append("log", [3]);
    expect((await a.read("log")).values).toEqual([1, 2, 3]);
    expect((await a.reserve("c_1", once, 1000)).ok).toBe(true);
    expect((await b.reserve("c_2", once, 1000)).ok).toBe(false);
    await b.release("c_1");
    expect((await b.reserve("c_2", once, 1000)).ok).toBe(true);
    await expect(a.reserve("c_2", once, 1000)).rejects.toMatchObject({ code: "state_conflict" });
    await a.forget("see");
    expect(await b.list("")).toEqual([]);
    await Promise.all([a.close(), b.close()]);
  });

  it("each follows the other's compactions, one or many behind, and goes on in the same file", async () => {
    const { a, b, path, folder } = await pair({ compactAt: 1024 });
    await b.append("log", ["kept"]);
    await b.reserve("open", once, 1000);
    let files = 0;
    for (let round = 0; round < 20; round += 1) {
      const { ino } = statSync(path);
      await raise(a, "n", 1 + round * 4);
      files += ino === statSync(path).ino ? 0 : 1;
      const mine = await b.get("n");
      expect(mine).toEqual(await a.get("n"));
      expect(await b.compareAndSet("n", mine?.version, 0)).toBe(true);
      expect((await a.get("n"))?.value).toBe(0);
    }
    expect(files).toBeGreaterThan(5);
    await raise(a, "far", 500);
    expect((await b.get("far"))?.value).toBe(500);
    expect((await b.read("log")).values).toEqual(["kept"]);
    expect((await a.reserve("other", once, 1000)).ok).toBe(false);
    await b.commit("open", 1000);
    await Promise.all([a.close(), b.close()]);
    const again = await fileStore(folder);
    expect((await again.reserve("other", once, 1000)).ok).toBe(false);
    expect((await again.reserve("other", once, 61_000)).ok).toBe(true);
    await again.close();
  });

  it("free nothing when the clock of one is set back, and do not stand still either", async () => {
    const { a, b } = await pair();
    await a.reserve("c_0", once, 10_000_000);
    await a.commit("c_0", 10_000_000);
    const hour = 3_600_000;
    for (let i = 0; i < 50; i += 1) {
      const now = 10_000_000 - hour + i * 1000;
      expect((await (i % 2 === 0 ? b : a).reserve(`c_${i + 1}`, once, now)).ok).toBe(false);
    }
    const later = 10_000_000 - hour + 50_000;
    for (let i = 0; i < 70; i += 1)
      for (const store of [a, b]) {
        const free = await store.reserve("late", once, later + i * 1000);
        if (!free.ok) continue;
        expect(i).toBeGreaterThan(8);
        await Promise.all([a.close(), b.close()]);
        return;
      }
    expect.unreachable("time stood still");
  });
});

describe("what a process that died left of the journal", () => {
  it("an incomplete line is cut off by whoever comes next, while others use the store", async () => {
    const { a, b, path } = await pair();
    const next = new StateJournal();
    const whole = next.line(["append", "log", 0, ["x"]]);
    for (let length = 1; length < whole.length; length += 7) {
      appendFileSync(path, whole.slice(0, length));
      expect((await b.get("seen"))?.value).toBe(0);
      await raise(length % 2 === 0 ? a : b, "n", 1);
      expect(await b.get("n")).toEqual(await a.get("n"));
    }
    await Promise.all([a.close(), b.close()]);
  });

  it("a name that is no process's is never a path: what it held is settled, and no file is touched", async () => {
    const { a, b, path, folder } = await pair();
    await Promise.all([a.close(), b.close()]);
    const victim = join(folder, "..", "victim");
    mkdirSync(join(folder, "process..."));
    writeFileSync(victim, "kept");
    const journal = new SharedJournal(path);
    journal.write(journal.line(["reserve", "c_1", 1000, [["k", 60_000]], "../../victim"]));
    journal.close();
    const again = await fileStore(folder, { clock: { now: () => 2000 } });
    expect((await again.reserve("c_2", once, 3000)).ok).toBe(false);
    expect((await again.reserve("c_2", once, 62_000)).ok).toBe(true);
    expect(readFileSync(victim, "utf8")).toBe("kept");
    await again.close();
  });

  it("a compaction that got as far as its last line, and not to its rename", async () => {
    const { a, b, path, folder } = await pair();
    const journal = new SharedJournal(path);
    journal.write(journal.line(["moved", 1, 12_345, "0".repeat(32)]));
    journal.close();
    writeFileSync(join(folder, "state.jsonl.0123456789ab.tmp"), "half a snapshot");
    for (const store of [a, b, a]) await raise(store, "n", 2);
    const c = await fileStore(folder, { compactAt: 1024 });
    for (let i = 0; i < 60; i += 1) await raise(c, "n", 1);
    for (const store of [a, b, c]) expect((await store.get("n"))?.value).toBe(66);
    await Promise.all([a.close(), b.close(), c.close()]);
    expect(readFileSync(path, "utf8")).toMatch(/^[0-9a-f]{32} \["base",\d+,\d+,[1-9]/);
  });

  it("a compaction whose new file is in place: those in the old one lose nothing", async () => {
    const { a, b, path } = await pair();
    await raise(b, "n", 3);
    const dying = new SharedJournal(path);
    await dying.compact();
    dying.close();
    for (const store of [a, b]) await raise(store, "n", 1);
    expect((await a.get("n"))?.value).toBe(5);
    await Promise.all([a.close(), b.close()]);
  });
});

describe("a journal that something else changed", () => {
  const refusals: readonly (readonly [string, (path: string, folder: string) => void, string])[] = [
    ["cut", (path) => truncateSync(path, 50), "state_replaced"],
    ["deleted", (path) => rmSync(path), "state_replaced"],
    ["put back from a copy", (path) => renameSync(`${path}.copy`, path), "state_replaced"],
    ["written to", (path) => appendFileSync(path, "garbage\n"), "state_corrupt"],
    [
      "written to with a line that fits nowhere",
      (path) => appendFileSync(path, new StateJournal().line(["drop", "x", 1])),
      "state_corrupt",
    ],
    ["marked read-only", (path) => chmodSync(path, 0o440), "state_read_only"],
    ["in a folder marked read-only", (_path, folder) => chmodSync(folder, 0o550), "state_read_only"],
    ["without its lock", (_path, folder) => rmSync(join(folder, "state.lock")), "state_replaced"],
  ];

  it.each(refusals)("%s: refused with a code, for each", async (_how, change, code) => {
    const { a, b, path, folder } = await pair();
    copyFileSync(path, `${path}.copy`);
    await raise(a, "n", 1);
    change(path, folder);
    for (const store of [a, b])
      for (let i = 0; i < 2; i += 1)
        await expect(store.reserve(`c_${i}`, once, 1000)).rejects.toMatchObject({ name: "StateError", code });
    chmodSync(folder, 0o750);
    await Promise.all([a.close().catch(() => undefined), b.close().catch(() => undefined)]);
  });
});

describe("what no store takes", () => {
  it("huge keys, values and lists are refused with a code, and change nothing", async () => {
    const { a, b, path } = await pair();
    const before = statSync(path).size;
    const huge = "x".repeat(3_000_000);
    const refused = [
      a.compareAndSet("x".repeat(5000), undefined, 1),
      a.compareAndSet("k", undefined, huge),
      a.append("k", [huge]),
      a.append(
        "k",
        Array.from({ length: 20_000 }, () => 1),
      ),
      a.append("\ud800", [1]),
      a.forget(""),
      a.reserve("c", Array.from({ length: 300 }, () => once).flat(), 1),
      a.reserve("c", [{ key: "k", count: 1, window: 1, takes: Array.from({ length: 20_000 }, String) }], 1),
    ];
    for (const one of refused) await expect(one).rejects.toMatchObject({ code: "state_invalid" });
    expect(statSync(path).size).toBe(before);
    const large = "é".repeat(900_000);
    expect(await a.compareAndSet("large", undefined, large)).toBe(true);
    expect((await b.get("large"))?.value).toBe(large);
    await Promise.all([a.close(), b.close()]);
  });

  it("a queue that is full refuses more, and what was accepted is done", async () => {
    const { a, b } = await pair({ maxQueued: 10 });
    const tries = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => a.append("l", [i])));
    const done = tries.filter(({ status }) => status === "fulfilled").length;
    expect(done).toBe(10);
    for (const one of tries)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "state_overloaded" });
    expect((await b.read("l")).values.length).toBe(10);
    await Promise.all([a.close(), b.close()]);
  });
});
