import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { openTransaction } from "../../src/workspace/transaction.js";
import { put, temporaryFolder, treeOf, workspace } from "./trees.js";

const FILES = {
  "a.txt": "one",
  "src/b.txt": "b",
  "src/deep/c.txt": "c",
  kind: "file",
  "gone/x": "x",
  "closed/x": "x",
  "shut/x": "x",
};

/** What a program does in the view: every kind of step is in it. */
const CHANGES = `
  const { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = await import("node:fs");
  writeFileSync(view + "/a.txt", "two");
  writeFileSync(view + "/added.txt", "new");
  mkdirSync(view + "/new/deep", { recursive: true });
  writeFileSync(view + "/new/deep/d.txt", "d");
  chmodSync(view + "/new", 0o500);
  symlinkSync("a.txt", view + "/link");
  rmSync(view + "/gone", { recursive: true });
  rmSync(view + "/kind");
  mkdirSync(view + "/kind");
  writeFileSync(view + "/kind/inside", "i");
  chmodSync(view + "/src/deep", 0o700);
  chmodSync(view + "/closed", 0o700);
  writeFileSync(view + "/closed/y", "y");
  chmodSync(view + "/closed", 0o500);
  rmSync(view + "/shut", { recursive: true });
`;

/** Counts what changes the file system while changes are kept, and dies, or fails, at one of them. */
const CHILD = `
  import { syncBuiltinESMExports } from "node:module";
  import fs from "node:fs/promises";
  let left = Infinity;
  let fails = "";
  const strike = () => {
    left -= 1;
    if (left !== 0) return;
    if (fails === "" || fails === "recover") process.kill(process.pid, "SIGKILL");
    throw Object.assign(new Error(fails), { code: fails });
  };
  for (const name of ["rename", "link", "mkdir", "rmdir", "unlink", "chmod", "symlink", "copyFile", "rm", "lchown", "open"]) {
    const real = fs[name];
    fs[name] = async (...args) => {
      strike();
      return await real(...args);
    };
  }
  syncBuiltinESMExports();
  const [bundle, root, state, at, how] = process.argv.slice(2);
  const { openTransaction } = await import(bundle);
  if (how === "recover") left = Number(at);
  const tx = await openTransaction(root, { state });
  if (how === "recover") process.exit(0);
  const { view } = tx;
  ${CHANGES}
  await tx.review();
  left = Number(at);
  fails = how;
  const kept = await tx.keep();
  process.stdout.write(JSON.stringify({ kept, left }));
  process.exit(0);
`;

let bundle: string;
let folder: string;

beforeAll(async () => {
  folder = join(import.meta.dirname, "../../node_modules/.cache/writ-crash");
  bundle = join(folder, `transaction-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/workspace/transaction.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: bundle,
    conditions: ["import"],
    alias: {
      "@writ/ir/values": join(import.meta.dirname, "../../../ir/src/values/index.ts"),
      "@writ/ir": join(import.meta.dirname, "../../../ir/src/index.ts"),
    },
  });
  writeFileSync(join(folder, `child-${process.pid}.mjs`), CHILD);
  return () => rmSync(folder, { recursive: true, force: true });
});

/** A workspace with folders that their owner closed. */
function made(): { root: string; state: string } {
  const { root, state } = workspace(FILES);
  for (const name of ["closed", "shut"]) chmodSync(join(root, name), 0o500);
  return { root, state };
}

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

async function keepIn(root: string, state: string, at: number, how = ""): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [join(folder, `child-${process.pid}.mjs`), bundle, root, state, String(at), how],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  return await new Promise((resolve) => child.once("close", (_code, signal) => resolve({ signal, said })));
}

/** The tree that the changes make, and how many strokes keeping them takes. */
async function whole(): Promise<{ before: string[]; after: string[]; strokes: number }> {
  const { root, state } = made();
  const before = treeOf(root);
  const { said } = await keepIn(root, state, 1_000_000);
  const { kept, left }: { kept: unknown; left: number } = JSON.parse(said) as { kept: unknown; left: number };
  expect(kept).toEqual({ ok: true });
  return { before, after: treeOf(root), strokes: 1_000_000 - left };
}

/** So many of all strokes, evenly, others in each run. */
function some(strokes: number, count: number): readonly number[] {
  const apart = Math.ceil(strokes / count);
  const first = 1 + (process.pid % apart);
  return Array.from({ length: Math.ceil((strokes - first + 1) / apart) }, (_one, i) => first + i * apart);
}

describe("keeping changes", () => {
  test(
    "killed at any stroke, the workspace is as it was or as it was to be once it is opened again",
    { timeout: 600_000 },
    async () => {
      const { before, after, strokes } = await whole();
      expect(strokes).toBeGreaterThan(40);
      const seen = new Set<string>();
      for (const at of some(strokes, 24)) {
        const { root, state } = made();
        const { signal } = await keepIn(root, state, at);
        expect(signal).toBe("SIGKILL");
        // Killed once more while it recovers.
        if (at % 2 === 0) await keepIn(root, state, (at % 11) + 4, "recover");
        const next = await openTransaction(root, { state });
        const now = treeOf(root);
        expect([before, after]).toContainEqual(now);
        expect(treeOf(next.view)).toEqual(now);
        seen.add(JSON.stringify(now));
        await next.drop();
        const [own = ""] = readdirSync(state);
        expect(readdirSync(join(state, own))).toEqual(["lock"]);
      }
      expect(seen.size).toBe(2);
    },
  );

  test("where a stroke fails, as on a full disk, all is undone or all is done", { timeout: 600_000 }, async () => {
    const { before, after, strokes } = await whole();
    for (const at of some(strokes, 12)) {
      const { root, state } = made();
      const { said } = await keepIn(root, state, at, at % 4 === 1 ? "ENOSPC" : "EACCES");
      const { kept }: { kept: { ok: boolean } } = JSON.parse(said === "" ? '{"kept":{"ok":false}}' : said) as {
        kept: { ok: boolean };
      };
      const next = await openTransaction(root, { state });
      const now = treeOf(root);
      expect([before, after], `stroke ${at}`).toContainEqual(now);
      if (kept.ok) expect(now).toEqual(after);
      await next.drop();
    }
  });

  test("what a killed host left is removed when the workspace is next opened", async () => {
    const { root, state } = made();
    const first = await openTransaction(root, { state });
    // As if its process were gone: nobody holds its lock.
    const other = join(temporaryFolder(), "state");
    cpSync(state, other, { recursive: true });
    expect(existsSync(join(other, readdirSync(other)[0] ?? ""))).toBe(true);
    const next = await openTransaction(root, { state: other });
    const [own = ""] = readdirSync(other);
    expect(readdirSync(join(other, own)).toSorted()).toEqual([next.view.split("/").at(-2) ?? "", "lock"].toSorted());
    // The one that is still there is left alone.
    const beside = await openTransaction(root, { state });
    expect(readFileSync(join(first.view, "a.txt"), "utf8")).toBe("one");
    for (const one of [first, next, beside]) await one.drop();
  });

  test("another process leaves alone what this one works in, whatever else this one opened", async () => {
    const { root, state } = made();
    const first = await openTransaction(root, { state });
    const second = await openTransaction(root, { state });
    await second.drop();
    await keepIn(root, state, 1_000_000, "recover");
    expect(readFileSync(join(first.view, "a.txt"), "utf8")).toBe("one");
    writeFileSync(join(first.view, "a.txt"), "two");
    expect(await first.keep()).toEqual({ ok: true });
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("two");
  });

  test("a program cannot plant a journal: it is read from the host's own folder alone", async () => {
    const { root, state } = made();
    const stage = ".writ-0123456789abcdef01234567";
    put(root, { [`${stage}/new/0`]: "EVIL", [`${stage}/old/x`]: "" });
    const journal = {
      version: 1,
      root,
      stage,
      state: "forward",
      steps: [{ do: "put", path: "a.txt", n: 0, replaces: true }],
    };
    put(root, { [`${stage}/journal.json`]: JSON.stringify(journal), "journal.json": JSON.stringify(journal) });
    const tx = await openTransaction(root, { state });
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("one");
    await tx.drop();
  });

  test("a journal that cannot be read stops the workspace from being opened, and says where it is", async () => {
    for (const text of [
      "",
      "{}",
      "null",
      '{"version":2}',
      '{"version":1,"root":"/","stage":"../x","state":"forward","steps":[]}',
    ]) {
      const { root, state } = made();
      await (await openTransaction(root, { state })).drop();
      const [own = ""] = readdirSync(state);
      const left = join(state, own, "0123456789abcdef01234567");
      put(left, { "journal.json": text });
      await expect(openTransaction(root, { state })).rejects.toThrow(/journal/);
      expect(existsSync(left)).toBe(true);
    }
  });
});
