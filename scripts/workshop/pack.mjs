import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./exec.mjs";
import { bin, root, workspaceFolders } from "./places.mjs";

/**
 * @typedef {{ name: string, bin?: Record<string, string>, exports: Record<string, unknown>,
 *   dependencies?: Record<string, string>, peerDependencies?: Record<string, string> }} Manifest
 * @typedef {{ manifest: Manifest, tarball: string }} Packed
 */

/**
 * Packs every package into a folder, as it would be published; undefined where one cannot be packed.
 * @param {string} folder
 * @returns {Promise<Packed[] | undefined>}
 */
export async function pack(folder) {
  const packed = [];
  for (const source of workspaceFolders().filter((name) => name.startsWith("packages/"))) {
    const destination = join(folder, source);
    mkdirSync(destination, { recursive: true });
    if (!(await quietly(bin("pnpm"), ["pack", "--pack-destination", destination], join(root, source))))
      return undefined;
    const [tarball = ""] = readdirSync(destination);
    packed.push({ manifest: readManifest(join(root, source, "package.json")), tarball: join(destination, tarball) });
  }
  return packed;
}

/**
 * Where each package's tarball is, as a manifest names it.
 * @param {readonly Packed[]} packed
 * @returns {Record<string, string>}
 */
export function tarballsOf(packed) {
  return Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
}

/**
 * @param {string} file
 * @returns {Manifest}
 */
function readManifest(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
