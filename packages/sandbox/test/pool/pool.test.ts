import { availableParallelism } from "node:os";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/backend.js";
import type { PoolOptions } from "../../src/pool/options.js";
import { Pool } from "../../src/pool/pool.js";
import { SandboxError } from "../../src/sandbox-error.js";
import { FakeBackend, FakeClock, PROFILE, profileNumber, settle } from "./fake.js";

let clock: FakeClock;
let backend: FakeBackend;
let pools: Pool[];
beforeEach(() => {
  clock = new FakeClock();
  backend = new FakeBackend();
  pools = [];
});
afterEach(async () => {
  backend.release();
  for (const pool of pools) await pool.close();
  if (backend.alive > 0) throw new Error(`${backend.alive} sandboxes are left`);
});

function poolOf(options: PoolOptions = {}): Pool {
  const pool = new Pool(options, clock);
  pools.push(pool);
  return pool;
}

/** What a promise is rejected with. */
function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("a sandbox is given once and never again", async () => {
  const pool = poolOf({ ready: 3, most: 8 });
  const seen = new Set<string>();
  for (let n = 0; n < 20; n += 1) {
    const sandbox = await pool.take(backend, PROFILE);
    expect(seen.has(sandbox.id)).toBe(false);
    seen.add(sandbox.id);
    await sandbox.stop();
    await clock.pass(30);
  }
});

test("after a call took one, others are kept ready, but not at once", async () => {
  const pool = poolOf({ ready: 2 });
  const first = await pool.take(backend, PROFILE);
  await settle();
  expect(backend.started).toHaveLength(1);
  await clock.pass(24);
  expect(backend.started).toHaveLength(1);
  await clock.pass(2);
  expect(pool.counts()).toEqual({ ready: 2, starting: 0, running: 1, waiting: 0 });
  await first.stop();
  expect(pool.counts().running).toBe(0);
});

test("one core is left to what runs while sandboxes are made ready", async () => {
  backend.hold();
  const pool = poolOf({ ready: 50, most: 60 });
  const prepared = pool.prepare(backend, PROFILE);
  await clock.pass(100);
  backend.release();
  await prepared;
  for (let n = 0; n < 50; n += 1) await clock.pass(1);
  expect(pool.counts().ready).toBe(50);
  expect(backend.mostAtOnce).toBeLessThanOrEqual(Math.max(1, availableParallelism() - 1) + 1);
});

test("calls that follow each other closely put off what takes their place, but not until none is left", async () => {
  const pool = poolOf({ ready: 8, most: 100 });
  await pool.prepare(backend, PROFILE);
  for (let n = 0; n < 10; n += 1) await clock.pass(30);
  const left: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    await pool.take(backend, PROFILE);
    left.push(pool.counts().ready);
    await clock.pass(10);
  }
  expect(left.slice(0, 5)).toEqual([7, 6, 5, 4, 3]);
  expect(Math.min(...left)).toBeGreaterThan(0);
  // None was started for a call that waited but the first.
  expect(backend.urgency.length).toBeGreaterThan(40);
});

test("where calls wait, two a core are started at once, and no more", async () => {
  const pool = poolOf({ ready: 2, most: 200, queue: 200 });
  backend.hold();
  const calls = Array.from({ length: 150 }, async () => await pool.take(backend, PROFILE));
  await settle();
  expect(backend.mostAtOnce).toBe(Math.min(150, 2 * availableParallelism()));
  backend.release();
  for (const sandbox of await Promise.all(calls)) await sandbox.stop();
  expect(backend.mostAtOnce).toBe(Math.min(150, 2 * availableParallelism()));
});

test("what is started while enough wait is started behind everything else, until they are taken", async () => {
  const pool = poolOf({ ready: 4 });
  await pool.take(backend, PROFILE);
  for (let n = 0; n < 10; n += 1) await clock.pass(30);
  expect(pool.counts().ready).toBe(4);
  // The call's own, two more, and from half of what is kept ready on: nobody is near to waiting.
  expect(backend.urgency).toEqual(["wanted", "wanted", "wanted", "spare", "spare"]);

  backend.hold();
  await pool.take(backend, PROFILE);
  await clock.pass(30);
  await pool.take(backend, PROFILE);
  await settle();
  expect(backend.urgency.slice(5)).toEqual(["spare"]);
  await pool.take(backend, PROFILE);
  await settle();
  expect(backend.urgency.slice(5)).toEqual(["wanted later"]);
});

test("profiles and backends do not share sandboxes; equal profiles do, however they were made", async () => {
  const pool = poolOf({ ready: 1 });
  const other = new FakeBackend();
  await pool.prepare(backend, { ...PROFILE, env: { A: "1", B: "2" } });
  const same = await pool.take(backend, {
    env: { B: "2", A: "1" },
    mounts: [],
    limits: PROFILE.limits,
    program: "javascript",
  });
  expect(same.id).toBe("fake-0");
  for (const profile of [
    PROFILE,
    { ...PROFILE, env: { A: "1", B: "3" } },
    { ...PROFILE, mounts: [{ path: "/a", mode: "read" }] },
    { ...PROFILE, mounts: [{ path: "/a", mode: "write" }] },
    { ...PROFILE, limits: { ...PROFILE.limits, time: 1 } },
  ] as const) {
    const taken = await pool.take(backend, profile);
    expect(backend.started.at(-1)).toMatchObject({ id: taken.id, profile });
  }
  await pool.take(other, { ...PROFILE, env: { A: "1", B: "2" } });
  expect(other.started).toHaveLength(1);
});

test("no more are alive than the bound; calls over it wait their turn", async () => {
  const pool = poolOf({ ready: 2, most: 3 });
  const held = await Promise.all([1, 2, 3].map(() => pool.take(backend, PROFILE)));
  const order: number[] = [];
  const waiting = [1, 2].map(async (n) => {
    const sandbox = await pool.take(backend, PROFILE);
    order.push(n);
    await sandbox.stop();
  });
  await clock.pass(1000);
  expect(backend.alive).toBe(3);
  expect(pool.counts()).toMatchObject({ running: 3, waiting: 2 });
  await held[0]?.stop();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2]);
});

test("memory of all together is bounded too, and a profile that never fits is refused", async () => {
  const sized = (memory: number) => ({ ...PROFILE, limits: { ...DEFAULT_LIMITS, memory } });
  const pool = poolOf({ ready: 0, memory: 100 });
  const first = await pool.take(backend, sized(60));
  const second = pool.take(backend, sized(50));
  await clock.pass(100);
  expect(backend.alive).toBe(1);
  await first.stop();
  expect((await second).id).toBe("fake-1");
  for (const memory of [101, Number.NaN])
    await expect(pool.take(backend, sized(memory))).rejects.toMatchObject({ code: "bad_option" });
});

test("what waits unused makes room for a call of another profile, the coldest first", async () => {
  const pool = poolOf({ ready: 1, most: 2 });
  await pool.prepare(backend, profileNumber(1));
  await clock.pass(10);
  await pool.prepare(backend, profileNumber(2));
  await clock.pass(10);
  const third = await pool.take(backend, profileNumber(3));
  expect(backend.started.map(({ stopped }) => stopped)).toEqual([true, false, false]);
  expect(third.id).toBe("fake-2");
  await clock.pass(10_000);
  // Used a moment ago, the second is not thrown out for keeping others ready.
  expect(backend.started[1]?.stopped).toBe(false);
});

test("a queue has an end", async () => {
  const pool = poolOf({ ready: 0, most: 1, queue: 2 });
  await pool.take(backend, PROFILE);
  const waiting = [pool.take(backend, PROFILE), pool.take(backend, profileNumber(1))];
  await expect(pool.take(backend, PROFILE)).rejects.toMatchObject({ code: "pool_exhausted" });
  const all = Promise.allSettled(waiting);
  await pool.close();
  expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("a call does not wait for ever", async () => {
  const pool = poolOf({ ready: 0, most: 1, wait: 500 });
  await pool.take(backend, PROFILE);
  const late = refusal(pool.take(backend, PROFILE));
  await clock.pass(501);
  expect(await late).toMatchObject({ code: "pool_exhausted", message: "no sandbox came free within 500 ms" });
  expect(pool.counts().waiting).toBe(0);
});

test("an aborted call leaves the queue, and what was started for it is kept", async () => {
  backend.hold();
  const pool = poolOf({ ready: 1 });
  const abort = new AbortController();
  const taken = refusal(pool.take(backend, PROFILE, abort.signal));
  abort.abort();
  expect(await taken).toMatchObject({ code: "aborted" });
  await expect(pool.take(backend, PROFILE, abort.signal)).rejects.toMatchObject({ code: "aborted" });
  backend.release();
  await settle();
  expect(pool.counts()).toEqual({ ready: 1, starting: 0, running: 0, waiting: 0 });
  expect((await pool.take(backend, PROFILE)).id).toBe("fake-0");
});

test("a sandbox that died while it waited is not given, and is replaced", async () => {
  const pool = poolOf({ ready: 1 });
  await pool.prepare(backend, PROFILE);
  backend.started[0]?.die();
  await clock.pass(100);
  expect(pool.counts()).toMatchObject({ ready: 1, running: 0 });
  expect((await pool.take(backend, PROFILE)).id).toBe("fake-1");
});

test("one that dies while it runs gives its place back, stopped or not", async () => {
  const pool = poolOf({ ready: 0, most: 1 });
  await pool.take(backend, PROFILE);
  const next = pool.take(backend, PROFILE);
  backend.started[0]?.die();
  expect((await next).id).toBe("fake-1");
});

test("sandboxes are thrown away when they are old, also when the timer came late", async () => {
  const pool = poolOf({ ready: 1, age: 1000 });
  await pool.prepare(backend, PROFILE);
  await clock.pass(900);
  await (await pool.take(backend, PROFILE)).stop();
  await clock.pass(150);
  expect(pool.counts().ready).toBe(1);
  await clock.pass(900);
  // The second is old, and its profile was in use since: there is a third. Then nobody asks any more.
  await clock.pass(5000);
  expect(pool.counts()).toEqual({ ready: 0, starting: 0, running: 0, waiting: 0 });
  expect(backend.alive).toBe(0);
  const before = backend.started.length;
  await clock.pass(100_000);
  expect(backend.started).toHaveLength(before);
});

test("what does not start is refused with the reason, and tried again after a pause", async () => {
  backend.failure = new SandboxError("boot_failed", "bwrap: no permission");
  const pool = poolOf({ ready: 2 });
  await expect(pool.take(backend, PROFILE)).rejects.toMatchObject({
    code: "boot_failed",
    message: "bwrap: no permission",
  });
  let begun = 0;
  const start = backend.start.bind(backend);
  backend.start = (profile) => {
    begun += 1;
    return start(profile);
  };
  await clock.pass(900);
  await expect(pool.take(backend, PROFILE)).rejects.toMatchObject({ code: "boot_failed" });
  expect(begun).toBe(0);
  // One attempt a pause, each pause twice as long.
  await clock.pass(60_000);
  expect(begun).toBeGreaterThanOrEqual(3);
  expect(begun).toBeLessThanOrEqual(8);
  backend.failure = undefined;
  await clock.pass(60_000);
  await expect(pool.take(backend, PROFILE)).resolves.toMatchObject({ bootMs: 1 });
});

test("a profile that the backend refuses is refused at once, with its words, and not tried again", async () => {
  backend.failure = new SandboxError("bad_option", "no mounts");
  const pool = poolOf();
  await expect(pool.take(backend, PROFILE)).rejects.toMatchObject({ code: "bad_option", message: "no mounts" });
  await clock.pass(10_000);
  backend.failure = undefined;
  await expect(pool.take(backend, PROFILE)).resolves.toBeDefined();
});

test("closing ends what runs, what waits and what starts", async () => {
  const pool = poolOf({ ready: 2, most: 4 });
  const running = await pool.take(backend, PROFILE);
  await clock.pass(100);
  backend.hold();
  const waiting = refusal(pool.take(backend, profileNumber(1)));
  const closed = pool.close();
  expect(await waiting).toMatchObject({ code: "pool_closed" });
  backend.release();
  await closed;
  expect(backend.alive).toBe(0);
  await running.gone;
  await expect(pool.take(backend, PROFILE)).rejects.toMatchObject({ code: "pool_closed" });
  await expect(pool.prepare(backend, PROFILE)).rejects.toMatchObject({ code: "pool_closed" });
  await clock.pass(1_000_000);
  expect(backend.alive).toBe(0);
});

test.each([
  { ready: -1 },
  { most: 0 },
  { most: Number.POSITIVE_INFINITY },
  { queue: 1.5 },
  { age: Number.NaN },
  { wait: 2 ** 40 },
  { memory: 0 },
])("an option that is none is told: %j", (options) => {
  expect(() => new Pool(options)).toThrow(SandboxError);
});

test("an option that nobody knows is told", () => {
  const options: object = { size: 3 };
  expect(() => new Pool(options)).toThrow("there is no option size");
});

test("whatever happens in whatever order: bounds hold, none is given twice, nobody is forgotten", async () => {
  const what = fc.constantFrom("take", "take", "stop", "die", "abort", "fail", "mend", "pass");
  const step = fc.record({ what, which: fc.nat(30), ms: fc.integer({ min: 0, max: 40_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const [time, fake] = [new FakeClock(), new FakeBackend()];
      const pool = new Pool({ ready: 2, most: 5, queue: 6, wait: 20_000, age: 60_000 }, time);
      const given: { readonly id: string; stop(): Promise<void> }[] = [];
      const aborts: AbortController[] = [];
      let open = 0;
      for (const { what: now, which, ms } of steps) {
        if (now === "take") {
          const abort = new AbortController();
          aborts.push(abort);
          open += 1;
          void pool
            .take(fake, profileNumber(which % 4), abort.signal)
            .then(
              (sandbox) => given.push(sandbox),
              () => undefined,
            )
            .finally(() => (open -= 1));
        } else if (now === "stop") await given[which]?.stop();
        else if (now === "die") fake.started[which]?.die();
        else if (now === "abort") aborts[which]?.abort();
        else if (now === "pass") await time.pass(ms);
        else fake.failure = now === "fail" ? new Error("no") : undefined;
        await settle();
        expect(fake.alive + fake.starting).toBeLessThanOrEqual(5);
        expect(new Set(given.map(({ id }) => id)).size).toBe(given.length);
        expect(pool.counts().waiting).toBeLessThanOrEqual(6);
      }
      await time.pass(20_001);
      expect(open).toBe(0);
      await pool.close();
      expect(fake.alive).toBe(0);
    }),
    { numRuns: 200 },
  );
});
