import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/node/index.js";
import { kernelLocks } from "../../src/node/kernel-lock.js";
import { temporaryFolder } from "./temporary.js";

describe("a lock that the system frees", () => {
  it("has one holder, also within a process, and is free after close", async () => {
    const open = await kernelLocks();
    const path = join(temporaryFolder(), "a.lock");
    const [one, two] = [open(path), open(path)];
    expect([one.tryTake(), two.tryTake()]).toEqual([true, false]);
    one.free();
    one.free();
    expect(two.tryTake()).toBe(true);
    const three = open(path);
    three.close(); // another's end frees nothing
    expect(one.tryTake()).toBe(false);
    two.close();
    two.close();
    expect(one.tryTake()).toBe(true);
    one.close();
    expect(statSync(path).size).toBe(0);
  });

  it("is not taken where its file was deleted or replaced: there would be two holders", async () => {
    const open = await kernelLocks();
    const path = join(temporaryFolder(), "a.lock");
    const one = open(path);
    rmSync(path);
    expect(() => one.tryTake()).toThrow("deleted or replaced");
    const two = open(path);
    expect(two.tryTake()).toBe(true);
    expect(() => one.tryTake()).toThrow("deleted or replaced");
    one.close();
    two.close();
  });

  it("refuses what is no file or no empty one", async () => {
    const open = await kernelLocks();
    const folder = temporaryFolder();
    expect(() => open(folder)).toThrow("may not be written");
    const path = join(folder, "text");
    writeFileSync(path, "x".repeat(5000));
    expect(() => {
      const lock = open(path);
      lock.tryTake();
    }).toThrow("is not a lock of Writ's");
  });
});

describe("a store whose lock another holds", () => {
  it("refuses what waited too long, says what to do, and goes on when the lock is free", async () => {
    const folder = join(temporaryFolder(), "state");
    const store = await fileStore(folder, { lockTimeout: 30 });
    await store.compareAndSet("k", undefined, 1);
    const lock = (await kernelLocks())(join(folder, "state.lock"));
    expect(lock.tryTake()).toBe(true);
    await expect(fileStore(folder, { lockTimeout: 30 })).rejects.toMatchObject({ code: "state_locked" });
    await expect(store.compareAndSet("k", undefined, 2)).rejects.toThrow(/another process has held it.*stop it/);
    expect((await store.get("k"))?.value).toBe(1); // reading needs no lock where nothing changed
    const waits = fileStore(folder);
    lock.free();
    await (await waits).close();
    expect(await store.compareAndSet("k", (await store.get("k"))?.version, 2)).toBe(true);
    await store.close();
    lock.close();
  });
});
