import { afterEach, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Job, type Profile } from "../../src/backend.js";
import { wasmBackend } from "../../src/backends/wasm/wasm.js";
import { Pool } from "../../src/pool/pool.js";

const PROFILE: Profile = {
  program: "javascript",
  limits: { ...DEFAULT_LIMITS, time: 60_000, memory: 16 * 1024 * 1024 },
  mounts: [],
  env: {},
};

let pool: Pool | undefined;
afterEach(async () => {
  await pool?.close();
});

function job(source: string, args: unknown = null): Job {
  return {
    program: { kind: "javascript", source },
    args,
    limits: PROFILE.limits,
    signal: new AbortController().signal,
    ask: () => Promise.resolve({ ok: false, message: "nobody answers" }),
  };
}

test("100 calls at once through a pool of 8 each have a sandbox of their own", { timeout: 300_000 }, async () => {
  pool = new Pool({ most: 8, ready: 4, wait: 300_000 });
  const backend = wasmBackend();
  const through = pool;
  let [alive, most] = [0, 0];
  const ids = new Set<string>();
  const ends = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => {
      const sandbox = await through.take(backend, PROFILE);
      alive += 1;
      most = Math.max(most, alive);
      ids.add(sandbox.id);
      const end = await sandbox.run(job("return [args, (globalThis.seen = (globalThis.seen ?? 0) + 1)]", n));
      await sandbox.stop();
      alive -= 1;
      return end;
    }),
  );
  expect(ends).toEqual(Array.from({ length: 100 }, (_, n) => ({ status: "done", value: [n, 1], log: "" })));
  expect(ids.size).toBe(100);
  expect(most).toBeLessThanOrEqual(8);
  expect(through.counts()).toMatchObject({ running: 0, waiting: 0 });
});

test("programs that are ended do not hold up those after them", async () => {
  pool = new Pool({ most: 4, ready: 2 });
  const [backend, through] = [wasmBackend(), pool];
  const bad = [
    "for (;;);",
    "const a = []; for (;;) a.push(new Uint8Array(1e6))",
    "for (;;) console.log('x'.repeat(1e5))",
  ];
  const reasons = await Promise.all(
    [...bad, ...bad].map(async (source) => {
      const sandbox = await through.take(backend, PROFILE);
      const limits = { ...PROFILE.limits, time: source.startsWith("for (;;);") ? 300 : 60_000 };
      const end = await sandbox.run({ ...job(source), limits });
      await sandbox.stop();
      return end.status === "ended" ? end.reason : end.status;
    }),
  );
  expect(reasons).toEqual(["timeout", "memory", "output", "timeout", "memory", "output"]);
  const next = await through.take(backend, PROFILE);
  expect(await next.run(job("return 1"))).toMatchObject({ status: "done", value: 1 });
});

test("a close ends a program that runs", async () => {
  pool = new Pool();
  const sandbox = await pool.take(wasmBackend(), PROFILE);
  const end = sandbox.run(job("for (;;);"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pool.close();
  expect(await end).toMatchObject({ status: "ended", reason: "died" });
});
