import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Probe, Program, ProgramKind, RunEnd } from "../../src/backend.js";
import { runIn, type RunOptions } from "../run-in.js";
import { testTiers } from "./test-engine.js";

describe.each(testTiers())("$name", (tier) => {
  const { name, backend } = tier;
  let probe: Probe;
  let folder: string;
  beforeAll(async () => {
    probe = await tier.ready();
    folder = mkdtempSync(join(tmpdir(), "writ-container-"));
    chmodSync(folder, 0o777);
  }, 240_000);
  afterAll(async () => {
    await backend.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach((context) => {
    if (!probe.ok) context.skip(`${name}: ${probe.why}`);
    const asked = ["shell", "python"].find((kind) => context.task.name.startsWith(kind));
    const lacking = asked === "shell" || asked === "python" ? backend.capabilities.lacking?.[asked] : undefined;
    if (lacking !== undefined) context.skip(`${name}: ${lacking.why}`);
  });

  const run = (kind: Exclude<ProgramKind, "module">, source: string, options: RunOptions = {}): Promise<RunEnd> =>
    runIn(backend, { kind, source } satisfies Program, options);

  test("lesson 14: what was tried from inside held, and is named", () => {
    const least = ["no-host-files", "no-network", "no-new-privileges", "read-only-root", "memory-limit", "time-limit"];
    expect(probe.ok ? probe.proven : []).toEqual(expect.arrayContaining(least));
    if (backend.isolation === "container" && probe.ok) {
      expect(probe.proven).toContain("system-calls-filtered");
      expect(probe.missing).toEqual([]);
    }
    if (backend.isolation === "gvisor") expect(probe.ok ? probe.proven : []).toContain("kernel-in-user-space");
  });

  test("JavaScript has its arguments, gives its result, asks and logs", async () => {
    const end = await run(
      "javascript",
      "console.log('seen'); return [args.n + 1, 5n, new Date(0), await world.files.readText('/x')]",
      { args: { n: 1 }, ask: async () => ({ ok: true, value: new TextEncoder().encode("text") }) },
    );
    expect(end).toEqual({ status: "done", value: [2, 5n, new Date(0), "text"], log: "seen\n" });
  });

  test("an export of a module is called", async () => {
    const program: Program = { kind: "module", source: "export const f = ({ n }) => n * 2", export: "f" };
    expect(await runIn(backend, program, { args: { n: 21 } })).toMatchObject({ status: "done", value: 42 });
  });

  test("shell programs give exit code and output", async () => {
    const end = await run("shell", "printf 'a b' | wc -c; echo $A; id -u; exit 3", { env: { A: "given" } });
    expect(end).toMatchObject({ status: "done", value: { exit: 3, out: "3\ngiven\n65534\n" } });
  });

  test("python programs give what main gives", async () => {
    const end = await run("python", "import sqlite3\ndef main(args):\n    return args['n'] + 1", { args: { n: 1 } });
    expect(end).toMatchObject({ status: "done", value: 2 });
  });

  test("shell: a folder is seen under its path, to read or to write, and what is masked is not in it", async () => {
    mkdirSync(join(folder, "keys"), { recursive: true });
    writeFileSync(join(folder, "seen"), "seen");
    writeFileSync(join(folder, "secret"), "s3cret");
    writeFileSync(join(folder, "keys", "key"), "s3cret");
    const masked = [
      { path: join(folder, "secret"), kind: "file" as const },
      { path: join(folder, "keys"), kind: "folder" as const },
    ];
    const look = `cd ${folder}; cat seen secret; cat keys/key; echo x > new; rm seen; exit 0`;
    const read = await run("shell", look, { mounts: [{ path: folder, mode: "read", masked }] });
    expect(read).toMatchObject({ status: "done" });
    expect(JSON.stringify(read)).toContain("seen");
    expect(JSON.stringify(read)).not.toContain("s3cret");
    expect([existsSync(join(folder, "new")), existsSync(join(folder, "seen"))]).toEqual([false, true]);
    const write = await run("shell", `echo x > ${folder}/new`, { mounts: [{ path: folder, mode: "write", masked }] });
    expect(write).toMatchObject({ status: "done", value: { exit: 0 } });
    expect(readFileSync(join(folder, "new"), "utf8")).toBe("x\n");
  });

  test("another folder is shown in the place of a mount", async () => {
    const shown = mkdtempSync(join(folder, "overlay-"));
    chmodSync(shown, 0o755);
    writeFileSync(join(shown, "file"), "of the overlay");
    const path = join(folder, "place");
    mkdirSync(path, { recursive: true });
    const end = await run("javascript", `return process.getBuiltinModule("fs").readFileSync("${path}/file", "utf8")`, {
      mounts: [{ path, mode: "read", from: shown }],
    });
    expect(end).toMatchObject({ status: "done", value: "of the overlay" });
  });

  test.each([
    ["memory", "const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1))"],
    ["timeout", "for (;;);"],
    ["output", "return 'x'.repeat(20 << 20)"],
    ["died", "process.exit(3)"],
    ["violation", "process.getBuiltinModule('fs').writeSync(1, 'AAAA'.repeat(4)); await new Promise(() => {})"],
  ])("lesson 15: a program that comes to its end by %s is told so, and the next is served", async (reason, source) => {
    const limits = { time: reason === "timeout" ? 400 : 15_000 };
    const end = await run("javascript", source, { limits });
    // Four bytes of text where a length should be are a length that no frame may have.
    expect(end).toMatchObject({ status: "ended", reason: reason === "violation" ? "output" : reason });
    expect(await run("javascript", "return 1")).toMatchObject({ status: "done", value: 1 });
  });

  test("shell: a bomb of processes ends within its limits", async () => {
    const end = await run("shell", "f() { f | f & }; f; sleep 0.2; echo over", { limits: { time: 4000 } });
    expect(["done", "ended"]).toContain(end.status);
    expect(await run("javascript", "return 1")).toMatchObject({ status: "done", value: 1 });
  });

  test("an abort ends it, and a second run is refused", async () => {
    const limits = { time: 10_000, cpu: 1, memory: 1 << 27, processes: 8, output: 1 << 20, disk: 1 << 20 };
    const sandbox = await backend.start({ program: "javascript", limits, mounts: [], env: {} });
    const abort = new AbortController();
    const job = {
      program: { kind: "javascript", source: "for (;;);" } as const,
      args: {},
      limits,
      ask: async () => ({ ok: false, message: "" }) as const,
    };
    setTimeout(() => abort.abort(), 100);
    expect(await sandbox.run({ ...job, signal: abort.signal })).toMatchObject({ reason: "aborted" });
    await sandbox.gone;
    await sandbox.stop();
    expect(await sandbox.run({ ...job, signal: new AbortController().signal })).toMatchObject({ reason: "died" });
  });

  test("twelve at once are kept apart and all leave", async () => {
    const ends = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        run(
          "javascript",
          `const fs = process.getBuiltinModule("fs"); const seen = fs.readdirSync("/tmp");
          fs.writeFileSync("/tmp/mine", "x"); return [args.n, seen]`,
          { args: { n } },
        ),
      ),
    );
    expect(ends.map((end) => (end.status === "done" ? end.value : end))).toEqual(
      Array.from({ length: 12 }, (_, n) => [n, []]),
    );
  });
});
