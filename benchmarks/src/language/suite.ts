import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Benchmark, Suite } from "../benchmark.js";
import { inProcess } from "../child.js";
import { commandOf, installPacked } from "../packed-install.js";
import type { Found } from "../results/suite-result.js";
import { sample, type Figures } from "../sample.js";
import { runTimed } from "../timed-suite.js";
import { compileTimes, LARGE, linesOf } from "./compile-times.js";
import { policyOf, smallPolicy } from "./generate.js";

/** The command's package, and those of this repository that it needs. */
const PACKAGES = ["ir", "policy", "runtime", "sandbox", "testing", "cli"];
/** A row that takes longer than this is given up. */
const LIMIT_MS = 300_000;

/** `npm run bench -- language [--quick]`: what the compiler takes. */
export async function languageSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  return runTimed("How long the compiler takes", timesOf, values.quick === true ? "quick" : "full", sampled);
}

async function timesOf(): Promise<Suite> {
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    return await timesIn(folder);
  } catch (error) {
    // Nobody else knows of it yet.
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What the compiler takes within a process, and the command from a shell. */
async function timesIn(folder: string): Promise<Suite> {
  const large = policyOf(LARGE);
  const small = smallPolicy();
  const [largeFile, smallFile] = [join(folder, "large.policy"), join(folder, "small.policy")];
  await writeFile(largeFile, large);
  await writeFile(smallFile, small);
  process.stderr.write("  packing and installing the command ...\n");
  const installed = join(folder, "installed");
  await installPacked(installed, PACKAGES);
  const writ = await commandOf(installed, "cli", "writ");
  const shell: readonly Benchmark[] = [
    {
      name: `writ check, ${linesOf(small)}-line file, from a shell`,
      target: "language.check",
      elsewhere: true,
      warmUp: 2,
      runs: 15,
      run: (timed) => timed(() => check(writ, smallFile)),
    },
    {
      name: `writ check, ${LARGE}-rule file, from a shell`,
      elsewhere: true,
      warmUp: 0,
      runs: 3,
      run: (timed) => timed(() => check(writ, largeFile)),
    },
  ];
  return {
    method: [
      "Policies are generated from their number of rules alone: the same text on every machine. They use every kind of grant and of `forbid`, roles, limits, arithmetic on money, globs and quantities; no labels or flows. Each row has a process of its own, so that none works in the garbage of another. Runs that do not count come first; garbage is collected before each run, not in it, but for the small file: a full collection takes away what compiled code relies on, so that the compilation after it is no warm one; the collections that compiling causes are in its times. The command from a shell is packed and installed first as it is published. A run that compiles with an error stops everything.",
    ],
    benchmarks: [...compileTimes(), ...shell],
    inputs: {
      "large.policy bytes": Buffer.byteLength(large),
      "large.policy sha256": sha256(large),
      "small.policy lines": linesOf(small),
      "small.policy sha256": sha256(small),
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A row in a process of its own; what starts a process anyway is timed from here. */
async function sampled(benchmark: Benchmark, place: number): Promise<Figures> {
  if (benchmark.elsewhere === true) return sample(benchmark);
  const args = [String(place), String(benchmark.runs)];
  const ran = await inProcess(join(import.meta.dirname, "cell.js"), args, LIMIT_MS);
  if (!ran.ok) throw new Error(`${benchmark.name}: ${ran.why}`);
  const figures: unknown = JSON.parse(ran.line);
  if (!isFigures(figures)) throw new Error(`a process wrote ${ran.line.slice(0, 200)}`);
  return figures;
}

function isFigures(figures: unknown): figures is Figures {
  return typeof figures === "object" && figures !== null && "median" in figures && "p90" in figures;
}

function check(writ: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writ, "check", file], { stdio: "ignore" });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`writ check ended with ${code ?? "a signal"}`)),
    );
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
