import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Probe, Program, RunEnd } from "../../src/backend.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { runIn } from "../run-in.js";

const backend = bubblewrap();
let probe: Probe;
let folder: string;

beforeAll(async () => {
  probe = await backend.probe();
  folder = await mkdtemp(join(tmpdir(), "writ-process-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!probe.ok) context.skip(`process tier: ${probe.why}`);
});

const js = (source: string): Program => ({ kind: "javascript", source });
const sh = (source: string): Program => ({ kind: "shell", source });
const py = (source: string): Program => ({ kind: "python", source });

/** The value of a run that ended well. */
function value(end: RunEnd): unknown {
  expect(end).toMatchObject({ status: "done" });
  return end.status === "done" ? end.value : undefined;
}

describe("programs", () => {
  test("JavaScript has its arguments, gives its result, and logs", async () => {
    const end = await runIn(
      backend,
      js("console.log('seen', args.n); return [args.n + 1, 5n, new Date(0), undefined]"),
      {
        args: { n: 1 },
      },
    );
    expect(end).toEqual({ status: "done", value: [2, 5n, new Date(0), undefined], log: "seen 1\n" });
  });

  test("an export of a module is called with arguments and world", async () => {
    const source = `import { sep } from "node:path"; export async function f(args, world) {
      const page = await world.fetch("https://example.com/" + args.q); return sep + (await page.text()) + page.status }`;
    const asked: unknown[] = [];
    const end = await runIn(
      backend,
      { kind: "module", source, export: "f" },
      {
        args: { q: "x" },
        ask: async (effect, args) => {
          asked.push([effect, args]);
          const body = new TextEncoder().encode("hi");
          return { ok: true, value: { status: 200, url: "https://example.com/x", headers: {}, body } };
        },
      },
    );
    expect(value(end)).toBe("/hi200");
    expect(asked).toEqual([["net.fetch", { url: "https://example.com/x", method: "GET", headers: {}, body: null }]]);
  });

  test("a module without the export fails in words", async () => {
    const end = await runIn(backend, { kind: "module", source: "export const a = 1;", export: "f" });
    expect(end).toMatchObject({ status: "failed", message: "the module has no function f" });
  });

  test("a shell gives its exit code and what it wrote, both streams as they came", async () => {
    const end = await runIn(backend, sh("echo out; echo err >&2; echo more; exit 3"));
    expect(value(end)).toEqual({ exit: 3, out: "out\nerr\nmore\n" });
  });

  test("a shell does not wait for what it left in the background", async () => {
    const end = await runIn(backend, sh("sleep 60 & echo started"), { limits: { time: 10_000 } });
    expect(value(end)).toEqual({ exit: 0, out: "started\n" });
  });

  test("Python gives `result` or what main gives, and prints to the log", async () => {
    const first = await runIn(backend, py("print('hello')\nresult = {'a': args['n'] * 2, 'b': b'xy', 'c': 2**70}"), {
      args: { n: 21 },
    });
    expect(first).toEqual({
      status: "done",
      value: { a: 42, b: new Uint8Array([120, 121]), c: 2n ** 70n },
      log: "hello\n",
    });
    const second = await runIn(backend, py("def main(args):\n    return world.fetch('https://a.example/').text()"), {
      ask: async () => ({
        ok: true,
        value: { status: 200, url: "https://a.example/", headers: {}, body: new Uint8Array([104, 105]) },
      }),
    });
    expect(value(second)).toBe("hi");
  });

  test("Python has dates and bytes as what they are, gives its own, and an error tells its line", async () => {
    const source =
      "import datetime\nresult = [args['at'].year, args['at'], args['data'] + b'!', datetime.datetime(2026, 1, 2)]";
    const args = { at: new Date(Date.UTC(2024, 1, 29)), data: new Uint8Array([255, 0]) };
    expect(value(await runIn(backend, py(source), { args }))).toEqual([
      2024,
      args.at,
      new Uint8Array([255, 0, 33]),
      new Date(Date.UTC(2026, 0, 2)),
    ]);
    expect(await runIn(backend, py("x = 1\ndef f():\n    raise ValueError('no')\nf()"))).toMatchObject({
      status: "failed",
      name: "ValueError",
      message: "no (line 3)",
    });
  });

  test("what the host refuses is an error that the program can catch", async () => {
    const ask = async (): Promise<{ ok: false; message: string }> => ({ ok: false, message: "not granted" });
    const first = await runIn(backend, js("try { await fetch('https://x.example') } catch (e) { return e.message }"), {
      ask,
    });
    expect(value(first)).toBe("not granted");
    const source = "try:\n  world.files.read('/x')\nexcept PermissionError as e:\n  result = str(e)";
    expect(value(await runIn(backend, py(source), { ask }))).toBe("not granted");
  });

  test.each([
    ["JavaScript", js("throw new TypeError('mine')"), { name: "TypeError", message: "mine" }],
    ["JavaScript that throws no error", js("throw { a: 1 }"), { name: "Error", message: "{ a: 1 }" }],
    ["JavaScript that does not parse", js("return ("), { name: "SyntaxError" }],
    [
      "JavaScript that throws later",
      js("setTimeout(() => { throw new Error('late') }); await new Promise(() => {})"),
      { message: "late" },
    ],
    ["Python", py("raise ValueError('mine')"), { name: "ValueError", message: "mine (line 1)" }],
    ["Python that does not parse", py("def"), { name: "SyntaxError" }],
    ["Python that exits", py("import sys\nsys.exit(4)"), { name: "SystemExit" }],
  ])("%s that fails says how", async (_, program, words) => {
    expect(await runIn(backend, program)).toMatchObject({ status: "failed", ...words });
  });

  test("a program that ends its process has no result", async () => {
    expect(await runIn(backend, js("process.exit(7)"))).toMatchObject({
      status: "ended",
      reason: "died",
      message: "the program ended its sandbox without a result, with code 7",
    });
  });
});

describe("mounts", () => {
  test("a folder is seen under its own path, and only written where it may be", async () => {
    await writeFile(join(folder, "in.txt"), "given");
    const read = { path: folder, mode: "read" } as const;
    const look = js("return process.getBuiltinModule('fs').readFileSync(args.path + '/in.txt', 'utf8')");
    expect(value(await runIn(backend, look, { args: read, mounts: [read] }))).toBe("given");
    const write = sh(`echo new >"${folder}/out.txt"`);
    expect(value(await runIn(backend, write, { mounts: [read] }))).toMatchObject({ exit: 2 });
    expect(value(await runIn(backend, write, { mounts: [{ path: folder, mode: "write" }] }))).toMatchObject({
      exit: 0,
    });
    expect(await readFile(join(folder, "out.txt"), "utf8")).toBe("new\n");
  });

  test("another folder can stand in its place", async () => {
    const other = await mkdtemp(join(tmpdir(), "writ-other-"));
    await writeFile(join(other, "in.txt"), "the other");
    const end = await runIn(backend, sh(`cat "${folder}/in.txt"`), {
      mounts: [{ path: folder, mode: "read", from: other }],
    });
    expect(value(end)).toEqual({ exit: 0, out: "the other" });
    await rm(other, { recursive: true });
  });

  test("a link in it leads nowhere outside", async () => {
    await symlink("/etc/passwd", join(folder, "link"));
    const end = await runIn(backend, sh(`cat "${folder}/link"`), { mounts: [{ path: folder, mode: "write" }] });
    expect(value(end)).toMatchObject({ exit: 1 });
  });

  test("a shell runs in the folder that cwd names, where it is there", async () => {
    const mounts = [{ path: folder, mode: "read" }] as const;
    expect(value(await runIn(backend, sh("pwd"), { args: { cwd: folder }, mounts }))).toEqual({
      exit: 0,
      out: `${folder}\n`,
    });
    expect(await runIn(backend, sh("pwd"), { args: { cwd: "/root" }, mounts })).toMatchObject({ status: "failed" });
  });

  test.each(["/", "/proc", "/proc/1", "/dev/shm", "relative", "/a/../b", "/a//b", "/tmp"])(
    "%s is no mount",
    async (path) => {
      const profile = { program: "shell", env: {}, mounts: [{ path, mode: "read" }] } as const;
      const { DEFAULT_LIMITS } = await import("../../src/backend.js");
      await expect(backend.start({ ...profile, limits: DEFAULT_LIMITS })).rejects.toMatchObject({ code: "bad_option" });
    },
  );
});

test("the environment inside is the profile's, and nothing of the host's", async () => {
  process.env["WRIT_TEST_SECRET"] = "s3cret";
  const source = "env; cat /proc/1/environ /proc/self/environ | tr '\\0' '\\n'";
  const end = await runIn(backend, sh(source), { env: { GREETING: "hello" } });
  const out = JSON.stringify(value(end));
  expect(out).toContain("GREETING=hello");
  expect(out).not.toContain("s3cret");
  delete process.env["WRIT_TEST_SECRET"];
});

describe("a backend that cannot be", () => {
  test("as root, with mounts and without control groups, a shell is refused: nothing would bound it", async (context) => {
    if (process.getuid?.() !== 0) context.skip("this is not root");
    const mounts = [{ path: folder, mode: "read" }] as const;
    const ungrouped = bubblewrap({ groups: false });
    await expect(runIn(ungrouped, sh("true"), { mounts })).rejects.toMatchObject({ code: "not_proven" });
    expect(value(await runIn(ungrouped, js("return 1"), { mounts }))).toBe(1);
    expect(value(await runIn(ungrouped, sh("echo 1")))).toEqual({ exit: 0, out: "1\n" });
  });

  test("without bubblewrap the probe says what to install, and start refuses", async () => {
    const bare = bubblewrap({ bwrap: "/nowhere/bwrap" });
    expect(await bare.probe()).toEqual({
      ok: false,
      why: "bubblewrap is not on this machine",
      remedy: "sudo apt-get install -y bubblewrap",
    });
    await expect(runIn(bare, js("return 1"))).rejects.toMatchObject({ code: "boot_failed" });
  });

  test("a bubblewrap that does nothing is found out", async () => {
    const fake = join(folder, "bwrap");
    await writeFile(fake, '#!/bin/sh\nwhile [ "$1" != /writ/prlimit ]; do shift; done\nshift\nexec "$@"\n', {
      mode: 0o755,
    });
    expect(await bubblewrap({ bwrap: fake }).probe()).toMatchObject({ ok: false });
  });
});
