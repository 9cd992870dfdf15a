import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkSpelling, holdFolder } from "../../src/broker/files/held-folder.js";
import type { FileMount } from "../../src/broker/files/scope.js";
import { brokered, messageOf, temporaryFolder, textOf, valueOf, type Brokered } from "./brokered.js";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A host with a secret, and a work folder beside it that is mounted. */
function host(mode: FileMount["mode"] = "write"): { work: string; secret: string; broker: Brokered } {
  const root = temporaryFolder();
  const work = join(root, "work");
  mkdirSync(join(work, "a/b"), { recursive: true });
  writeFileSync(join(work, "a/b/notes.txt"), "notes");
  const secret = join(root, "secret.txt");
  writeFileSync(secret, "SECRET");
  return { work, secret, broker: brokered({ mounts: [{ path: work, mode }] }) };
}

describe("files through the broker", () => {
  test("are read, written, listed and removed, each as a nested call", async () => {
    const { work, broker } = host();
    expect(textOf(valueOf(await broker.ask("fs.read", { path: `${work}/a/./b//notes.txt` })))).toBe("notes");
    valueOf(await broker.ask("fs.write", { path: `${work}/new/deep/x.bin`, data: Uint8Array.of(0, 255) }));
    expect([...readFileSync(join(work, "new/deep/x.bin"))]).toEqual([0, 255]);
    expect(valueOf(await broker.ask("fs.read", { path: `${work}/new/deep/x.bin` }))).toEqual(Uint8Array.of(0, 255));
    expect(valueOf(await broker.ask("fs.list", { path: work }))).toEqual([
      { name: "a", kind: "folder" },
      { name: "new", kind: "folder" },
    ]);
    expect(messageOf(await broker.ask("fs.remove", { path: `${work}/new` }))).toBe(
      "fs.remove: the folder is not empty",
    );
    valueOf(await broker.ask("fs.remove", { path: `${work}/new/deep/x.bin` }));
    valueOf(await broker.ask("fs.remove", { path: `${work}/new/deep` }));
    expect(readdirSync(join(work, "new"))).toEqual([]);
    expect(broker.calls.slice(0, 2)).toEqual([
      { tool: "fs.read", args: { path: `${work}/a/b/notes.txt` } },
      {
        tool: "fs.write",
        args: {
          path: `${work}/new/deep/x.bin`,
          size: 2,
          digest: "sha256:06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8",
        },
      },
    ]);
    // Text is told as text, so that rules about results read it.
    expect(broker.outcomes.slice(0, 3)).toEqual(["notes", null, { $bytes: "AP8=" }]);
  });

  test("a file that is replaced keeps its mode, and nothing is left beside it", async () => {
    const { work, broker } = host();
    const path = join(work, "run.sh");
    writeFileSync(path, "old");
    chmodSync(path, 0o4755);
    valueOf(await broker.ask("fs.write", { path, data: bytes("new") }));
    expect(statSync(path).mode & 0o7777).toBe(0o755);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(work).toSorted()).toEqual(["a", "run.sh"]);
  });

  test("nothing outside of the mounts is reached, however it is written", async () => {
    const { work, secret, broker } = host();
    for (const path of [
      secret,
      `${work}/../secret.txt`,
      `${work}/a/../../secret.txt`,
      "/etc/passwd",
      `${work}x/y`,
      "/",
    ]) {
      expect(messageOf(await broker.ask("fs.read", { path }))).toMatch(/outside of what this call may reach/);
      expect(messageOf(await broker.ask("fs.write", { path, data: bytes("x") }))).toMatch(/outside|given as a whole/);
    }
    for (const path of [
      "a/b/notes.txt",
      "",
      `${work}/%2e%2e/secret.txt`,
      `${work}\0/x`,
      `${work}/..\u2215secret.txt`,
      7,
      null,
    ]) {
      expect(messageOf(await broker.ask("fs.read", { path }))).toMatch(/^fs\.read: path: /);
    }
    expect(readFileSync(secret, "utf8")).toBe("SECRET");
  });

  test("handles of the host itself are never reached, even where all is mounted", async () => {
    const { ask } = brokered({ mounts: [{ path: "/", mode: "write" }] });
    for (const path of [
      "/proc/self/environ",
      `/proc/${process.pid}/environ`,
      "/proc/1/environ",
      "/sys/kernel/uevent_helper",
      "/dev/sda",
    ])
      expect(messageOf(await ask("fs.read", { path }))).toMatch(/outside of what this call may reach/);
    expect(messageOf(await ask("fs.remove", { path: "/" }))).toMatch(/given as a whole/);
  });

  test("symbolic links are refused, planted or made, in the middle or at the end", async () => {
    const { work, secret, broker } = host();
    symlinkSync(secret, join(work, "end"));
    symlinkSync(join(work, ".."), join(work, "middle"));
    symlinkSync("a", join(work, "inside"));
    expect(messageOf(await broker.ask("fs.read", { path: `${work}/end` }))).toBe("fs.read: it is a symbolic link");
    expect(messageOf(await broker.ask("fs.read", { path: `${work}/middle/secret.txt` }))).toMatch(/symbolic link/);
    expect(messageOf(await broker.ask("fs.read", { path: `${work}/inside/b/notes.txt` }))).toMatch(/symbolic link/);
    expect(messageOf(await broker.ask("fs.list", { path: `${work}/middle` }))).toMatch(/symbolic link/);
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/end`, data: bytes("x") }))).toMatch(/symbolic link/);
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/middle/x`, data: bytes("x") }))).toMatch(
      /symbolic link/,
    );
    valueOf(await broker.ask("fs.remove", { path: `${work}/end` }));
    expect(readFileSync(secret, "utf8")).toBe("SECRET");
  });

  test("a mount that has a link in its own path is refused", async () => {
    const { work } = host();
    symlinkSync(work, `${work}-link`);
    const { ask } = brokered({ mounts: [{ path: `${work}-link`, mode: "write" }] });
    expect(messageOf(await ask("fs.read", { path: `${work}-link/a/b/notes.txt` }))).toMatch(/symbolic link/);
  });

  test("pipes, sockets, devices and folders are not opened", async (context) => {
    const { work, broker } = host();
    execFileSync("mkfifo", [join(work, "pipe")]);
    const server = createServer().listen(join(work, "socket"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    for (const name of ["pipe", "socket"]) {
      expect(messageOf(await broker.ask("fs.read", { path: `${work}/${name}` }))).toMatch(/not a regular file/);
      expect(messageOf(await broker.ask("fs.write", { path: `${work}/${name}`, data: bytes("x") }))).toMatch(
        /not a regular/,
      );
      expect(messageOf(await broker.ask("fs.remove", { path: `${work}/${name}` }))).toMatch(/not a regular file/);
    }
    expect(messageOf(await broker.ask("fs.read", { path: `${work}/a` }))).toMatch(/it is a folder/);
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/a`, data: bytes("x") }))).toMatch(/it is a folder/);
    if (process.getuid?.() !== 0) context.skip("making a device needs root");
    execFileSync("mknod", [join(work, "zero"), "c", "1", "5"]);
    expect(messageOf(await broker.ask("fs.read", { path: `${work}/zero` }))).toMatch(/not a regular file/);
  });

  test("a file with other names is not written, since they would keep what it was", async () => {
    const { work, secret, broker } = host();
    linkSync(secret, join(work, "hard"));
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/hard`, data: bytes("x") }))).toMatch(/other names/);
    expect(readFileSync(secret, "utf8")).toBe("SECRET");
  });

  test("a mount that may be read only is not written; globs of the tier narrow it further", async () => {
    const { work, broker } = host("read");
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/x`, data: bytes("x") }))).toMatch(/read only/);
    expect(messageOf(await broker.ask("fs.remove", { path: `${work}/a/b/notes.txt` }))).toMatch(/read only/);
    const narrow = brokered({
      mounts: [{ path: work, mode: "write" }],
      read: [`${work}/a/**`],
      write: [`${work}/out/**`],
    });
    writeFileSync(join(work, "top.txt"), "top");
    expect(messageOf(await narrow.ask("fs.read", { path: `${work}/top.txt` }))).toMatch(/outside/);
    expect(textOf(valueOf(await narrow.ask("fs.read", { path: `${work}/a/b/notes.txt` })))).toBe("notes");
    expect(messageOf(await narrow.ask("fs.write", { path: `${work}/a/x`, data: bytes("x") }))).toMatch(/outside/);
    valueOf(await narrow.ask("fs.write", { path: `${work}/out/x`, data: bytes("x") }));
    expect(textOf(valueOf(await narrow.ask("fs.read", { path: `${work}/out/x` })))).toBe("x");
    expect(valueOf(await narrow.ask("fs.list", { path: `${work}/a` }))).toHaveLength(1);
    expect(messageOf(await narrow.ask("fs.list", { path: work }))).toMatch(/outside/);
  });

  test("of nested mounts the inner one counts, and neither can be removed", async () => {
    const { work } = host();
    const { ask } = brokered({
      mounts: [
        { path: work, mode: "write" },
        { path: `${work}/a`, mode: "read" },
      ],
    });
    expect(messageOf(await ask("fs.write", { path: `${work}/a/x`, data: bytes("x") }))).toMatch(/read only/);
    valueOf(await ask("fs.write", { path: `${work}/x`, data: bytes("x") }));
    for (const path of [work, `${work}/a`])
      expect(messageOf(await ask("fs.remove", { path }))).toMatch(/whole|read only/);
  });

  test("what carries a label that the tool lacks is not there", async () => {
    const { work } = host();
    mkdirSync(join(work, "private"));
    writeFileSync(join(work, "private/key"), "SECRET");
    writeFileSync(join(work, ".env"), "SECRET");
    const { ask } = brokered({ mounts: [{ path: work, mode: "write", hidden: ["**/.env", `${work}/private`] }] });
    for (const path of [`${work}/.env`, `${work}/private/key`, `${work}/private`]) {
      expect(messageOf(await ask("fs.read", { path }))).toBe("fs.read: no such file");
      expect(messageOf(await ask("fs.write", { path, data: bytes("x") }))).toBe("fs.write: no such file");
      expect(messageOf(await ask("fs.list", { path }))).toBe("fs.list: no such file");
      expect(messageOf(await ask("fs.remove", { path }))).toBe("fs.remove: no such file");
    }
    expect(valueOf(await ask("fs.list", { path: work }))).toEqual([{ name: "a", kind: "folder" }]);
  });

  test("what is there under another spelling of its name, as where letters are folded, is not there", async () => {
    const { work } = host();
    const folder = await holdFolder(`${work}/a/b`);
    // What a file system that folds letters gives for NOTES.TXT.
    const opened = await open(`${work}/a/b/notes.txt`);
    await expect(checkSpelling(folder, "NOTES.TXT", opened)).rejects.toThrow("no such file");
    await checkSpelling(folder, "notes.txt", opened);
    await checkSpelling(folder, "notes.txt");
    await opened.close();
    await folder.close();
  });

  test("the view of a transaction stands in for its folder", async () => {
    const { work } = host();
    const view = temporaryFolder();
    writeFileSync(join(view, "v.txt"), "view");
    const { ask } = brokered({ mounts: [{ path: work, mode: "write", from: view }] });
    expect(textOf(valueOf(await ask("fs.read", { path: `${work}/v.txt` })))).toBe("view");
    valueOf(await ask("fs.write", { path: `${work}/n/w.txt`, data: bytes("w") }));
    expect(readFileSync(join(view, "n/w.txt"), "utf8")).toBe("w");
    expect(readdirSync(work)).toEqual(["a"]);
  });

  test("lesson 29: a file larger than the bound is refused, one that only claims to be empty too", async () => {
    const { work } = host();
    const { ask } = brokered({ mounts: [{ path: work, mode: "write" }], edge: { bytes: 1000 } });
    writeFileSync(join(work, "fits"), "x".repeat(1000));
    writeFileSync(join(work, "large"), "");
    truncateSync(join(work, "large"), 2 ** 40);
    expect(textOf(valueOf(await ask("fs.read", { path: `${work}/fits` })))).toHaveLength(1000);
    expect(messageOf(await ask("fs.read", { path: `${work}/large` }))).toBe("fs.read: it is larger than 1000 bytes");
  });

  test("arguments of another shape are refused before anything is decided", async () => {
    const { work, broker } = host();
    for (const args of [
      undefined,
      null,
      [],
      "x",
      1,
      {},
      { path: `${work}/x`, mode: 1 },
      { path: [`${work}/x`] },
      new Uint8Array(2),
    ]) {
      for (const effect of ["fs.read", "fs.write", "fs.list", "fs.remove", "net.fetch"])
        expect(messageOf(await broker.ask(effect, args))).not.toMatch(/^done/);
    }
    expect(messageOf(await broker.ask("fs.write", { path: `${work}/x`, data: "text" }))).toBe(
      "fs.write: data: expected bytes",
    );
    for (const effect of ["fs.chmod", "__proto__", "constructor", ""])
      expect(messageOf(await broker.ask(effect, {}))).toBe(`${effect}: there is no such effect`);
    expect(broker.calls.filter(({ tool }) => tool !== "fs.list")).toEqual([]);
  });

  test("what the policy refuses is not done, and its words reach the program", async () => {
    const { work } = host();
    const { ask } = brokered({
      mounts: [{ path: work, mode: "write" }],
      nested: () => Promise.resolve({ ok: false, message: "the policy forbids it" }),
    });
    expect(messageOf(await ask("fs.remove", { path: `${work}/a/b/notes.txt` }))).toBe(
      "fs.remove: the policy forbids it",
    );
    expect(readdirSync(join(work, "a/b"))).toEqual(["notes.txt"]);
  });

  test("what is decided on is what is done: other bytes, another path", async () => {
    const { work } = host();
    const { ask } = brokered({
      mounts: [{ path: work, mode: "write" }],
      nested: async (_call, perform) => {
        const again = { path: `${work}/y`, size: 1, digest: "sha256:00" };
        const result = await perform(again, new AbortController().signal).catch(() => null);
        return { ok: true, result };
      },
    });
    await ask("fs.write", { path: `${work}/x`, data: bytes("x") });
    expect(readdirSync(work)).toEqual(["a"]);
  });

  test("nothing happens after the end: what was decided and not begun is refused, what was begun is waited for", async () => {
    const { work } = host();
    const decided = Promise.withResolvers<undefined>();
    const broker = brokered({
      mounts: [{ path: work, mode: "write" }],
      nested: async (call, perform) => {
        if (call.tool === "fs.remove") await decided.promise;
        const result = await perform(call.args, new AbortController().signal).catch((error: unknown) => error);
        return result instanceof Error ? { ok: false, message: result.message } : { ok: true, result: null };
      },
    });
    const late = broker.ask("fs.remove", { path: `${work}/a/b/notes.txt` });
    const begun = broker.ask("fs.write", { path: `${work}/big`, data: new Uint8Array(1_000_000) });
    await new Promise((resolve) => setImmediate(resolve));
    const ended = broker.end();
    decided.resolve(undefined);
    await ended;
    expect(messageOf(await late)).toBe("fs.remove: the call is over");
    await begun;
    expect(messageOf(await broker.ask("fs.remove", { path: `${work}/big` }))).toBe("fs.remove: the call is over");
    expect(readdirSync(work).filter((name) => name.startsWith(".writ"))).toEqual([]);
    expect(readdirSync(join(work, "a/b"))).toEqual(["notes.txt"]);
    await broker.end();
  });

  test("10,000 reads while a folder is swapped for a link never give the secret", { timeout: 240_000 }, async () => {
    const { work, secret, broker } = host();
    mkdirSync(join(work, "swap"));
    writeFileSync(join(work, "swap/f.txt"), "inside");
    const outside = join(work, "../outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "f.txt"), "SECRET");
    const swapper = new Worker(
      `const fs = require("node:fs"); const { work, outside } = require("node:worker_threads").workerData;
       // A write may make the folder anew while it is away.
       const step = (take) => { try { take(); } catch {} };
       for (;;) {
         step(() => fs.renameSync(work + "/swap", work + "/kept"));
         step(() => fs.symlinkSync(outside, work + "/swap"));
         step(() => fs.renameSync(work + "/swap", work + "/gone"));
         step(() => fs.rmSync(work + "/gone", { recursive: true }));
         step(() => fs.rmSync(work + "/swap", { recursive: true }));
         step(() => fs.renameSync(work + "/kept", work + "/swap"));
       }`,
      { eval: true, workerData: { work, outside } },
    );
    try {
      const seen = new Map<string, number>();
      for (let i = 0; i < 10_000; i += 1) {
        const answer = await broker.ask("fs.read", { path: `${work}/swap/f.txt` });
        const said = answer.ok ? textOf(answer.value) : "refused";
        seen.set(said, (seen.get(said) ?? 0) + 1);
        if (i % 10 === 0) await broker.ask("fs.write", { path: `${work}/swap/w${i}.txt`, data: bytes("x") });
      }
      expect([...seen.keys()].toSorted()).toEqual(["inside", "refused"]);
      expect(readdirSync(outside)).toEqual(["f.txt"]);
    } finally {
      await swapper.terminate();
    }
    expect(readFileSync(secret, "utf8")).toBe("SECRET");
    rmSync(outside, { recursive: true });
    expect(lstatSync(work).isDirectory()).toBe(true);
  });
});
