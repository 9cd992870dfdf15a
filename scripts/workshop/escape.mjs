import { say } from "./say.mjs";
import { test } from "./test.mjs";

/**
 * Tries the whole escape list in every tier that this machine has, container engines too, and prints a table for each.
 * `npm test` tries it in the tiers that take no engine: in a container and in gVisor it takes minutes.
 * @param {readonly string[]} args
 */
export async function escape(args) {
  say("the escape list, in every tier that is here");
  process.env.WRIT_ESCAPE = "engines";
  return await test(["packages/sandbox/test/escape", ...args]);
}
