import { run, workshopEnvironment } from "./exec.mjs";
import { bin } from "./places.mjs";

/**
 * Runs the tests of the packages that changed since their last good run, and of those that depend on
 * them; turbo remembers the rest.
 * @param {readonly string[]} args
 */
export async function changed(args) {
  const env = { ...workshopEnvironment(), TURBO_TELEMETRY_DISABLED: "1" };
  return await run(bin("turbo"), ["run", "test", "--output-logs=new-only", ...args], { env });
}
