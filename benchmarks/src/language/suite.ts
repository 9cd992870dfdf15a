import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile, createService, memoryHost } from "@writ/policy";
import type { Benchmark, Suite } from "../benchmark.js";
import type { Found } from "../results/suite-result.js";
import { commandOf, installPacked } from "../packed-install.js";
import { runTimed } from "../timed-suite.js";
import { edited, policyOf, smallPolicy } from "./generate.js";

/** Rules of the large file. */
const LARGE = 10_000;
/** The file as the service knows it. */
const ENTRY = "edited.policy";
/** The command's package, and those of this repository that it needs. */
const PACKAGES = ["ir", "policy", "runtime", "sandbox", "testing", "cli"];

/** `npm run bench -- language [--quick]`: what the compiler takes. */
export async function languageSuite(options: readonly string[]): Promise<Found> {
  const { values } = parseArgs({ args: [...options], options: { quick: { type: "boolean" } } });
  return runTimed("How long the compiler takes", timesOf, values.quick === true ? "quick" : "full");
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

/** A large file, a small one, an edit, and the command. */
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
  let round = 0;
  const service = createService(memoryHost({ [ENTRY]: large }));
  service.update(ENTRY, large);
  await service.settle(ENTRY);
  const benchmarks: Benchmark[] = [
    {
      name: `${LARGE}-rule file, compiled`,
      target: "language.large",
      warmUp: 1,
      runs: 7,
      run: (timed) => timed(() => compiled(large)),
    },
    {
      name: `${lines(small)}-line file, compiled, warm`,
      target: "language.small",
      uncollected: true,
      warmUp: 100,
      runs: 200,
      run: (timed) => timed(() => compiled(small)),
    },
    {
      name: `one rule of ${LARGE} edited, the file compiled anew`,
      warmUp: 1,
      runs: 5,
      async run(timed) {
        round += 1;
        const text = edited(large, round);
        await timed(() => compiled(text));
      },
    },
    {
      name: `one rule of ${LARGE} edited, checked through the service`,
      target: "language.edit",
      warmUp: 3,
      runs: 30,
      async run(timed) {
        round += 1;
        service.update(ENTRY, edited(large, round));
        const { settled } = await timed(() => service.check(ENTRY));
        if (settled) throw new Error("the service looked at the whole file: this was to be an edit inside one rule");
        // As an editor does once its user pauses; the next edit then differs in one rule again.
        service.update(ENTRY, large);
        await service.check(ENTRY);
      },
    },
    {
      name: `writ check, ${lines(small)}-line file, from a shell`,
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
      "Policies are generated from their number of rules alone: the same text on every machine. They use every kind of grant and of `forbid`, roles, limits, arithmetic on money, globs and quantities; no labels or flows. Runs that do not count come first; garbage is collected before each run, not in it, but for the small file: a full collection takes away what compiled code relies on, so that the compilation after it is no warm one; the collections that compiling causes are in its times. Everything runs in one process, one thing after another, but for the command from a shell, which is packed and installed first as it is published. A run that compiles with an error stops everything.",
    ],
    benchmarks,
    inputs: {
      "large.policy bytes": Buffer.byteLength(large),
      "large.policy sha256": sha256(large),
      "small.policy lines": lines(small),
      "small.policy sha256": sha256(small),
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Compiles a text, and refuses to time a mistake: an early error would be fast. */
async function compiled(text: string): Promise<void> {
  const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": text }));
  if (bundle !== undefined) return;
  const first = diagnostics.find(({ severity }) => severity === "error");
  throw new Error(`the generated policy has errors: ${first?.span.line ?? "?"}: ${first?.message ?? "none is named"}`);
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

function lines(text: string): number {
  return text.trimEnd().split("\n").length;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
