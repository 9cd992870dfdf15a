import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A process to be ended, and where. */
export interface Cut {
  /** A program for Node, with its arguments. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of Node itself, such as `--import`. */
  readonly nodeOptions?: readonly string[];
  /** The Node that runs it; by default this one. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder whose writes count. */
  readonly folder: string;
  /**
   * `operation`: the process ends at the nth write, sync, truncation, new file, link, rename or removal below `folder`.
   * `ms`: it is killed so many milliseconds after its first output, wherever it is. Absent: it runs to its end.
   */
  readonly at?: { readonly operation: number; readonly phase: "before" | "half" | "after" } | { readonly ms: number };
  /** Whether what was not synced is lost, as when the power fails; only with `operation`. */
  readonly lose?: boolean;
  /** Chooses how much of an unsynced tail is left. */
  readonly seed?: number;
  /** A process that is not done after so many milliseconds is an error. */
  readonly timeout?: number;
}

export interface Ended {
  /** What it wrote to standard output; its last line may be cut. */
  readonly output: string;
  /** False where it came to its end before the point was reached. */
  readonly killed: boolean;
  /** Operations that it made, where it came to its end. */
  readonly operations: number | undefined;
}

/**
 * Runs a process until a chosen write and ends it there, as a crash or a loss of power would. Run it once without `at` to
 * know how many operations there are, then at each of them. Rejects where the process fails by itself, with what it said.
 */
export async function runAndCut(cut: Cut): Promise<Ended> {
  const scratch = await mkdtemp(join(tmpdir(), "writ-crash-"));
  const count = join(scratch, "operations");
  try {
    const ended = await run(cut, count);
    const operations = Number(await readFile(count, "utf8").catch(() => "")) || undefined;
    return { ...ended, operations: ended.killed ? undefined : operations };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function run(cut: Cut, count: string): Promise<Omit<Ended, "operations">> {
  const { at, lose = false, seed = 1 } = cut;
  const byTime = at !== undefined && "ms" in at;
  const plan = {
    folder: cut.folder,
    phase: "before",
    ...(at === undefined || byTime ? {} : { at: at.operation, phase: at.phase }),
    lose,
    seed,
    count,
  };
  // The file beside this one: a source in the repository's tests, built where it is installed.
  const preload = new URL(`./power-cut${import.meta.url.slice(-3)}`, import.meta.url).href;
  const child = spawn(
    cut.node ?? process.execPath,
    [...(cut.nodeOptions ?? []), "--import", preload, cut.script, ...(cut.args ?? [])],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...cut.env, WRIT_POWER_CUT: JSON.stringify(plan) },
    },
  );
  return new Promise((resolve, reject) => {
    let output = "";
    let errors = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, cut.timeout ?? 60_000);
    child.stderr.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    child.stdout.on("data", (data: Buffer) => {
      if (byTime && output === "") setTimeout(() => child.kill("SIGKILL"), at.ms);
      output += data.toString();
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new Error(`the process did not end in time: ${errors}`));
      else if (signal === "SIGKILL") resolve({ output, killed: true });
      else if (code === 0) resolve({ output, killed: false });
      else reject(new Error(`the process ended by itself with ${code ?? signal ?? "nothing"}: ${errors}`));
    });
  });
}
