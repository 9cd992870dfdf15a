import { WorkshopError } from "./say.mjs";
import { runScript } from "./script.mjs";

/**
 * Runs the main job, the `start` script of the support desk, with the arguments given after `--`.
 * @param {readonly string[]} args
 */
export async function start(args) {
  const code = await runScript("examples/support-desk", "start", args);
  if (code === undefined) throw new WorkshopError("examples/support-desk/package.json has no start script");
  return code;
}
