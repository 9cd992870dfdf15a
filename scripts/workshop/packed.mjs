import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditorWalks } from "./auditor-walk.mjs";
import { quietly } from "./exec.mjs";
import { pack, tarballsOf } from "./pack.mjs";
import { bin, nodeBinary, root } from "./places.mjs";

/**
 * @import { Manifest, Packed } from "./pack.mjs"
 */

/**
 * Packs every package as it would be published, has publint and attw look at the tarballs, then
 * installs them in an empty project outside the repository, imports every entry there, compiles
 * against it, runs every command, and has an auditor verify a log with the command alone. Gives 0 when all of that works.
 */
export async function packedPackagesAreSound() {
  const folder = mkdtempSync(join(tmpdir(), "writ-packed-"));
  try {
    const packed = await pack(folder);
    if (!packed) return 1;
    const project = join(folder, "project");
    const verdicts = [await lintTarballs(packed), await tryInstalled(packed, project)];
    if (!verdicts.every(Boolean)) return 1;
    return (await auditorWalks(project, tarballsOf(packed), join(folder, "auditor"))) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly Packed[]} packed */
async function lintTarballs(packed) {
  let sound = true;
  for (const { manifest, tarball } of packed) {
    sound = (await quietly(bin("publint"), ["run", "--strict", tarball])) && sound;
    // A package that only brings a command has no types to be wrong.
    if (codeEntries(manifest).length === 0) continue;
    const options = ["--profile", "esm-only", "--no-definitely-typed", "--no-emoji", "--no-color"];
    sound = (await quietly(bin("attw"), [tarball, ...options])) && sound;
  }
  return sound;
}

/**
 * @param {readonly Packed[]} packed
 * @param {string} project
 */
async function tryInstalled(packed, project) {
  writeProject(packed, project);
  const install = ["install", "--ignore-workspace", "--prefer-offline", "--config.strict-peer-dependencies=true"];
  if (!(await quietly(bin("pnpm"), install, project))) return false;
  let sound = await quietly(nodeBinary, ["import-all.mjs"], project);
  sound = (await quietly(bin("tsc"), ["-p", "."], project)) && sound;
  for (const command of packed.flatMap(({ manifest }) => Object.keys(manifest.bin ?? {}))) {
    for (const word of ["--help", "--version"])
      sound = (await quietly(join(project, "node_modules", ".bin", command), [word], project)) && sound;
  }
  return sound;
}

/**
 * @param {readonly Packed[]} packed
 * @param {string} project
 */
function writeProject(packed, project) {
  const tarballs = tarballsOf(packed);
  const peers = Object.assign({}, ...packed.map(({ manifest }) => manifest.peerDependencies ?? {}));
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const types = { "@types/node": devDependencies["@types/node"] };
  const dependencies = { ...peers, ...types, ...tarballs };
  const entries = packed.flatMap(({ manifest }) =>
    codeEntries(manifest).map((entry) => `${manifest.name}${entry.slice(1)}`),
  );
  const files = {
    "package.json": { private: true, type: "module", dependencies, pnpm: { overrides: tarballs } },
    "tsconfig.json": {
      // skipLibCheck: other people's declarations are not what is on trial here; attw has seen ours.
      compilerOptions: { module: "NodeNext", strict: true, noEmit: true, skipLibCheck: true, types: ["node"] },
      files: ["import-all.ts"],
    },
  };
  mkdirSync(project, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), JSON.stringify(content));
  writeFileSync(
    join(project, "import-all.mjs"),
    entries
      .map(
        (entry, index) =>
          `import * as entry${index} from "${entry}";\n` +
          `if (Object.keys(entry${index}).length === 0) throw new Error("${entry} exports nothing");`,
      )
      .join("\n"),
  );
  writeFileSync(
    join(project, "import-all.ts"),
    entries.map((entry, index) => `import * as entry${index} from "${entry}";\nvoid entry${index};`).join("\n"),
  );
}

/**
 * The entries that give code: not JSON, not patterns.
 * @param {Manifest} manifest
 */
function codeEntries(manifest) {
  return Object.keys(manifest.exports ?? {}).filter((entry) => !entry.endsWith(".json") && !entry.includes("*"));
}
