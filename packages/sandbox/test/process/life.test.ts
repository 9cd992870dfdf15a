import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Job, type Probe } from "../../src/backend.js";
import { Groups } from "../../src/backends/process/cgroup.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";
import { runIn } from "../run-in.js";

const backend = bubblewrap();
const profile = { program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} } as const;
let probe: Probe;
let folder: string;

beforeAll(async () => {
  probe = await backend.probe();
  folder = await mkdtemp(join(tmpdir(), "writ-life-"));
  await chmod(folder, 0o755);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!probe.ok) context.skip(`process tier: ${probe.why}`);
});

function job(source: string, more: Partial<Job> = {}): Job {
  return {
    program: { kind: "javascript", source },
    args: {},
    limits: DEFAULT_LIMITS,
    signal: new AbortController().signal,
    ask: async () => ({ ok: false, message: "nobody answers" }),
    ...more,
  };
}

/** What this process holds: descriptors, children, control groups. */
async function held(): Promise<readonly number[]> {
  const groups = await Groups.find();
  const folders = await Promise.all([...(groups?.bases.values() ?? [])].map((base) => readdir(base)));
  const mine = folders.flat().filter((name) => groups !== undefined && name.startsWith(groups.prefix));
  const descriptors = await readdir("/proc/self/fd");
  const threads = await readdir("/proc/self/task");
  const children = await Promise.all(
    (await readdir("/proc"))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")),
  );
  const bwraps = children.filter((stat) => stat.includes("(bwrap)") && stat.includes(` ${process.pid} `));
  return [mine.length, bwraps.length, descriptors.length, threads.length];
}

describe("the life of a box", () => {
  test("it runs once, and a second run is refused", async () => {
    const box = await backend.start(profile);
    expect(await box.run(job("return 1"))).toMatchObject({ status: "done" });
    expect(await box.run(job("return 1"))).toMatchObject({ status: "ended", reason: "died" });
    await box.stop();
    await box.stop();
    await box.gone;
  });

  test("one that is stopped before it runs is gone", async () => {
    const box = await backend.start(profile);
    await box.stop();
    expect(await box.run(job("return 1"))).toMatchObject({ status: "ended", reason: "died" });
  });

  test("an abort ends it, before and while it runs", async () => {
    for (const delay of [0, 50]) {
      const box = await backend.start(profile);
      const abort = new AbortController();
      if (delay === 0) abort.abort();
      else setTimeout(() => abort.abort(), delay);
      const end = await box.run(job("for (;;);", { signal: abort.signal }));
      expect(end).toMatchObject({ status: "ended", reason: "aborted" });
      await box.stop();
    }
  });

  test(
    "many at once and after one another leave no group, process or descriptor behind",
    { timeout: 120_000 },
    async () => {
      const round = async (): Promise<void> => {
        await Promise.all(
          Array.from({ length: 8 }, (_, i) =>
            runIn(backend, { kind: "javascript", source: i % 2 === 0 ? "return 1" : "process.exit(3)" }),
          ),
        );
      };
      await round();
      const [groups, children, descriptors = 0, threads] = await held();
      for (let i = 0; i < 4; i += 1) await round();
      const [groupsAfter, childrenAfter, descriptorsAfter = 0, threadsAfter] = await held();
      expect([groupsAfter, childrenAfter, threadsAfter]).toEqual([groups, children, threads]);
      expect([groupsAfter, childrenAfter]).toEqual([0, 0]);
      expect(descriptorsAfter).toBeLessThanOrEqual(descriptors + 2);
    },
  );

  test("one that cannot be made says why, in the words of what makes it, and leaves nothing", async () => {
    const fake = join(folder, "bwrap");
    await writeFile(fake, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n", {
      mode: 0o755,
    });
    const broken = bubblewrap({ bwrap: fake });
    await expect(broken.start(profile)).rejects.toMatchObject({
      code: "boot_failed",
      message: "the box could not be made: bwrap: No permissions to create new namespace",
    });
    expect(await broken.probe()).toMatchObject({ ok: false });
  });

  test("one that says something else than hello is ended", async () => {
    const fake = join(folder, "chatty");
    await writeFile(fake, "#!/bin/sh\nprintf '\\0\\0\\0\\002{}' >&3\nsleep 60\n", { mode: 0o755 });
    await expect(bubblewrap({ bwrap: fake }).start(profile)).rejects.toMatchObject({ code: "boot_failed" });
  });
});

describe("options that make no sense are refused before anything starts", () => {
  const bad = [
    ["memory", { limits: { ...DEFAULT_LIMITS, memory: 1024 } }],
    ["a negative number", { limits: { ...DEFAULT_LIMITS, disk: -1 } }],
    ["no number", { limits: { ...DEFAULT_LIMITS, processes: Number.NaN } }],
    ["the loader's variables", { env: { LD_PRELOAD: "/tmp/x.so" } }],
    ["Node's options", { env: { NODE_OPTIONS: "--require /tmp/x" } }],
    ["a name with =", { env: { "A=B": "c" } }],
    ["a value with NUL", { env: { A: "b\0c" } }],
    ["a mount with NUL", { mounts: [{ path: "/srv/a\0b", mode: "read" }] }],
    ["a mount of /", { mounts: [{ path: "/", mode: "write" }] }],
  ] as const;

  test.each(bad)("%s", async (_, part) => {
    await expect(backend.start({ ...profile, ...part })).rejects.toMatchObject({ code: "bad_option" });
  });
});

/** Values that may cross; functions, cycles and classes may not. */
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "grapheme" }),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, "$bytes", "__proto__"),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "$date", "$object")),
      tie("value"),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

describe("values", () => {
  test("lesson 16: what crosses the wall in tagged JSON comes back as it was, through JavaScript and Python", async () => {
    const samples = fc.sample(values, { numRuns: 300, seed: 16 });
    const args = { samples };
    const echoed = await runIn(backend, { kind: "javascript", source: "return args.samples" }, { args });
    expect(echoed).toEqual({ status: "done", value: samples, log: "" });
    const python = await runIn(backend, { kind: "python", source: "result = args['samples']" }, { args });
    expect(python).toEqual({ status: "done", value: samples.map(asPython), log: "" });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test.each(["() => 1", "Symbol('x')", "new Map()", "(() => { const a = []; a.push(a); return a; })()"])(
    "lesson 16: %s is no data and does not cross",
    async (expression) => {
      const end = await runIn(backend, { kind: "javascript", source: `return ${expression}` });
      expect(end).toMatchObject({ status: "failed" });
    },
  );
});

/** Python has one kind of whole number: what is beyond 2^53 comes back as a bigint, and what is within as a number. */
function asPython(value: unknown): unknown {
  if (typeof value === "bigint") return value >= -(2n ** 53n) + 1n && value <= 2n ** 53n - 1n ? Number(value) : value;
  if (Array.isArray(value)) return value.map(asPython);
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asPython(item)]));
}
