import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Probe } from "../../src/backend.js";
import { containerBackend } from "../../src/backends/container/container-backend.js";
import { findEngine, type Engine } from "../../src/backends/container/engine.js";
import { LABEL, readHostId, thisHost, writeHostId } from "../../src/backends/container/host-id.js";
import { sweep } from "../../src/backends/container/reaper.js";
import { imageReference } from "../../src/images/build.js";
import { testTiers } from "./test-engine.js";

const HOOKS = fileURLToPath(new URL("../../../cli/test/support/source-hooks.mjs", import.meta.url));
const HOST = fileURLToPath(new URL("./host-to-kill.ts", import.meta.url));

describe.each(testTiers().filter(({ name }) => name === "container" || name === "gvisor"))("$name", (tier) => {
  let probe: Probe;
  let engine: Engine | undefined;
  beforeAll(async () => {
    probe = await tier.ready();
    const found = await findEngine();
    engine = found.ok ? found.engine : undefined;
  }, 240_000);
  afterAll(async () => await tier.backend.close());
  beforeEach((context) => {
    if (!probe.ok) context.skip(`${tier.name}: ${probe.why}`);
  });

  async function containersOf(pid: number): Promise<string[]> {
    const all = (await engine?.docker.listContainers({ all: true, filters: { label: [LABEL] } })) ?? [];
    return all.filter(({ Labels }) => readHostId(Labels[LABEL] ?? "")?.pid === pid).map(({ Id }) => Id);
  }

  /** The first processes of containers, by their number on this machine. */
  async function firstProcesses(ids: readonly string[]): Promise<number[]> {
    const found = await Promise.all(ids.map(async (id) => await engine?.docker.getContainer(id).inspect()));
    return found.map((one) => one?.State.Pid ?? 0).filter((pid) => pid > 0);
  }

  const count = tier.name === "gvisor" ? 8 : 50;
  test(`lesson 15: a host killed in the middle of ${count} sandboxes leaves none that runs within 5 s, and then none`, async () => {
    const args = ["--disable-warning=ExperimentalWarning", "--import", HOOKS, HOST, tier.name, String(count)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
    });
    child.removeAllListeners("exit");
    const pid = child.pid ?? 0;
    const ids = await containersOf(pid);
    expect(ids).toHaveLength(count);
    const inside = await firstProcesses(ids);
    expect(inside).toHaveLength(count);
    child.kill("SIGKILL");
    const killed = performance.now();
    const running = async (): Promise<string[]> => {
      const states = await Promise.all(
        inside.map(async (one) => await readFile(`/proc/${one}/stat`, "utf8").catch(() => "")),
      );
      return states.filter((stat) => stat !== "" && !/\) [ZX] /.test(stat));
    };
    while ((await running()).length > 0 && performance.now() - killed < 5000) await sleep(100);
    expect(await running()).toEqual([]);
    const ended = performance.now() - killed;
    // Taking apart what has ended is the engine's work, and takes as long as the machine is busy.
    while ((await containersOf(pid)).length > 0 && performance.now() - killed < 60_000) await sleep(100);
    expect(await containersOf(pid)).toEqual([]);
    const gone = performance.now() - killed;
    console.log(
      `${tier.name}: of ${count}, none ran after ${Math.round(ended)} ms, none was there after ${Math.round(gone)} ms`,
    );
  }, 240_000);
});

describe("a sweep", () => {
  test("removes what dead hosts left, and nothing of hosts that live or of others", async (context) => {
    const found = await findEngine();
    if (!found.ok) return context.skip(`container: ${found.why}`);
    const { docker } = found.engine;
    const Image = await imageReference("node");
    const host = await thisHost();
    const make = async (label: string): Promise<string> =>
      (await docker.createContainer({ Image, Entrypoint: ["/usr/local/bin/node"], Labels: { [LABEL]: label } })).id;
    const dead = [
      await make(writeHostId({ ...host, started: "1" })),
      await make(writeHostId({ ...host, pid: 4_194_303 })),
    ];
    const alive = [
      await make(writeHostId(host)),
      await make(writeHostId({ ...host, namespace: "1", started: "1" })),
      await make("of somebody else"),
    ];
    try {
      expect(await sweep(found.engine)).toBeGreaterThanOrEqual(2);
      const ids = (await docker.listContainers({ all: true })).map(({ Id }) => Id);
      for (const id of dead) expect(ids).not.toContain(id);
      expect(ids).toEqual(expect.arrayContaining(alive));
    } finally {
      for (const id of alive) await docker.getContainer(id).remove({ force: true });
    }
  });

  test("a closed backend leaves no container and no process of its own", async (context) => {
    const backend = containerBackend();
    const probe = await backend.probe();
    if (!probe.ok) context.skip(`container: ${probe.why}`);
    const sandbox = await backend.start({ program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} });
    await sandbox.stop();
    await backend.close();
    await expect(
      backend.start({ program: "javascript", limits: DEFAULT_LIMITS, mounts: [], env: {} }),
    ).rejects.toMatchObject({ code: "boot_failed" });
  });
});
