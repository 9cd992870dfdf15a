import { run } from "./exec.mjs";
import { bin } from "./places.mjs";

/**
 * Formats the files given, or all of them.
 * @param {readonly string[]} args
 */
export async function format(args) {
  return await run(bin("oxfmt"), args);
}
