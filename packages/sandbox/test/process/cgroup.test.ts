import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { Groups } from "../../src/backends/process/cgroup.js";

const LIMITS = { memory: 64 * 1024 * 1024, tasks: 8, cpu: 0.5 };

test("a group has its limits, counts what the kernel refused, and is removed", async (context) => {
  const groups = await Groups.find();
  if (groups === undefined) context.skip("no control group can be made on this machine");
  const group = await groups?.make(LIMITS);
  const [first = ""] = group?.folders ?? [];
  expect(await readdir(first)).toContain("cgroup.procs");
  const memory = groups?.version === 1 ? "memory.limit_in_bytes" : "memory.max";
  const folder = group?.folders.find((path) => groups?.version === 2 || path.includes("memory")) ?? "";
  expect((await readFile(`${folder}/${memory}`, "utf8")).trim()).toBe(String(LIMITS.memory));
  expect(await group?.counts()).toEqual({ outOfMemory: 0, processesRefused: 0 });
  await group?.remove();
  for (const path of group?.folders ?? []) await expect(readdir(path)).rejects.toThrow("ENOENT");
});

test("a look at the machine removes groups of a host that is gone, and no other's", async (context) => {
  const groups = await Groups.find();
  if (groups === undefined) context.skip("no control group can be made on this machine");
  const [base = ""] = groups?.bases.values() ?? [];
  const owner = groups?.prefix.split("-")[1] ?? "";
  const [, , pid = "", start = ""] = groups?.prefix.split("-") ?? [];
  const gone = [`${base}/writ-${owner}-4194305-1-ab`, `${base}/writ-${owner}-${pid}-1-ab`];
  const kept = [`${base}/writ-${owner}-${pid}-${start}-ab`, `${base}/writ-1-4194305-1-ab`, `${base}/writ-x`];
  for (const path of [...gone, ...kept]) await mkdir(path);
  try {
    await Groups.find();
    const left = (await readdir(base)).map((name) => `${base}/${name}`);
    for (const path of gone) expect(left).not.toContain(path);
    for (const path of kept) expect(left).toContain(path);
  } finally {
    for (const path of kept) await rmdir(path).catch(() => undefined);
  }
});

test("a group made behind everything else is brought forward, and no other is behind", async (context) => {
  const groups = await Groups.find();
  const [ahead, behind] = [await groups?.make(LIMITS), await groups?.make(LIMITS, true)];
  try {
    const idle = async (folders: readonly string[] = []): Promise<string> => {
      const folder = folders.find((path) => groups?.version === 2 || path.startsWith(groups?.bases.get("cpu") ?? "-"));
      return await readFile(`${folder}/cpu.idle`, "utf8").catch(() => "none");
    };
    if ((await idle(ahead?.folders)) === "none") return context.skip("no group that can be put behind others");
    expect([await idle(ahead?.folders), await idle(behind?.folders)]).toEqual(["0\n", "1\n"]);
    await ahead?.forward();
    await behind?.forward();
    expect([await idle(ahead?.folders), await idle(behind?.folders)]).toEqual(["0\n", "0\n"]);
  } finally {
    await Promise.all([ahead?.remove(), behind?.remove()]);
  }
  // It is gone: then it cannot be brought forward, and that is told.
  await expect(behind?.forward()).rejects.toThrow("ENOENT");
});
