import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { rooms, tenants, whyNot } from "./rooms.mjs";

/**
 * Judges one import. Gives the reason to refuse it, or undefined.
 * @param {object} import_
 * @param {string} import_.root the repository
 * @param {string} import_.file the importing file, relative to the root, with forward slashes
 * @param {string} import_.specifier what it imports, as written
 * @param {boolean} import_.typeOnly erased by the compiler: costs nothing at run time
 * @returns {string | undefined}
 */
export function refuseImport({ root, file, specifier, typeOnly }) {
  const [, folder, area = ""] =
    /^((?:packages|examples)\/[^/]+|benchmarks)\/(?:(src|test|scripts|bin)\/)?/.exec(file) ?? [];
  if (!folder) return undefined;
  if (specifier.startsWith(".")) return refuseRelative({ file, folder, specifier, typeOnly });
  if (isBuiltin(specifier)) return refuseBuiltin({ file, folder, area, specifier });
  const [, target, entry = ""] = /^@writ\/([^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (target) return refuseWrit({ root, file, folder, area, target, entry, typeOnly });
  return refuseOutside({ root, file, folder, area, specifier, typeOnly });
}

/** @param {{ file: string, folder: string, specifier: string, typeOnly: boolean }} import_ */
function refuseRelative({ file, folder, specifier, typeOnly }) {
  const target = posix.join(posix.dirname(file), specifier);
  if (!target.startsWith(`${folder}/`)) {
    return `"${specifier}" leaves ${folder}: import another package by its name, through the entries it exports`;
  }
  if (!file.startsWith(`${folder}/src/`)) return undefined;
  if (!target.startsWith(`${folder}/src/`)) return `"${specifier}" leaves src: it will not be there once published`;
  if (rooms[folder]?.neutral && isNodeSide(target) && !isNodeSide(file)) {
    return `"${specifier}" pulls Node into ${folder}: only what stands in a folder named node/ may import from one`;
  }
  if (folder === "packages/ir" && !typeOnly && isSchema(target) && !isSchema(file)) {
    return `"${specifier}" loads zod: outside src/schema, import its types only (import type). ${tenants.zod.why}`;
  }
  return undefined;
}

/** @param {{ file: string, folder: string, area: string, specifier: string }} import_ */
function refuseBuiltin({ file, folder, area, specifier }) {
  if (!specifier.startsWith("node:")) return `write "node:${specifier}", so that nobody takes it for a package`;
  if (area !== "src" || !rooms[folder]?.neutral || isNodeSide(file)) return undefined;
  return `"${specifier}" in ${folder} belongs in a folder named node/: deciding must work in a browser, a worker and at the edge`;
}

/** @param {{ root: string, file: string, folder: string, area: string, target: string, entry: string, typeOnly: boolean }} import_ */
function refuseWrit({ root, file, folder, area, target, entry, typeOnly }) {
  const name = `@writ/${target}`;
  const manifest = readManifest(root, `packages/${target}`);
  if (!manifest) return `there is no package ${name}`;
  if (!exportsEntry(manifest, entry)) {
    return `"${name}/${entry}" is a deep path: import what ${name} exports (${Object.keys(manifest.exports ?? {}).join(" ")}), nothing else is promised`;
  }
  // Tests look at their own package from outside, and at what it is tested with.
  if (area !== "src" && isDeclared(root, folder, name, true)) return undefined;
  const why = whyNot(folder, target);
  if (why) return `${folder} may not import ${name}: ${why}`;
  if (folder === "packages/runtime" && name === "@writ/ir" && entry === "schema" && !typeOnly) {
    return `"@writ/ir/schema" loads zod: import its types only (import type). ${tenants.zod.why}`;
  }
  if (entry === "node" && rooms[folder]?.neutral && !isNodeSide(file)) {
    return `"${name}/node" pulls Node into ${folder}: only what stands in a folder named node/ may import it`;
  }
  if (area === "src" && !isDeclared(root, folder, name, false)) return undeclared(folder, name);
  return undefined;
}

/** @param {{ root: string, file: string, folder: string, area: string, specifier: string, typeOnly: boolean }} import_ */
function refuseOutside({ root, file, folder, area, specifier, typeOnly }) {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const tenant = Object.entries(tenants).find(([package_]) => package_ === name)?.[1];
  if (tenant && !typeOnly && !tenant.only.test(file)) return `${file} may not import ${name}: ${tenant.why}`;
  if (area === "src" && !isDeclared(root, folder, name, false)) return undeclared(folder, name);
  return undefined;
}

/**
 * @param {string} folder
 * @param {string} name
 */
function undeclared(folder, name) {
  return `${name} is not in the dependencies or peerDependencies of ${folder}/package.json: it would be missing once installed`;
}

/** @param {string} path */
function isNodeSide(path) {
  return path.includes("/node/");
}

/** @param {string} path */
function isSchema(path) {
  return path.startsWith("packages/ir/src/schema/");
}

/**
 * @typedef {{ name?: string, exports?: Record<string, unknown>, dependencies?: Record<string, string>,
 *   devDependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} Manifest
 */

/** @type {Map<string, Manifest | undefined>} */
const manifests = new Map();

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Manifest | undefined}
 */
function readManifest(root, folder) {
  const file = join(root, folder, "package.json");
  if (!manifests.has(file)) {
    try {
      manifests.set(file, JSON.parse(readFileSync(file, "utf8")));
    } catch {
      manifests.set(file, undefined);
    }
  }
  return manifests.get(file);
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} name
 * @param {boolean} forDevelopment count devDependencies, and the package itself
 */
function isDeclared(root, folder, name, forDevelopment) {
  const manifest = readManifest(root, folder);
  if (!manifest) return false;
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
  const groups = [dependencies, peerDependencies, optionalDependencies, ...(forDevelopment ? [devDependencies] : [])];
  return groups.some((group) => group && Object.hasOwn(group, name)) || (forDevelopment && manifest.name === name);
}

/**
 * @param {Manifest} manifest
 * @param {string} entry
 */
function exportsEntry(manifest, entry) {
  const wanted = entry ? `./${entry}` : ".";
  return Object.keys(manifest.exports ?? {}).some((key) => {
    const [before = "", after] = key.split("*");
    if (after === undefined) return key === wanted;
    return wanted.length >= key.length && wanted.startsWith(before) && wanted.endsWith(after);
  });
}
