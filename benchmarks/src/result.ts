import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const OUT = join(import.meta.dirname, "..", "out");

/** Writes what a suite found into `benchmarks/out`, as JSON or as the text given, and says where. */
export async function writeResult(file: string, result: object | string): Promise<void> {
  const path = join(OUT, file);
  await mkdir(OUT, { recursive: true });
  await writeFile(path, typeof result === "string" ? result : `${JSON.stringify(result, undefined, 2)}\n`);
  process.stdout.write(`\nwritten to ${path}\n`);
}
