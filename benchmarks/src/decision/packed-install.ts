import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..", "..");
const PACKAGES = ["ir", "runtime"];

/**
 * Packs the runtime as it is published, unpacks it below a folder as an installer would, and gives a script that writes
 * the milliseconds that importing the name it is given takes. The workspace runs the files one by one instead.
 */
export async function installPacked(folder: string): Promise<string> {
  const modules = join(folder, "node_modules");
  await mkdir(join(modules, "@writ"), { recursive: true });
  for (const name of PACKAGES) {
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
      await symlink(await realpath(join(source, "node_modules", dependency)), link, "junction");
    }
  }
  const script = join(folder, "time-import.mjs");
  await writeFile(
    script,
    "const begun = performance.now();\nawait import(process.argv[2]);\nprocess.stdout.write(String(performance.now() - begun));\n",
  );
  return script;
}

/** What a package needs of others. */
async function dependenciesOf(file: string): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("dependencies" in manifest)) return [];
  return Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@writ/"));
}
