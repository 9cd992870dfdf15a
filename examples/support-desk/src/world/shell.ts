import { execFile } from "node:child_process";

/** A shell of the agent's own machine, with all that its user may do: what a tool is without a sandbox. */
export function runShell(cmd: string): Promise<{ readonly exit: number; readonly out: string }> {
  return new Promise((done) => {
    execFile("/bin/sh", ["-c", cmd], { timeout: 10_000, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      const code: unknown = error === null ? 0 : error.code;
      done({ exit: typeof code === "number" ? code : 1, out: stdout + stderr });
    });
  });
}
