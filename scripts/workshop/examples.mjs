import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { quietly, workshopEnvironment } from "./exec.mjs";
import { pack, tarballsOf } from "./pack.mjs";
import { root, workspaceFolders } from "./places.mjs";
import { say } from "./say.mjs";

/**
 * @import { Manifest, Packed } from "./pack.mjs"
 * @typedef {Record<string, string>} Versions
 */

/** What an example takes from the root here, and each has for itself elsewhere. */
const TOOLS = ["typescript", "vitest", "@types/node"];
/** Minutes of child processes that are killed on purpose: they run at every `npm test`. */
const NOT_AGAIN = ["crash.test.ts", "terminal.test.ts", "guard-unable.test.ts", "real-model.test.ts"];

/**
 * Copies each example, or those that the arguments name, into an empty folder outside the repository, installs it with
 * npm from the packages as they would be published, builds it and runs its tests there; and looks that no other framework
 * came along than the one it is for.
 * @param {readonly string[]} names
 */
export async function examples(names) {
  const place = mkdtempSync(join(tmpdir(), "writ-examples-"));
  const failed = [];
  try {
    const packed = await pack(place);
    if (!packed) return 1;
    const sources = workspaceFolders().filter((folder) => folder.startsWith("examples/"));
    for (const source of sources.filter((folder) => names.length === 0 || names.includes(basename(folder)))) {
      const started = Date.now();
      const sound = await stands(source, packed, join(place, basename(source)));
      if (!sound) failed.push(source);
      say(`${source}: ${sound ? "ok" : "FAILED"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  say(failed.length === 0 ? "every example stands alone" : `examples that do not: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * @param {string} source
 * @param {readonly Packed[]} packed
 * @param {string} folder
 */
async function stands(source, packed, folder) {
  const manifest = copyOut(source, tarballsOf(packed), folder);
  // What npm says to its own scripts is about this repository.
  const env = Object.fromEntries(
    Object.entries(workshopEnvironment()).filter(([name]) => !name.toLowerCase().startsWith("npm_")),
  );
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  if (!(await quietly("npm", install, folder, env))) return false;
  const installed = Object.keys(read(join(folder, "package-lock.json")).packages);
  const foreign = foreignTo(
    manifest.dependencies,
    packed.map((one) => one.manifest),
    installed,
  );
  if (foreign.length > 0) say(`  other frameworks came along: ${foreign.join(", ")}`);
  const built = await quietly("npm", ["run", "build"], folder, env);
  const tested = built && (await quietly("npm", ["test"], folder, env));
  return tested && foreign.length === 0;
}

/**
 * What the README of an example says: versions in place of `workspace:*`, and compiler options of one's own.
 * @param {string} source
 * @param {Versions} tarballs
 * @param {string} folder
 */
function copyOut(source, tarballs, folder) {
  mkdirSync(folder);
  for (const name of readdirSync(join(root, source)).filter((one) => !["node_modules", "dist", "out"].includes(one)))
    cpSync(join(root, source, name), join(folder, name), { recursive: true });
  rmSync(join(folder, "test", "tsconfig.json"));
  const manifest = read(join(folder, "package.json"));
  const { devDependencies: tools } = read(join(root, "package.json"));
  for (const part of ["dependencies", "devDependencies"])
    for (const [name, version] of Object.entries(manifest[part] ?? {}))
      if (version === "workspace:*") manifest[part][name] = tarballs[name];
  for (const name of TOOLS) manifest.devDependencies = { ...manifest.devDependencies, [name]: tools[name] };
  const skipped = NOT_AGAIN.map((name) => `--exclude=**/${name}`).join(" ");
  manifest.scripts.test = `vitest run --testTimeout=60000 ${skipped}`;
  // Packages that a package of ours depends on are not published yet.
  manifest.overrides = tarballs;
  write(join(folder, "package.json"), manifest);
  const { extends: _base, references: _built, ...config } = read(join(folder, "tsconfig.json"));
  const { compilerOptions } = read(join(root, "tsconfig.base.json"));
  config.compilerOptions = { ...compilerOptions, ...config.compilerOptions };
  write(join(folder, "tsconfig.json"), config);
  return manifest;
}

/**
 * The frameworks and adapters among what was installed that an example did not ask for. A framework may bring what it is made
 * of: what counts is what only another adapter stands on.
 * @param {Versions} dependencies of the example
 * @param {readonly Pick<Manifest, "name" | "dependencies" | "peerDependencies">[]} manifests of our packages
 * @param {readonly string[]} installed paths, as package-lock.json has them: `node_modules/ai`
 */
export function foreignTo(dependencies, manifests, installed) {
  const mine = new Set(Object.keys(dependencies));
  for (const { name, dependencies: needs = {} } of manifests)
    if (mine.has(name)) for (const need of Object.keys(needs)) mine.add(need);
  const adapters = manifests.filter(({ peerDependencies }) => peerDependencies !== undefined);
  const namesOf = (/** @type {typeof adapters} */ of) =>
    of.flatMap(({ name, peerDependencies }) => [name, ...Object.keys(peerDependencies ?? {})]);
  const wanted = new Set(namesOf(adapters.filter(({ name }) => mine.has(name))));
  const others = new Set(namesOf(adapters).filter((name) => !wanted.has(name)));
  return installed.filter((path) => others.has(path.slice(path.lastIndexOf("node_modules/") + 13)));
}

/** @param {string} file */
function read(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * @param {string} file
 * @param {unknown} value
 */
function write(file, value) {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
