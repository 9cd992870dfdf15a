import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, realpath, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");

/**
 * Packs packages of this repository as they are published, with all of it that they need named too, and unpacks them in
 * `folder/node_modules` as an installer would. The workspace runs their files one by one instead.
 */
export async function installPacked(folder: string, packages: readonly string[]): Promise<void> {
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "@writ"), { recursive: true });
  for (const name of packages) {
    const source = join(ROOT, "packages", name);
    const place = join(folder, name);
    await mkdir(place);
    await run(join(ROOT, "node_modules", ".bin", "pnpm"), ["pack", "--pack-destination", place], {
      cwd: source,
      shell: process.platform === "win32",
    });
    const [tarball = ""] = await readdir(place);
    await run("tar", ["-xzf", join(place, tarball), "-C", place]);
    await rename(join(place, "package"), join(modules, "@writ", name));
    await rm(place, { recursive: true });
    for (const dependency of await dependenciesOf(join(modules, "@writ", name, "package.json"))) {
      const link = join(modules, dependency);
      await mkdir(dirname(link), { recursive: true });
      // What two packages need is there once.
      if (existsSync(link)) continue;
      await symlink(await realpath(join(source, "node_modules", dependency)), link, "junction");
    }
  }
}

/** Where the command of an installed package is, as its manifest says. */
export async function commandOf(folder: string, name: string, command: string): Promise<string> {
  const place = join(folder, "node_modules", "@writ", name);
  const manifest: unknown = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  const bin = typeof manifest === "object" && manifest !== null && "bin" in manifest ? manifest.bin : undefined;
  const file: unknown = typeof bin === "object" && bin !== null ? new Map(Object.entries(bin)).get(command) : undefined;
  if (typeof file !== "string") throw new Error(`@writ/${name} has no command ${command}`);
  return join(place, file);
}

/** What a package needs of others. */
async function dependenciesOf(file: string): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("dependencies" in manifest)) return [];
  return Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@writ/"));
}
