import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, lstat, readlink, realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where tools of the system stand. PATH is not asked: what runs as the wall comes from no folder of a project. */
const SYSTEM = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

/** A tool of the system by name, or `undefined` where it is not there or cannot be run. */
export async function systemTool(name: string): Promise<string | undefined> {
  for (const folder of SYSTEM) {
    const path = `${folder}/${name}`;
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** The folder of the programs that run inside (`runner.cjs`, `runner.py`, `world.js`). */
export const GUEST_FOLDER = fileURLToPath(new URL("../../../guest", import.meta.url));

/**
 * The shared libraries that programs load, with their loader, by the path under which they are looked for.
 * Empty where they are linked statically.
 */
export async function librariesOf(programs: readonly string[]): Promise<readonly string[]> {
  const ldd = await systemTool("ldd");
  if (ldd === undefined) throw new Error("ldd is not on this machine: what a program loads cannot be told");
  const found = new Set<string>();
  for (const program of programs) {
    const text = await run(ldd, [program], { env: { LC_ALL: "C" }, timeout: 10_000 }).then(
      ({ stdout }) => stdout,
      () => "", // it fails on a static program
    );
    for (const line of text.split("\n")) {
      const path = /(?:=>\s+|^\s+)(\/\S+)\s+\(0x[0-9a-f]+\)/.exec(line)?.[1];
      if (path !== undefined) found.add(path);
    }
  }
  return [...found].toSorted();
}

/** The root folders that are links into `/usr` on most systems: as what each stands here. */
export async function rootFolders(): Promise<readonly { readonly path: string; readonly link?: string }[]> {
  const found = [];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]) {
    const stat = await lstat(path).catch(() => undefined);
    if (stat?.isSymbolicLink() === true) found.push({ path, link: await readlink(path) });
    else if (stat?.isDirectory() === true) found.push({ path });
  }
  return found;
}

/** The file that a path leads to, or `undefined` where it leads nowhere. */
export async function realFile(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
