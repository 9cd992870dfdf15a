import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compileGlob, globMatches } from "@writ/ir/values";
import type { Mount } from "./backend.js";
import { SandboxError } from "./sandbox-error.js";

/** Entries of one folder that are looked at to find those to be masked. */
const MOST = 200_000;

/**
 * What below a folder is not to be seen: the paths that match a glob. Links are not followed: what they lead to is
 * masked by its own name where it lies below, and not there where it lies outside. Rejects where there is too much to look at.
 */
export async function maskedBelow(root: string, globs: readonly string[]): Promise<NonNullable<Mount["masked"]>> {
  if (globs.length === 0) return [];
  const compiled = globs.map((text) => {
    const read = compileGlob(text);
    if (!read.ok) throw new SandboxError("boot_failed", `${text}: ${read.message}`);
    return read.glob;
  });
  const matches = (path: string): boolean => compiled.some((glob) => globMatches(glob, path));
  const masked: { path: string; kind: "file" | "folder" }[] = [];
  const open: string[] = [root];
  let seen = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of await entriesOf(folder)) {
      seen += 1;
      if (seen > MOST)
        throw new SandboxError(
          "boot_failed",
          `${root} has more than ${MOST} entries: what is not to be seen cannot be found`,
        );
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory();
      // A glob such as `**/secret/**` is about all that lies in a folder.
      if (matches(path) || (isFolder && matches(`${path}/x`)))
        masked.push({ path, kind: isFolder ? "folder" : "file" });
      else if (isFolder) open.push(path);
    }
  }
  return masked;
}

/** A folder that the host itself may not read shows nothing inside either. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "EACCES" || code === "ENOENT") return [];
    throw new SandboxError("boot_failed", `${folder} cannot be looked through: ${String(code)}`);
  }
}
