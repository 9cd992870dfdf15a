import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTransaction, type Transaction } from "../../src/workspace/transaction.js";
import { program, runProgram } from "./programs.js";
import { put, temporaryFolder, treeOf, workspace } from "./trees.js";

const FILES = { "a.txt": "one\ntwo\nthree\n", "src/b.txt": "b\n", "src/deep/c.txt": "c\n", empty: "" };

/** A workspace with a transaction on it, and what it was. */
async function opened(
  files: Readonly<Record<string, string>> = FILES,
): Promise<{ root: string; state: string; before: string[]; tx: Transaction }> {
  const { root, state } = workspace(files);
  const before = treeOf(root);
  return { root, state, before, tx: await openTransaction(root, { state }) };
}

/** What is left of transactions, but for the lock of the workspace. */
function leftIn(state: string): string[] {
  return readdirSync(state).flatMap((one) => readdirSync(join(state, one)).filter((name) => name !== "lock"));
}

describe("a transaction", () => {
  test("shows a copy, tells what changed in it, and keeps it as one", async () => {
    const { root, state, before, tx } = await opened();
    symlinkSync("a.txt", join(root, "link"));
    expect(treeOf(tx.view)).toEqual(before);
    writeFileSync(join(tx.view, "a.txt"), "one\n2\nthree\n");
    rmSync(join(tx.view, "src/deep"), { recursive: true });
    put(tx.view, { "new/x.sh": "#!\n" });
    chmodSync(join(tx.view, "new/x.sh"), 0o755);
    const review = await tx.review();
    expect(review.changes).toEqual([
      { path: `${root}/a.txt`, change: "changed" },
      { path: `${root}/new`, change: "added" },
      { path: `${root}/new/x.sh`, change: "added" },
      { path: `${root}/src/deep`, change: "removed" },
      { path: `${root}/src/deep/c.txt`, change: "removed" },
    ]);
    expect(review.diff).toBe(
      [
        "diff --git a/a.txt b/a.txt",
        "--- a/a.txt",
        "+++ b/a.txt",
        "@@ -1,3 +1,3 @@",
        " one",
        "-two",
        "+2",
        " three",
        "diff --git a/new b/new",
        "new folder mode 755",
        "diff --git a/new/x.sh b/new/x.sh",
        "new file mode 755",
        "--- /dev/null",
        "+++ b/new/x.sh",
        "@@ -0,0 +1,1 @@",
        "+#!",
        "diff --git a/src/deep b/src/deep",
        "deleted folder mode 755",
        "diff --git a/src/deep/c.txt b/src/deep/c.txt",
        "deleted file mode 644",
        "--- a/src/deep/c.txt",
        "+++ /dev/null",
        "@@ -1,1 +0,0 @@",
        "-c",
        "",
      ].join("\n"),
    );
    expect(review.whole).toBe(true);
    const wanted = [...treeOf(tx.view), "link -> a.txt"].toSorted();
    expect(treeOf(root)).toEqual([...before, "link -> a.txt"].toSorted());
    expect(await tx.keep()).toEqual({ ok: true });
    expect(treeOf(root).toSorted()).toEqual(wanted);
    expect(leftIn(state)).toEqual([]);
    expect(await tx.keep()).toEqual({ ok: false, why: "the transaction is over" });
  });

  test("that is dropped leaves everything as it was", async () => {
    const { root, state, before, tx } = await opened();
    runProgram(tx.view, [
      { op: "remove", path: "a.txt" },
      { op: "write", path: "src/b.txt", text: "x" },
    ]);
    mkdirSync(join(tx.view, "closed/in"), { recursive: true });
    chmodSync(join(tx.view, "closed"), 0);
    await tx.drop();
    await tx.drop();
    expect(treeOf(root)).toEqual(before);
    expect(leftIn(state)).toEqual([]);
  });

  test("with no changes keeps nothing and touches nothing", async () => {
    const { root, tx } = await opened();
    const { ctimeMs, ino } = statSync(join(root, "a.txt"));
    expect(await tx.review()).toMatchObject({ changes: [], diff: "", whole: true });
    expect(await tx.keep()).toEqual({ ok: true });
    expect(statSync(join(root, "a.txt"))).toMatchObject({ ctimeMs, ino });
  });

  test("a change that leaves size and time alone is seen", async () => {
    const { root, tx } = await opened();
    const path = join(tx.view, "a.txt");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "one\nTWO\nthree\n");
    utimesSync(path, atime, mtime);
    expect((await tx.review()).changes).toEqual([{ path: `${root}/a.txt`, change: "changed" }]);
    await tx.drop();
  });

  test(
    "random programs: what is kept is what they would have done, what is dropped never was",
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(program, program, async (first, second) => {
          const { root, state } = workspace();
          const direct = temporaryFolder();
          for (const one of [root, direct]) runProgram(one, first);
          const before = treeOf(root);
          const dropped = await openTransaction(root, { state });
          runProgram(dropped.view, second);
          await dropped.review();
          await dropped.drop();
          expect(treeOf(root)).toEqual(before);
          const kept = await openTransaction(root, { state });
          runProgram(kept.view, second);
          runProgram(direct, second);
          const { refused, changes } = await kept.review();
          const answer = await kept.keep();
          if (refused === undefined) {
            expect(answer).toEqual({ ok: true });
            expect(treeOf(root)).toEqual(treeOf(direct));
            expect(changes.length === 0).toBe(JSON.stringify(before) === JSON.stringify(treeOf(root)));
          } else {
            // Links through links are not kept.
            expect(refused).toMatch(/a link in it leads/);
            expect(treeOf(root)).toEqual(before);
            await kept.drop();
          }
        }),
        { numRuns: 80 },
      );
    },
  );
});

describe("what a hostile program leaves", () => {
  test.each<[string, (view: string) => void]>([
    ["a link to a file of the host", (view) => symlinkSync("/etc/shadow", join(view, "l"))],
    ["a link above the root", (view) => symlinkSync("../secret", join(view, "l"))],
    ["a link above the root, further down", (view) => symlinkSync("../../x", join(view, "src/l"))],
    ["a link that goes down and up again", (view) => symlinkSync("src/../../x", join(view, "l"))],
    [
      "a link through another",
      (view) => {
        symlinkSync("src", join(view, "d"));
        symlinkSync("d/b.txt", join(view, "l"));
      },
    ],
    [
      "a link in place of a file",
      (view) => {
        rmSync(join(view, "a.txt"));
        symlinkSync("/etc/shadow", join(view, "a.txt"));
      },
    ],
    [
      "a link in place of a folder",
      (view) => {
        rmSync(join(view, "src"), { recursive: true });
        symlinkSync("/etc", join(view, "src"));
      },
    ],
    ["a pipe", (view) => void execFileSync("mkfifo", [join(view, "p")])],
    ["a set-user-ID program", (view) => chmodSync(join(view, "a.txt"), 0o4755)],
    ["a set-group-ID folder", (view) => chmodSync(join(view, "src"), 0o2755)],
    ["a file of a terabyte that is not there", (view) => truncateSync(join(view, "a.txt"), 2 ** 40)],
    ["a name that is no text", (view) => writeFileSync(Buffer.concat([Buffer.from(`${view}/`), Buffer.of(0xff)]), "x")],
    ["a name of Writ's own", (view) => mkdirSync(join(view, ".writ-000000000000000000000000"))],
    [
      "300 folders in each other",
      (view) => mkdirSync(join(view, Array.from({ length: 300 }, () => "d").join("/")), { recursive: true }),
    ],
    [
      "11,000 files",
      (view) => {
        for (let i = 0; i < 11_000; i += 1) writeFileSync(join(view, String(i)), "");
      },
    ],
  ])("%s: nothing is kept", async (_name, leave) => {
    const { root, before, tx } = await opened();
    leave(tx.view);
    const review = await tx.review();
    expect(review.refused).toMatch(/^the workspace cannot be used: /);
    expect(await tx.keep()).toEqual({ ok: false, why: review.refused });
    expect(treeOf(root)).toEqual(before);
    await tx.drop();
    expect(readdirSync(join(tx.view, "../..")).length).toBe(1);
  });

  test("a link within the workspace is kept as a link, a hard link as a file of its own", async () => {
    const { root, tx } = await opened();
    symlinkSync("../a.txt", join(tx.view, "src/up"));
    symlinkSync("nowhere", join(tx.view, "dangling"));
    linkSync(join(tx.view, "a.txt"), join(tx.view, "hard"));
    expect(await tx.keep()).toEqual({ ok: true });
    expect(treeOf(root)).toContain("src/up -> ../a.txt");
    expect(treeOf(root)).toContain("dangling -> nowhere");
    expect(lstatSync(join(root, "hard")).nlink).toBe(1);
  });

  test("names and contents with control characters are written out in the diff", async () => {
    const { tx } = await opened();
    put(tx.view, { "x\u001B[2J\n+++ b/y": "\u001B]0;t\u0007 \u202Eevil\r\n", bin: "a\0b" });
    const { diff, whole } = await tx.review();
    expect(diff).toContain("diff --git a/x\\u{1b}[2J\\u{a}+++ b/y");
    expect(diff).toContain("+\\u{1b}]0;t\\u{7} \\u{202e}evil\\u{d}");
    expect(diff).toMatch(/contents not shown: nothing before, 3 bytes, sha256 [0-9a-f]{64} now/);
    expect(whole).toBe(false);
    expect(diff).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
    await tx.drop();
  });

  test("lesson 29: a diff is bounded, and says what it does not show", async () => {
    const { tx } = await opened();
    for (let i = 0; i < 400; i += 1)
      writeFileSync(join(tx.view, `f${String(i).padStart(3, "0")}`), `${i} `.repeat(1000));
    writeFileSync(join(tx.view, "huge"), "x\n".repeat(200_000));
    const { diff, whole, changes } = await tx.review();
    expect(changes).toHaveLength(401);
    expect(diff.length).toBeLessThan(300_000);
    expect(diff).toMatch(/Not shown, \d+ more:/);
    expect(whole).toBe(false);
    await tx.drop();
  });
});

describe("the workspace meanwhile", () => {
  test.each<[string, (root: string) => void]>([
    ["a file that the program changed", (root) => appendFileSync(join(root, "a.txt"), "mine\n")],
    ["a file that it removed", (root) => writeFileSync(join(root, "src/b.txt"), "B\n")],
    ["a file where it added one", (root) => writeFileSync(join(root, "new.txt"), "mine")],
    ["a file that is gone", (root) => rmSync(join(root, "a.txt"))],
    [
      "a folder that became a link",
      (root) => {
        renameSync(join(root, "src"), join(root, "../elsewhere"));
        symlinkSync("../elsewhere", join(root, "src"));
      },
    ],
  ])("%s was changed: nothing is kept, and what others did stays", async (_name, change) => {
    const { root, tx } = await opened();
    writeFileSync(join(tx.view, "a.txt"), "theirs");
    writeFileSync(join(tx.view, "new.txt"), "theirs");
    rmSync(join(tx.view, "src/b.txt"));
    await tx.review();
    change(root);
    const now = treeOf(root);
    expect(await tx.keep()).toMatchObject({ ok: false, why: expect.stringMatching(/changed meanwhile/) as string });
    expect(treeOf(root)).toEqual(now);
    await tx.drop();
  });

  test("what others change elsewhere stays", async () => {
    const { root, tx } = await opened();
    writeFileSync(join(tx.view, "a.txt"), "theirs");
    writeFileSync(join(root, "src/b.txt"), "mine");
    expect(await tx.keep()).toEqual({ ok: true });
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("theirs");
    expect(readFileSync(join(root, "src/b.txt"), "utf8")).toBe("mine");
  });

  test("what is hidden is not in the view, and nothing comes in its place", async () => {
    const { root, state } = workspace({ ...FILES, ".env": "SECRET", "keys/k": "SECRET" });
    const hidden = ["**/.env", `${root}/keys`];
    const tx = await openTransaction(root, { state, hidden });
    expect(treeOf(tx.view).join("\n")).not.toContain("SECRET");
    put(tx.view, { "ok.txt": "ok", ".env": "theirs" });
    const before = treeOf(root);
    expect(await tx.keep()).toMatchObject({ ok: false });
    expect(treeOf(root)).toEqual(before);
    await tx.drop();
    const other = await openTransaction(root, { state, hidden });
    put(other.view, { "ok.txt": "ok" });
    expect(await other.keep()).toEqual({ ok: true });
    expect(readFileSync(join(root, ".env"), "utf8")).toBe("SECRET");
  });

  test("a folder that holds what the view did not is not removed, and the rest is undone", async () => {
    const { root, tx } = await opened();
    rmSync(join(tx.view, "src"), { recursive: true });
    writeFileSync(join(tx.view, "a.txt"), "theirs");
    writeFileSync(join(root, "src/deep/later"), "mine");
    const before = treeOf(root);
    expect(await tx.keep()).toMatchObject({
      ok: false,
      why: expect.stringMatching(/holds what was not in the view/) as string,
    });
    expect(treeOf(root)).toEqual(before);
    await tx.drop();
  });

  test("two transactions are kept one after the other, where they do not touch the same", async () => {
    const { root, state, tx } = await opened();
    const other = await openTransaction(root, { state });
    const third = await openTransaction(root, { state });
    writeFileSync(join(tx.view, "one"), "1");
    writeFileSync(join(other.view, "two"), "2");
    writeFileSync(join(third.view, "one"), "3");
    expect(await Promise.all([tx.keep(), other.keep()])).toEqual([{ ok: true }, { ok: true }]);
    expect(await third.keep()).toMatchObject({ ok: false });
    expect(readFileSync(join(root, "one"), "utf8")).toBe("1");
    expect(readFileSync(join(root, "two"), "utf8")).toBe("2");
    await third.drop();
    expect(leftIn(state)).toEqual([]);
  });
});

describe("opening", () => {
  test("a workspace that cannot be had whole is refused", async () => {
    const { root, state } = workspace(FILES);
    await expect(openTransaction(root, { state, entries: 3 })).rejects.toThrow(/more than 3 files/);
    await expect(openTransaction(root, { state, bytes: 3 })).rejects.toThrow(/more than 3 bytes/);
    await expect(openTransaction(join(root, "a.txt"), { state })).rejects.toThrow(/no folder/);
    await expect(openTransaction(join(root, "none"), { state })).rejects.toThrow(/not there/);
    await expect(openTransaction("/", { state })).rejects.toThrow(/whole file system/);
    await expect(openTransaction("work", { state })).rejects.toThrow(/absolute/);
    await expect(openTransaction(`${root}/../work`, { state })).rejects.toThrow(/normalised/);
    await expect(openTransaction(root, { state: join(root, "state") })).rejects.toThrow(/in the workspace/);
    await expect(openTransaction(root, { state: "here" })).rejects.toThrow(/absolute/);
    const open = join(root, "../open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    await expect(openTransaction(root, { state: open })).rejects.toThrow(/others than its owner/);
    symlinkSync(root, `${root}-link`);
    await expect(openTransaction(`${root}-link`, { state })).rejects.toThrow(/symbolic link/);
    expect(leftIn(state)).toEqual([]);
  });

  test("pipes and sockets of the workspace are left out, and told", async () => {
    const { root, state } = workspace(FILES);
    execFileSync("mkfifo", [join(root, "pipe")]);
    const tx = await openTransaction(root, { state });
    expect(tx.skipped).toEqual([join(root, "pipe")]);
    writeFileSync(join(tx.view, "x"), "x");
    expect(await tx.keep()).toEqual({ ok: true });
    expect(lstatSync(join(root, "pipe")).isFIFO()).toBe(true);
  });
});
