import { execFile } from "node:child_process";
import { SandboxError } from "../sandbox-error.js";

/**
 * Runs a program of this machine to its end and gives what it wrote. Rejects with a {@link SandboxError} `image_failed`
 * that says what was run and the last that it said.
 */
export async function command(program: string, args: readonly string[], timeout = 300_000): Promise<string> {
  return await new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8" };
    execFile(program, args, { timeout, maxBuffer: 16 * 1024 * 1024, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new SandboxError("image_failed", `${program} failed: ${lastLines(stderr) || error.message}`));
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ").slice(-500);
}
