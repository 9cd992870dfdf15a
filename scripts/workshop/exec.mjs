import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { nodeBinary, root } from "./places.mjs";
import { say, WorkshopError } from "./say.mjs";

/** The environment of every command: Node 24 and the workspace's own commands come first on PATH. */
export function workshopEnvironment() {
  const path = [dirname(nodeBinary), join(root, "node_modules", ".bin"), process.env.PATH].filter(Boolean);
  return { ...process.env, PATH: path.join(delimiter) };
}

/**
 * Runs a command to its end and gives its exit code (128 + signal number when a signal ended it).
 * Without `onLine` the command shares this process's terminal; with it, the command gets no input and
 * each line of its output and errors goes to `onLine`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd = root, env = workshopEnvironment(), onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: onLine ? ["ignore", "pipe", "pipe"] : "inherit",
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream && onLine) readLines(stream, onLine);
    }
    const stopForwarding = forwardSignals(child);
    child.once("error", (error) => {
      stopForwarding();
      reject(new WorkshopError(`could not run ${command}: ${error.message}`, "", 127));
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs a command and shows what it printed only when it failed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function quietly(command, args, cwd = root, env = workshopEnvironment()) {
  /** @type {string[]} */
  const lines = [];
  const code = await run(command, args, { cwd, env, onLine: (line) => lines.push(line) });
  if (code === 0) return true;
  say(`  ${command.slice(command.lastIndexOf("/") + 1)} ${args.join(" ")} ended with ${code}:`);
  for (const line of lines) say(`    ${line}`);
  return false;
}

/**
 * Ctrl-C reaches the child by itself, through the terminal; this process then only waits for it, so
 * that the child's own exit code is the one reported. SIGTERM comes to this process alone: pass it on.
 * @param {import("node:child_process").ChildProcess} child
 */
function forwardSignals(child) {
  const wait = () => {};
  const terminate = () => void child.kill("SIGTERM");
  process.on("SIGINT", wait);
  process.on("SIGTERM", terminate);
  return () => {
    process.off("SIGINT", wait);
    process.off("SIGTERM", terminate);
  };
}

/**
 * @param {import("node:stream").Readable} stream
 * @param {(line: string) => void} onLine
 */
function readLines(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (/** @type {string} */ chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.trimEnd());
  });
  stream.on("end", () => {
    if (rest) onLine(rest.trimEnd());
  });
}
