import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compile, memoryHost } from "@writ/policy";
import { handWritten } from "./hand-written.js";
import type { Workload } from "./rule.js";
import { writPolicy } from "./writ-policy.js";

/** Where the compiled policy of a workload lies. */
export function bundleFile(folder: string, { shape, rules }: Workload): string {
  return join(folder, `${shape}-${rules.length}.bundle.json`);
}

/** Where the hand-written script of a workload lies. */
export function handFile(folder: string, { shape, rules }: Workload): string {
  return join(folder, `${shape}-${rules.length}.hand.js`);
}

/** Writes what is compiled ahead of time: the bundle, and the script of hand-written functions. Gives the sizes in bytes. */
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
  return { policy: Buffer.byteLength(text), bundle: Buffer.byteLength(compiled), hand: Buffer.byteLength(hand) };
}
