import { execFile, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Probe } from "../../src/backend.js";
import { bubblewrap } from "../../src/backends/process/process-backend.js";

const run = promisify(execFile);
let folder: string;
let host: string;
let probe: Probe;

beforeAll(async () => {
  probe = await bubblewrap().probe();
  folder = await realpath(await mkdtemp(join(tmpdir(), "writ-host-")));
  await chmod(folder, 0o755);
  await mkdir(join(folder, "a/b/c"), { recursive: true });
  await cp(fileURLToPath(new URL("../../guest", import.meta.url)), join(folder, "guest"), { recursive: true });
  host = join(folder, "a/b/c/host.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("./host.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: host,
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!probe.ok) context.skip(`process tier: ${probe.why}`);
});

/** Command lines of this machine's processes. */
async function commands(): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
}

/** Control groups that a host made. */
async function groups(pid: number): Promise<readonly string[]> {
  const { stdout } = await run("find", ["/sys/fs/cgroup", "-maxdepth", "6", "-name", `writ-*-${pid}-*`]).catch(() => ({
    stdout: "",
  }));
  return stdout.split("\n").filter(Boolean);
}

test("lesson 15: a host killed in the middle of 50 sandboxes leaves nothing of them within 5 s", async () => {
  const nap = `8${randomInt(1e6, 1e7)}`;
  const child = spawn(process.execPath, [host, "fifty", nap], { stdio: ["ignore", "pipe", "inherit"] });
  const ofIt = (line: string): boolean => line.includes(nap) || line.includes("max-old-space-size=137");
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
  });
  expect((await commands()).filter(ofIt).length).toBeGreaterThan(50);
  child.removeAllListeners("exit");
  child.kill("SIGKILL");
  const killed = performance.now();
  const left = async (): Promise<readonly string[]> => [
    ...(await commands()).filter(ofIt),
    ...(await groups(child.pid ?? 0)),
  ];
  while ((await left()).length > 0 && performance.now() - killed < 5000) await sleep(100);
  expect(await left()).toEqual([]);
}, 120_000);

test("an ordinary user, without root or control groups, has the same walls", async (context) => {
  if (process.getuid?.() !== 0) context.skip("this already runs as an ordinary user");
  const as = ["--reuid", "1500", "--regid", "1500", "--clear-groups", process.execPath, host, "prove", "bare-kernel"];
  const { stdout } = await run("setpriv", as, { env: {}, maxBuffer: 1e7 });
  expect(JSON.parse(stdout)).toMatchObject({
    uid: 1500,
    probe: { ok: true, missing: [{ name: "memory-limit" }] },
    escaped: [],
  });
}, 300_000);

test("where user namespaces are forbidden, bubblewrap says so and Landlock holds", async (context) => {
  if (process.getuid?.() !== 0) context.skip("only root can forbid them for this test alone");
  const given = join(folder, "given");
  await mkdir(given);
  await chmod(given, 0o777);
  await writeFile(join(given, "in"), "given");
  const inner = ["bwrap", "--unshare-user", "--disable-userns", "--dev-bind", "/", "/", process.execPath, host];
  const as = ["--reuid", "1500", "--regid", "1500", "--clear-groups", ...inner, "both", given];
  const { stdout } = await run("setpriv", as, { env: { PATH: "/usr/bin:/bin" } });
  const found: unknown = JSON.parse(stdout);
  expect(found).toMatchObject({ bubblewrap: { ok: false }, landlock: { ok: true }, mounted: ["done", "failed"] });
  expect(await readdir(given)).toEqual(["in", "out-write"]);
  expect(stdout).toContain("could not be made: bwrap:");
});

test("behind Landlock alone, all that it claims to stop is stopped, for root and for an ordinary user", async (context) => {
  if (process.getuid?.() !== 0) context.skip("this needs root, to become somebody else");
  const as = ["--reuid", "1500", "--regid", "1500", "--clear-groups", process.execPath, host, "landlock"];
  const { stdout } = await run("setpriv", as, { env: {}, maxBuffer: 1e7 });
  console.log(stdout.slice(0, stdout.lastIndexOf("\n{")));
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
    uid: 1500,
    probe: { ok: true, missing: [] },
    escaped: [],
  });
}, 300_000);

test("descriptors that the host was started with are not inside", async () => {
  const secret = randomBytes(16).toString("hex");
  const path = join(folder, "secret");
  await writeFile(path, secret);
  const fd = openSync(path, "r");
  const stdio: ("ignore" | "pipe" | "inherit" | number)[] = ["ignore", "pipe", "inherit"];
  for (const number of [5, 9, 40, 251]) stdio[number] = fd;
  for (let i = 0; i < 252; i += 1) stdio[i] ??= "ignore";
  const child = spawn(process.execPath, [host, "descriptors", "bare-kernel"], { stdio });
  let out = "";
  child.stdout?.on("data", (bytes: Buffer) => (out += bytes.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  closeSync(fd);
  expect(JSON.parse(out)).toHaveLength(3);
  expect(out).not.toContain(secret);
});
