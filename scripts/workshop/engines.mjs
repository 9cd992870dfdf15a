// What continuous integration has beside the repository: the tools that isolate, and engines of its own for containers.
//
//     node scripts/workshop/engines.mjs COMMAND [ARGUMENT...]
//
// Runs the command with what there is. In CI, as root, with apt: what is missing is installed before, and an engine is
// started in a folder of its own, never the machine's; it ends with the command. Anywhere else nothing is installed.
// What could not be had is said, and its tests are skipped with the reason; a tier that could be had is expected in
// WRIT_EXPECT_TIERS, and a test fails where it then does not hold.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { say } from "./say.mjs";

/** Each tool with the package of Debian and Ubuntu that has it, and the tier that is lost without it. */
export const TOOLS = [
  { tool: "bwrap", from: "bubblewrap", tier: "process" },
  { tool: "prlimit", from: "util-linux", tier: "process" },
  { tool: "python3", from: "python3", tier: "process" },
  { tool: "dockerd", from: "docker.io", tier: "container" },
  { tool: "runc", from: "runc", tier: "container" },
  { tool: "runsc", from: "runsc", tier: "gvisor" },
];

/**
 * Whether a program is on PATH, or where programs for root are.
 * @param {string} tool
 */
export function onPath(tool) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** Installs what is missing; says what it could not. */
function install() {
  const missing = TOOLS.filter(({ tool }) => !onPath(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ from }) => from))];
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync("apt-get", ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1", ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 240_000,
    });
  apt("update");
  // Each by itself: where one cannot be had, the others can.
  for (const name of packages) {
    const { status, stderr } = apt("install", "-y", "--no-install-recommends", name);
    if (status !== 0) say(`${name} could not be installed: ${lastLine(String(stderr ?? ""))}`);
  }
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}

/**
 * A dockerd in a folder of its own, with gVisor as a runtime where there is one.
 * @returns {Promise<{ socket: string, stop: () => Promise<void> } | undefined>}
 */
async function startDocker() {
  const folder = mkdtempSync(join(tmpdir(), "writ-engine-"));
  const socket = join(folder, "docker.sock");
  const log = join(folder, "log");
  const args = ["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec"), "--host", `unix://${socket}`];
  args.push("--pidfile", join(folder, "pid"), "--iptables=false", "--ip6tables=false", "--bridge=none");
  if (onPath("runsc")) {
    // ptrace works where KVM and the newer platforms do not; no container has a network.
    const wrapper = join(folder, "runsc");
    writeFileSync(wrapper, '#!/bin/sh\nexec runsc --platform=ptrace --network=none "$@"\n', { mode: 0o755 });
    args.push("--add-runtime", `runsc=${wrapper}`);
  }
  // It ends with this process, however this one ends.
  const [command, before] = onPath("setpriv") ? ["setpriv", ["--pdeathsig", "SIGTERM", "dockerd"]] : ["dockerd", []];
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
  writeFileSync(log, "");
  const child = spawn("sh", ["-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", log, command, ...before, ...args], {
    detached: true, // what is typed at the terminal is meant for the tests
    stdio: "ignore",
    env,
  });
  child.once("error", () => undefined); // then it has no number
  const ended = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    child.kill("SIGTERM");
    for (let i = 0; i < 100 && !ended(); i++) await sleep(100);
    if (!ended()) child.kill("SIGKILL");
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 150 && !ended(); i++) {
    if (existsSync(socket) && spawnSync("curl", ["-sf", "--unix-socket", socket, "http://d/_ping"]).status === 0)
      return { socket, stop };
    if (existsSync(socket) && !onPath("curl")) return { socket, stop };
    await sleep(200);
  }
  say(`no engine for containers: dockerd did not start: ${lastLine(readFileSync(log, "utf8"))}`);
  await stop();
  return undefined;
}

/** @param {string} folder */
function unmountBelow(folder) {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const points = mounts.map((line) => line.split(" ")[1] ?? "").filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.toReversed()) spawnSync("umount", ["-l", point]);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
async function runTo(command, args, env) {
  try {
    const child = spawn(command, args, { stdio: "inherit", env });
    process.on("SIGTERM", (signal) => void child.kill(signal));
    process.on("SIGINT", () => undefined); // the terminal sends it to the command as well
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 130));
    });
  } catch (error) {
    say(`could not run ${command}: ${error instanceof Error ? error.message : "unknown"}`);
    return 127;
  }
}

/** @param {readonly string[]} words */
async function main([command = "npm", ...args]) {
  const env = { ...process.env };
  const inCI = process.env.CI === "true" && process.platform === "linux" && process.getuid?.() === 0;
  let engine;
  if (inCI && onPath("apt-get")) install();
  if (inCI && onPath("dockerd") && env.DOCKER_HOST === undefined) engine = await startDocker();
  else say("engines of containers: what this machine has, and nothing is installed");
  if (engine !== undefined) {
    env.DOCKER_HOST = `unix://${engine.socket}`;
    const expected = ["wasm", "container"];
    if (onPath("bwrap")) expected.push("process");
    if (onPath("runsc")) expected.push("gvisor");
    env.WRIT_EXPECT_TIERS = expected.join(",");
    say(`an engine of its own for containers is at ${engine.socket}; expected: ${env.WRIT_EXPECT_TIERS}`);
  }
  try {
    process.exitCode = await runTo(command, args, env);
  } finally {
    await engine?.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main(process.argv.slice(2));
