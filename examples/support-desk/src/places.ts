import { join, relative } from "node:path";

/** Folder of this example. */
export const HOME = join(import.meta.dirname, "..");

/** The repository, where `npm start` is typed. */
const ROOT = join(HOME, "..", "..");

/** A path as someone at the root of the repository would type it. */
export function shown(path: string): string {
  const short = relative(ROOT, path);
  return short.startsWith("..") ? path : short;
}
