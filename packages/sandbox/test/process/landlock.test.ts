import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Probe } from "../../src/backend.js";
import { landlock } from "../../src/backends/process/process-backend.js";
import { runIn } from "../run-in.js";

const backend = landlock();
let probe: Probe;
let folder: string;

beforeAll(async () => {
  probe = await backend.probe();
  folder = await mkdtemp(join(tmpdir(), "writ-landlock-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!probe.ok) context.skip(`process tier by Landlock: ${probe.why}`);
});

describe("JavaScript behind Landlock", () => {
  test("runs, asks and gives its result", async () => {
    const source = "console.log('seen'); return [args.n + 1, await world.files.readText('/x')]";
    const end = await runIn(
      backend,
      { kind: "javascript", source },
      {
        args: { n: 1 },
        ask: async () => ({ ok: true, value: new TextEncoder().encode("hi") }),
      },
    );
    expect(end).toEqual({ status: "done", value: [2, "hi"], log: "seen\n" });
    const module = { kind: "module", source: "export const f = (args) => args.n;", export: "f" } as const;
    expect(await runIn(backend, module, { args: { n: 5 } })).toMatchObject({ status: "done", value: 5 });
  });

  test("a spin and a heap that grows are ended with the reason", async () => {
    const spin = await runIn(backend, { kind: "javascript", source: "for (;;);" }, { limits: { time: 500 } });
    expect(spin).toMatchObject({ status: "ended", reason: "timeout" });
    const source = "const held = []; for (;;) held.push([held.length, {}]);";
    expect(await runIn(backend, { kind: "javascript", source })).toMatchObject({ status: "ended", reason: "memory" });
  });
});

describe("what it does not claim is refused", () => {
  const profile = { limits: DEFAULT_LIMITS, mounts: [], env: {} } as const;

  test.each(["shell", "python"] as const)("no %s", async (program) => {
    await expect(backend.start({ ...profile, program })).rejects.toMatchObject({ code: "not_proven" });
  });

  test("no folder in the place of another", async () => {
    const mounts = [{ path: "/srv/a", mode: "read", from: "/srv/b" }] as const;
    await expect(backend.start({ ...profile, mounts, program: "javascript" })).rejects.toMatchObject({
      code: "not_proven",
    });
  });

  test("without perl the probe says what to install", async () => {
    expect(await landlock({ perl: "/nowhere/perl" }).probe()).toEqual({
      ok: false,
      why: "perl is not on this machine, which starts a box of Landlock",
      remedy: "sudo apt-get install -y perl-base",
    });
  });

  test("a launcher that sets up nothing is found out", async () => {
    const fake = join(folder, "perl");
    await writeFile(fake, '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', { mode: 0o755 });
    expect(await landlock({ perl: fake }).probe()).toMatchObject({ ok: false });
  });
});
