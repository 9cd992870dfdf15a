import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, workshopEnvironment } from "./exec.mjs";
import { root } from "./places.mjs";

/**
 * Runs a script of a workspace member, as its package.json has it, and gives its exit code; undefined
 * when there is no such script. (`node --run` would do, but turns every failing exit code into 1.)
 * @param {string} folder "examples/support-desk"
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number | undefined>}
 */
export async function runScript(folder, name, args) {
  const cwd = join(root, folder);
  const { scripts = {} } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
  if (!Object.hasOwn(scripts, name)) return undefined;
  const environment = workshopEnvironment();
  const env = { ...environment, PATH: [join(cwd, "node_modules", ".bin"), environment.PATH].join(delimiter) };
  if (process.platform === "win32") return await run(scripts[name], args, { cwd, env });
  return await run("sh", ["-c", `${scripts[name]} "$@"`, "sh", ...args], { cwd, env });
}
