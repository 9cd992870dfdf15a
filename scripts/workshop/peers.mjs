import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietly, run } from "./exec.mjs";
import { bin, root } from "./places.mjs";
import { say, WorkshopError } from "./say.mjs";

/**
 * @typedef {Record<string, string>} Versions
 * @typedef {{ folder: string, peers: Versions }} Adapter
 */

/** What the tests themselves stand on. */
const NEEDED = new Set(["vitest", "fast-check", "esbuild", "@types/node"]);

/**
 * Runs the tests of every adapter against the oldest versions of its framework that its package.json names, in a copy of
 * the packages outside the repository, and looks that these are the versions that ran. `npm run peers -- newest` takes
 * the newest that are in range instead, whatever the lockfile has; other arguments go to the test runner.
 * @param {readonly string[]} args
 */
export async function peers(args) {
  const newest = args.includes("newest");
  const adapters = adaptersOf();
  const wanted = newest ? await newestOf(adapters) : oldestOf(adapters);
  for (const [name, version] of Object.entries(wanted)) say(`${name} ${version}`);
  const place = mkdtempSync(join(tmpdir(), "writ-peers-"));
  try {
    copyPackages(place, wanted);
    const install = ["install", "--no-frozen-lockfile", "--prefer-offline", "--config.confirm-modules-purge=false"];
    if (!(await quietly(bin("pnpm"), install, place))) return 1;
    const wrong = adapters.flatMap((adapter) => otherVersions(place, adapter, wanted));
    for (const line of wrong) say(line);
    if (wrong.length > 0) return 1;
    const rest = args.filter((arg) => arg !== "newest");
    const folders = adapters.map(({ folder }) => `packages/${folder}/`);
    return await run(join(place, "node_modules", ".bin", "vitest"), ["run", "--reporter=agent", ...folders, ...rest], {
      cwd: place,
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** @returns {Adapter[]} */
function adaptersOf() {
  return readdirSync(join(root, "packages")).flatMap((folder) => {
    const { peerDependencies } = read(join(root, "packages", folder, "package.json"));
    return peerDependencies === undefined ? [] : [{ folder, peers: peerDependencies }];
  });
}

/**
 * @param {readonly Adapter[]} adapters
 * @returns {Versions}
 */
function oldestOf(adapters) {
  return each(adapters, (name, range) => {
    const [, oldest] = /^>=(\d+\.\d+\.\d+) <\d+$/.exec(range) ?? [];
    if (oldest === undefined) throw new WorkshopError(`the range ${range} of ${name} does not say ">=x.y.z <n"`);
    return oldest;
  });
}

/** @param {readonly Adapter[]} adapters */
async function newestOf(adapters) {
  const ranges = each(adapters, (_name, range) => range);
  /** @type {Versions} */
  const found = {};
  for (const [name, range] of Object.entries(ranges)) {
    /** @type {string[]} */
    const lines = [];
    const code = await run("npm", ["view", `${name}@${range}`, "version", "--json"], {
      onLine: (line) => lines.push(line),
    });
    const text = lines.filter((line) => /^\s*["[\]]/.test(line)).join("");
    const versions = code === 0 ? JSON.parse(text) : undefined;
    const last = Array.isArray(versions) ? versions.at(-1) : versions;
    if (typeof last !== "string") throw new WorkshopError(`the registry does not say the newest ${name}`);
    found[name] = last;
  }
  return found;
}

/**
 * Two adapters that stand on one framework name the same versions of it.
 * @param {readonly Adapter[]} adapters
 * @param {(name: string, range: string) => string} versionOf
 */
function each(adapters, versionOf) {
  /** @type {Versions} */
  const versions = {};
  for (const { folder, peers: ranges } of adapters)
    for (const [name, range] of Object.entries(ranges)) {
      const version = versionOf(name, range);
      if ((versions[name] ??= version) !== version)
        throw new WorkshopError(`packages/${folder} takes another ${name} than the other adapters`);
    }
  return versions;
}

/**
 * @param {string} place
 * @param {Versions} wanted
 */
function copyPackages(place, wanted) {
  const shared = ["pnpm-lock.yaml", "vitest.config.ts", "tsconfig.base.json", "tsconfig.test.base.json", "README.md"];
  for (const name of shared) cpSync(join(root, name), join(place, name));
  const skipped = new Set(["node_modules", ".turbo"]);
  const filter = (/** @type {string} */ path) => !skipped.has(path.slice(path.lastIndexOf("/") + 1));
  for (const name of ["docs", "packages"]) cpSync(join(root, name), join(place, name), { recursive: true, filter });
  const manifest = read(join(root, "package.json"));
  // The commands of the workshop run here, not there.
  for (const name of Object.keys(manifest.devDependencies))
    if (!NEEDED.has(name)) delete manifest.devDependencies[name];
  manifest.pnpm = { overrides: wanted };
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  const workspace = "packages:\n  - packages/*\nonlyBuiltDependencies:\n  - esbuild\n";
  writeFileSync(join(place, "pnpm-workspace.yaml"), workspace);
}

/**
 * @param {string} place
 * @param {Adapter} adapter
 * @param {Versions} wanted
 */
function otherVersions(place, { folder, peers: ranges }, wanted) {
  return Object.keys(ranges).flatMap((name) => {
    const { version } = read(join(realpathSync(join(place, "packages", folder, "node_modules", name)), "package.json"));
    return version === wanted[name] ? [] : [`packages/${folder} got ${name} ${version}, not ${wanted[name]}`];
  });
}

/** @param {string} file */
function read(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
