import { WorkshopError } from "./say.mjs";
import { runScript } from "./script.mjs";

/**
 * Kills the support desk again and again, and holds what it left to what is promised: `npm run crash -- --kills 1000`.
 * @param {readonly string[]} args
 */
export async function crash(args) {
  const code = await runScript("examples/support-desk", "crash", args);
  if (code === undefined) throw new WorkshopError("examples/support-desk/package.json has no crash script");
  return code;
}
