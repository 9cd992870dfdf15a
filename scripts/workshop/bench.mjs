import { WorkshopError } from "./say.mjs";
import { runScript } from "./script.mjs";

/**
 * Runs benchmarks: all suites, or those that the arguments name.
 * @param {readonly string[]} args
 */
export async function bench(args) {
  const code = await runScript("benchmarks", "bench", args);
  if (code === undefined) throw new WorkshopError("benchmarks/package.json has no bench script");
  return code;
}
