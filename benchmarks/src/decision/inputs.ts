import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compile, memoryHost } from "@writ/policy";
import { handWritten } from "./hand-written.js";
import type { Request, Workload } from "./rule.js";
import { workloadOf, type WorkloadName } from "./workload.js";
import { writPolicy } from "./writ-policy.js";

/** Where the compiled policy of a workload lies. */
export function bundleFile(folder: string, { shape, rules }: Workload): string {
  return join(folder, `${shape}-${rules.length}.bundle.json`);
}

/** Where the hand-written script of a workload lies. */
export function handFile(folder: string, { shape, rules }: Workload): string {
  return join(folder, `${shape}-${rules.length}.hand.js`);
}

/** The calls of a workload, which take longer to draw than an engine takes to decide them. */
interface Calls {
  readonly requests: readonly Request[];
  readonly expected: readonly boolean[];
}

function callsFile(folder: string, shape: Workload["shape"], rules: number): string {
  return join(folder, `${shape}-${rules}.calls.json`);
}

/** A workload whose inputs were written, with the calls as they were drawn then. */
export async function writtenWorkload(folder: string, name: WorkloadName): Promise<Workload> {
  const calls: unknown = JSON.parse(await readFile(callsFile(folder, name.shape, name.rules), "utf8"));
  if (!isCalls(calls)) throw new Error(`the calls of ${name.shape} ${name.rules} are not as they were written`);
  return { ...workloadOf(name, 0), ...calls };
}

function isCalls(calls: unknown): calls is Calls {
  return typeof calls === "object" && calls !== null && "requests" in calls && "expected" in calls;
}

/** Writes what is made ahead of time: the calls, the bundle, and the script of hand-written functions. Gives the sizes in bytes. */
export async function writeInputs(
  folder: string,
  workload: Workload,
): Promise<{ readonly policy: number; readonly bundle: number; readonly hand: number }> {
  const text = writPolicy(workload);
  const { bundle, diagnostics } = await compile("bench.policy", memoryHost({ "bench.policy": text }));
  if (bundle === undefined) {
    const first = diagnostics.find(({ severity }) => severity === "error");
    throw new Error(
      `the generated policy has errors: ${first?.span.line ?? "?"}: ${first?.message ?? "none is named"}`,
    );
  }
  const [compiled, hand] = [JSON.stringify(bundle), handWritten(workload)];
  await writeFile(bundleFile(folder, workload), compiled);
  await writeFile(handFile(folder, workload), hand);
  const calls: Calls = { requests: workload.requests, expected: workload.expected };
  await writeFile(callsFile(folder, workload.shape, workload.rules.length), JSON.stringify(calls));
  return { policy: Buffer.byteLength(text), bundle: Buffer.byteLength(compiled), hand: Buffer.byteLength(hand) };
}
