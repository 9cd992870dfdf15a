import { readdir, readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/backend.js";
import { Behind } from "../../src/backends/process/behind.js";
import { Groups, type Group } from "../../src/backends/process/cgroup.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";

afterEach(() => {
  vi.useRealTimers();
});

/** A group that counts how often it was brought forward. */
function group(fails = false): Group & { readonly forwarded: () => number } {
  let times = 0;
  return {
    folders: [],
    counts: async () => ({ outOfMemory: 0, processesRefused: 0 }),
    remove: async () => undefined,
    forward: async () => {
      times += 1;
      if (fails) throw new Error("it stays");
    },
    forwarded: () => times,
  };
}

const never = new Promise<void>(() => undefined);
const noFailure = (): void => expect.unreachable("it was ended");

test("a box is brought forward once: when it is wanted, after a while, or when it is ready", async () => {
  vi.useFakeTimers();
  const { promise: wanted, resolve: want } = Promise.withResolvers<void>();
  const [soon, late, ready] = [group(), group(), group()];
  const all = [
    new Behind(soon, wanted, noFailure),
    new Behind(late, never, noFailure),
    new Behind(ready, never, noFailure),
  ];
  expect([soon, late, ready].map(({ forwarded }) => forwarded())).toEqual([0, 0, 0]);
  want();
  await all[2]?.forward();
  expect([soon, late, ready].map(({ forwarded }) => forwarded())).toEqual([1, 0, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(all.map(async (one) => await one.forward()));
  for (const one of all) one.over();
  expect([soon, late, ready].map(({ forwarded }) => forwarded())).toEqual([1, 1, 1]);
});

test("one that is over is not touched any more, and one that nothing bounds needs nothing", async () => {
  vi.useFakeTimers();
  const { promise: wanted, resolve: want } = Promise.withResolvers<void>();
  const gone = group(true);
  new Behind(gone, wanted, noFailure).over();
  want();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(gone.forwarded()).toBe(0);
  await new Behind(undefined, never, noFailure).forward();
});

test("one that cannot be brought forward is ended, and is given to no call", async () => {
  let ended = 0;
  const behind = new Behind(group(true), Promise.resolve(), () => {
    ended += 1;
  });
  await expect(behind.forward()).rejects.toThrow("it stays");
  expect(ended).toBe(1);
});

test("a box that nobody waited for has its part of the processors when it is ready", async (context) => {
  const backend = bubblewrap();
  const probe = await backend.probe();
  if (!probe.ok) return context.skip(`process tier: ${probe.why}`);
  const groups = await Groups.find();
  const base = groups?.bases.get("cpu") ?? groups?.bases.get("all");
  const profile = { program: "javascript" as const, limits: DEFAULT_LIMITS, mounts: [], env: {} };
  const sandbox = await backend.start(profile, never);
  try {
    if (groups === undefined || base === undefined) return context.skip("no control group can be made on this machine");
    const mine = (await readdir(base)).filter((name) => name.startsWith(groups.prefix));
    expect(mine).toHaveLength(1);
    const idle = await readFile(`${base}/${mine[0]}/cpu.idle`, "utf8").catch(() => "0\n");
    expect(idle).toBe("0\n");
  } finally {
    await sandbox.stop();
  }
});
