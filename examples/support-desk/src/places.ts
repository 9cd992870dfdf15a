import { existsSync } from "node:fs";
import { join, relative } from "node:path";

/** Folder of this example. */
export const HOME = join(import.meta.dirname, "..");

const REPOSITORY = join(HOME, "..", "..");
const COMMAND = join("packages", "cli", "bin", "writ.js");
/** Where `npm start` is typed: at the root of the repository, or here where the example was copied out of it. */
const ROOT = existsSync(join(REPOSITORY, COMMAND)) ? REPOSITORY : HOME;

/** The `writ` command, as someone there would type it. */
export const WRIT = ROOT === HOME ? "npx writ" : `node ${COMMAND}`;

/** A path as someone there would type it. */
export function shown(path: string): string {
  const short = relative(ROOT, path);
  return short.startsWith("..") ? path : short;
}
