import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberAt, objectAt, type Reader } from "./results/json-shape.js";
import { shown } from "./results/unit.js";
import { quantile } from "./statistics.js";

/**
 * What this machine takes for what nothing can do without, in nanoseconds, medians: with it figures can be set beside
 * those of another machine.
 */
export interface MachineLimits {
  /** SHA-256 of a text of 400 characters, about one audit record, by `crypto.hash`. */
  readonly sha256: number;
  /** One call of an empty async function, awaited. */
  readonly awaited: number;
  /** 400 bytes written to the end of a file in the temporary folder, where the audit suite has its logs, and `fdatasync`. */
  readonly durable: number;
  /** An empty Node process, from its start to its end. */
  readonly process: number;
}

const WORDS = {
  sha256: "SHA-256 of 400 characters",
  awaited: "an empty async call, awaited",
  durable: "400 bytes written and fdatasync",
  process: "an empty Node process",
} as const satisfies Record<keyof MachineLimits, string>;

const TEXT = "a record, ".repeat(40);
const MS = 1e6;

/** Measures them; takes about half a second. */
export async function machineLimits(): Promise<MachineLimits> {
  return { sha256: await hashed(), awaited: await awaited(), durable: await durable(), process: await started() };
}

async function hashed(): Promise<number> {
  let kept = 0;
  const ns = await medianOf(30, 500, () => {
    for (let n = 0; n < 500; n += 1) kept += hash("sha256", TEXT).length;
  });
  // What is kept is used, so that no engine leaves the work out.
  if (kept === 0) throw new Error("crypto.hash gave nothing");
  return ns;
}

async function awaited(): Promise<number> {
  const empty = async (): Promise<void> => {};
  return medianOf(30, 1000, async () => {
    for (let n = 0; n < 1000; n += 1) await empty();
  });
}

async function durable(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "writ-bench-"));
  try {
    const file = await open(join(folder, "limit"), "a");
    try {
      return await medianOf(25, 1, async () => {
        await file.write(TEXT);
        await file.datasync();
      });
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function started(): Promise<number> {
  return medianOf(
    5,
    1,
    () =>
      new Promise<void>((resolve, reject) => {
        const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
        child.once("error", reject);
        child.once("close", (code) => (code === 0 ? resolve() : reject(new Error("an empty Node process failed"))));
      }),
  );
}

/** The median time of one of `each` repetitions that a run of the work does. The first third of the runs warms up. */
async function medianOf(runs: number, each: number, work: () => void | Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs + Math.ceil(runs / 3); run += 1) {
    const begun = performance.now();
    await work();
    times.push(((performance.now() - begun) * MS) / each);
  }
  return quantile(times.slice(-runs), 0.5);
}

/** The limits of one machine as measured before each of several suites, in one line; nothing where none were measured. */
export function limitsLine(all: readonly (MachineLimits | undefined)[]): string | undefined {
  const known = all.filter((limits) => limits !== undefined);
  if (known.length === 0) return undefined;
  const parts = NAMES.map((name) => {
    const times = known.map((limits) => limits[name]);
    const [low, high] = [shown(Math.min(...times), "time"), shown(Math.max(...times), "time")];
    return `${WORDS[name]} ${low}${low === high ? "" : ` to ${high}`}`;
  });
  return `Limits of this machine${known.length === 1 ? "" : ", before each suite"}: ${parts.join("; ")}`;
}

const NAMES = ["sha256", "awaited", "durable", "process"] as const satisfies readonly (keyof MachineLimits)[];

export const readLimits: Reader<MachineLimits> = (json, at) => {
  const from = objectAt(json, at);
  return {
    sha256: numberAt(from["sha256"], `${at}.sha256`),
    awaited: numberAt(from["awaited"], `${at}.awaited`),
    durable: numberAt(from["durable"], `${at}.durable`),
    process: numberAt(from["process"], `${at}.process`),
  };
};
