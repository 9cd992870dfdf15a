import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceFolders } from "../workshop/places.mjs";
import { rooms, tenants, whyNot } from "./rooms.mjs";

/**
 * Holds the package.json files to the arrows: what a package declares it could import. Also: every
 * package on the map exists and every existing one is on the map, published packages carry what a
 * user of them needs, and all share one version.
 * @param {string} root
 * @returns {string[]} one line a problem
 */
export function checkManifests(root) {
  const folders = workspaceFolders(root);
  const missing = Object.keys(rooms).filter((folder) => !folders.includes(folder));
  return [
    ...missing.map((folder) => `${folder} is on the map (scripts/lint/rooms.mjs) but not in the repository`),
    ...folders.flatMap((folder) => checkOne(root, folder).map((problem) => `${folder}/package.json: ${problem}`)),
  ];
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function checkOne(root, folder) {
  const manifest = readManifest(join(root, folder, "package.json"));
  const isPackage = folder.startsWith("packages/");
  const shipped = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  };
  const problems = rooms[folder] ? [] : [`${folder} is not on the map: add it to scripts/lint/rooms.mjs`];
  for (const name of Object.keys(shipped)) {
    const why = name.startsWith("@writ/") ? whyNot(folder, name.slice("@writ/".length)) : refuseTenant(folder, name);
    if (why) problems.push(`may not depend on ${name}: ${why}`);
  }
  for (const [name, range] of Object.entries({ ...shipped, ...manifest.devDependencies })) {
    if (name.startsWith("@writ/") && !range.startsWith("workspace:")) {
      problems.push(`${name} must be "workspace:*": the packages of this repository are built and released together`);
    }
  }
  return isPackage ? [...problems, ...checkPublished(join(root, folder), folder, manifest)] : problems;
}

/**
 * @param {string} folder
 * @param {string} name
 */
function refuseTenant(folder, name) {
  const tenant = tenants[/** @type {keyof typeof tenants} */ (name)];
  // A tenant may live in one folder of a package alone; the lint rule on imports knows which.
  const folders = ["", "src/schema/", "src/identity/"].map((inner) => `${folder}/${inner}`);
  return !tenant || folders.some((one) => tenant.only.test(one)) ? undefined : tenant.why;
}

/**
 * @param {string} path
 * @param {string} folder
 * @param {Manifest} manifest
 * @returns {string[]}
 */
function checkPublished(path, folder, manifest) {
  const wanted = [
    [manifest.name === `@writ/${folder.slice("packages/".length)}`, `its name must be that of its folder`],
    [manifest.license === "MIT" && existsSync(join(path, "LICENSE")), "the licence must be MIT, with its LICENSE file"],
    [manifest.type === "module" && manifest.sideEffects === false, 'must have "type": "module", "sideEffects": false'],
    [manifest.engines?.node === ">=22.13", 'must have "engines": { "node": ">=22.13" }'],
    [manifest.publishConfig?.access === "public", 'must have "publishConfig": { "access": "public" }'],
    [sameEntries(manifest), "publishConfig.exports must be its exports, with dist/packed in place of dist for code"],
    [sameCommands(manifest), "publishConfig.bin must be its bin, with dist/packed/ before each file"],
    [existsSync(join(path, "README.md")), "needs a README.md beside it"],
  ];
  return wanted.flatMap(([holds, problem]) => (holds ? [] : [String(problem)]));
}

/**
 * What is published has the entries that the workspace has; their code is what scripts/workshop/bundle.mjs writes.
 * @param {Manifest} manifest
 */
function sameEntries({ exports = {}, publishConfig }) {
  if (publishConfig?.exports === undefined) return true;
  const packed = JSON.stringify(exports).replaceAll('"default":"./dist/', '"default":"./dist/packed/');
  return JSON.stringify(publishConfig.exports) === packed;
}

/**
 * The same of commands.
 * @param {Manifest} manifest
 */
function sameCommands({ bin = {}, publishConfig }) {
  const packed = Object.entries(bin).map(([name, file]) => [name, `dist/packed/${file}`]);
  return JSON.stringify(publishConfig?.bin ?? {}) === JSON.stringify(Object.fromEntries(packed));
}

/**
 * @typedef {{ name: string, license?: string, type?: string, sideEffects?: boolean, engines?: { node?: string },
 *   bin?: Record<string, string>, publishConfig?: { access?: string, exports?: object, bin?: object }, exports?: object, dependencies?: Record<string, string>,
 *   devDependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} Manifest
 */

/**
 * @param {string} file
 * @returns {Manifest}
 */
function readManifest(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
