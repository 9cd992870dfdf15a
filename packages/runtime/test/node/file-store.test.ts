import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore, type FileStoreOptions } from "../../src/node/index.js";
import { temporaryFolder } from "./temporary.js";

function newFolder(quick = false): string {
  return join(temporaryFolder(quick), "state");
}

async function filled(folder: string, options: FileStoreOptions = {}): Promise<void> {
  const store = await fileStore(folder, options);
  for (let i = 0; i < 5; i += 1) await store.compareAndSet(`key/${i}`, undefined, { i, text: "é€😀" });
  await store.reserve("c_1", [{ key: "k", count: 3, window: "session" }], 1);
  await store.commit("c_1", 1);
  await store.close();
}

describe("a store in a folder", () => {
  it("cuts an incomplete last line off, at any byte, and keeps all before it", async () => {
    const folder = newFolder(true);
    await filled(folder);
    const path = join(folder, "state.jsonl");
    const whole = readFileSync(path);
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = last; length < whole.length; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      const store = await fileStore(folder);
      expect(store.repaired).toEqual(length === last ? undefined : { bytes: length - last });
      expect((await store.list("key/")).length).toBe(5);
      await store.compareAndSet("more", undefined, length);
      await store.close();
      const again = await fileStore(folder);
      expect((await again.get("more"))?.value).toBe(length);
      await again.close();
    }
  });

  it("refuses a journal that is damaged before its last line, at any byte", async () => {
    const folder = newFolder(true);
    await filled(folder);
    const path = join(folder, "state.jsonl");
    const whole = readFileSync(path);
    const last = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let i = 0; i < last; i += 1) {
      const damaged = Buffer.from(whole);
      damaged[i] = (damaged[i] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      await expect(fileStore(folder), `byte ${i}`).rejects.toMatchObject({ name: "StateError", code: "state_corrupt" });
    }
    expect(readFileSync(path).subarray(last)).toEqual(whole.subarray(last));
    for (const content of ["", "x", "\n", "x\n", "\u0000".repeat(500)]) {
      writeFileSync(path, content);
      await expect(fileStore(folder)).rejects.toMatchObject({ code: "state_corrupt" });
    }
    const lines = whole.toString().split("\n");
    writeFileSync(path, lines.toSpliced(2, 1).join("\n"));
    await expect(fileStore(folder)).rejects.toThrow("line 3 of");
    writeFileSync(path, whole);
    await (await fileStore(folder)).close();
  });

  it("compacts its journal when it has grown, and says the same after", async () => {
    const folder = newFolder();
    const store = await fileStore(folder, { compactAt: 2048 });
    await store.compareAndSet("kept", undefined, "__proto__");
    await store.reserve("open", [{ key: "o", count: 1, window: "session" }], 1);
    for (let i = 0; i < 2000; i += 1) {
      const seen = await store.get("counter");
      expect(await store.compareAndSet("counter", seen?.version, i)).toBe(true);
    }
    expect(statSync(join(folder, "state.jsonl")).size).toBeLessThan(16_384);
    expect(await store.reserve("second", [{ key: "o", count: 1, window: "session" }], 1)).toMatchObject({ ok: false });
    const [kept, counter] = [await store.get("kept"), await store.get("counter")];
    await store.close();
    const again = await fileStore(folder);
    expect([await again.get("kept"), await again.get("counter")]).toEqual([kept, counter]);
    expect(await again.reserve("second", [{ key: "o", count: 1, window: "session" }], 1)).toMatchObject({ ok: false });
    await again.close();
    expect(readdirSync(folder).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("compacts while many write", async () => {
    const folder = newFolder();
    const store = await fileStore(folder, { compactAt: 2048 });
    await Promise.all(
      Array.from({ length: 16 }, async (_, worker) => {
        for (let i = 0; i < 100; i += 1) {
          const seen = await store.get(`w/${worker}`);
          expect(await store.compareAndSet(`w/${worker}`, seen?.version, i)).toBe(true);
        }
      }),
    );
    await store.close();
    const again = await fileStore(folder);
    expect((await again.list("w/")).map(({ value }) => value)).toEqual(Array.from({ length: 16 }, () => 99));
    await again.close();
  });

  it("counts a reservation that is open when the store is closed from then on", async () => {
    const folder = newFolder();
    const first = await fileStore(folder, { clock: { now: () => 500_000 } });
    await first.reserve("c_1", [{ key: "k", count: 1, window: 60_000 }], 1000);
    await first.close();
    const again = await fileStore(folder, { clock: { now: () => 510_000 } });
    expect(await again.reserve("c_2", [{ key: "k", count: 1, window: 60_000 }], 520_000)).toEqual({
      ok: false,
      index: 0,
      retryAfter: 40_000,
    });
    await expect(again.commit("c_1", 520_000)).rejects.toMatchObject({ code: "state_conflict" });
    await again.close();
  });

  it("leaves nothing behind when it cannot begin", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, "file"), "");
    await expect(fileStore(join(place, "file"))).rejects.toMatchObject({ code: "state_unavailable" });
    expect(existsSync(join(place, "file", "state.jsonl"))).toBe(false);
  });
});
