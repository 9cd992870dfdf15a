import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files the workshop keeps between runs: the lock, the install log, the test results. Not committed. */
export const workshopFolder = join(root, ".workshop");

const windows = process.platform === "win32";

/** The Node 24 that comes with the dependencies. Its folder goes first on PATH. */
export const nodeBinary = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/**
 * The path of a command that a dependency of the root brings.
 * @param {string} name
 */
export function bin(name) {
  return join(root, "node_modules", ".bin", windows ? `${name}.cmd` : name);
}

/**
 * The folders of all workspace members, relative to `base`, with forward slashes: `packages/ir`.
 * A folder without package.json is not a member.
 * @param {string} [base]
 */
export function workspaceFolders(base = root) {
  const members = ["packages", "examples"].flatMap((group) => {
    if (!existsSync(join(base, group))) return [];
    return readdirSync(join(base, group))
      .toSorted()
      .map((name) => `${group}/${name}`);
  });
  return [...members, "benchmarks"].filter((folder) => existsSync(join(base, folder, "package.json")));
}
