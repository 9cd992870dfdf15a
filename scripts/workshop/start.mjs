import { join } from "node:path";
import { run } from "./exec.mjs";
import { nodeBinary, root } from "./places.mjs";

/**
 * Runs the main job, the `start` script of the support desk, with the arguments given after `--`.
 * @param {readonly string[]} args
 */
export async function start(args) {
  return await run(nodeBinary, ["--run", "start", "--", ...args], { cwd: join(root, "examples", "support-desk") });
}
