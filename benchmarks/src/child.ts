import { spawn } from "node:child_process";

/** What became of a process: what it wrote, or why there is nothing. */
export type Ran = { readonly ok: true; readonly line: string } | { readonly ok: false; readonly why: string };

/**
 * Runs a script in a fresh Node with the garbage collector in reach, and ends it after a while. `env` is beside this
 * one's; rejects when `signal` aborts, with which the process ends too.
 */
export function inProcess(
  script: string,
  args: readonly string[],
  milliseconds: number,
  env: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", script, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      killSignal: "SIGKILL",
      ...(signal === undefined ? {} : { signal }),
    });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out?.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err?.push(chunk));
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.once("error", reject);
    child.once("close", (code, by) => {
      clearTimeout(timer);
      const said = Buffer.concat(err ?? []).toString();
      if (code === 0)
        resolve({
          ok: true,
          line: Buffer.concat(out ?? [])
            .toString()
            .trim(),
        });
      else if (by === "SIGKILL") resolve({ ok: false, why: `over ${milliseconds / 1000} s` });
      else resolve({ ok: false, why: errorIn(said) ?? `ended with ${code ?? by ?? "nothing"}` });
    });
  });
}

/** The line of a stack trace that says what went wrong. */
function errorIn(said: string): string | undefined {
  return said.split("\n").find((line) => /^\w*Error\b|^FATAL/.test(line));
}
