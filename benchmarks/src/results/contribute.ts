import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineLimits } from "../machine-limits.js";
import { machine, type Machine } from "../machine.js";
import { RESULT_FORMAT, type Found, type SuiteResult } from "./suite-result.js";

/** Where results lie; not committed. */
export const OUT = join(import.meta.dirname, "..", "..", "out");

/** When a suite began, and on what. */
export interface Begun {
  readonly on: Machine;
  readonly at: Date;
}

/** Called before anything runs: the load of the machine is of then, and its limits were measured just before. */
export function begin(limits?: MachineLimits): Begun {
  return { on: { ...machine(), ...(limits === undefined ? {} : { limits }) }, at: new Date() };
}

/** Puts a suite's findings into the shape that reports read. */
export function resultOf(suite: string, { on, at }: Begun, found: Found): SuiteResult {
  return {
    format: RESULT_FORMAT,
    suite,
    mode: "full",
    machine: on,
    began: at.toISOString(),
    seconds: Math.round((Date.now() - at.getTime()) / 100) / 10,
    versions: {},
    inputs: {},
    tables: [],
    series: [],
    measured: [],
    gaps: [],
    notes: [],
    ...found,
  };
}

/** Keeps what a suite found in `out/suites/NAME.json`, from where `results.json` and the report are put together. */
export async function contribute(suite: string, begun: Begun, found: Found, out = OUT): Promise<SuiteResult> {
  const result = resultOf(suite, begun, found);
  await mkdir(join(out, "suites"), { recursive: true });
  await writeFile(suiteFile(out, suite), `${JSON.stringify(result, finite, 1)}\n`);
  return result;
}

/** JSON has no number that is not finite: such a figure is none. */
function finite(_name: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
}

/** Drops what an earlier run of a suite found, so that a run that fails is not taken for it. */
export async function forget(suite: string, out = OUT): Promise<void> {
  await rm(suiteFile(out, suite), { force: true });
}

function suiteFile(out: string, suite: string): string {
  return join(out, "suites", `${suite}.json`);
}
