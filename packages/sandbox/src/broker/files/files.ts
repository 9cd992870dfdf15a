import { constants } from "node:fs";
import { lstat, open, opendir, rename, rmdir, unlink } from "node:fs/promises";
import { posix } from "node:path";
import { reservedName } from "../../workspace/reserved.js";
import { Refusal } from "../refusal.js";
import { checkSpelling, holdFolder, isMissing, notAFile, openFile, type HeldFolder } from "./held-folder.js";
import { isHidden, placeOf, type FileScope, type Place } from "./scope.js";

/** Names that a listing gives at most. */
const MAX_ENTRIES = 10_000;

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

/** The bytes of a regular file, `max` at most. */
export async function readFile(scope: FileScope, path: string, max: number): Promise<Uint8Array> {
  const place = placeOf(scope, path, "read");
  return await within(posix.dirname(place.real), undefined, async (folder) => {
    const { file, stat } = await openFile(folder, posix.basename(place.real));
    try {
      const tooLarge = new Refusal(`it is larger than ${max} bytes`);
      if (stat.size > max) throw tooLarge;
      // A file may grow while it is read, and some say that they are empty.
      const buffer = Buffer.alloc(Math.min(max, Math.max(stat.size, 64 * 1024)) + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
        if (bytesRead === 0) return new Uint8Array(buffer.subarray(0, length));
        length += bytesRead;
        if (length === buffer.length) throw tooLarge;
      }
    } finally {
      await file.close();
    }
  });
}

/** Puts a file in place as one: whoever reads sees the old one or the new one. Folders that are missing are made. */
export async function writeFile(scope: FileScope, path: string, data: Uint8Array): Promise<void> {
  const place = placeOf(scope, path, "write");
  refuseRoot(place);
  await within(posix.dirname(place.real), place.root, async (folder) => {
    const name = posix.basename(place.real);
    const mode = await modeToKeep(folder, name);
    const draft = folder.at(reservedName());
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
    const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
    try {
      try {
        await file.writeFile(data);
        if (mode !== undefined) await file.chmod(mode);
        await file.datasync();
      } finally {
        await file.close();
      }
      await folder.check();
      await rename(draft, folder.at(name));
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      throw error;
    }
  });
}

/** The mode of what is there, undefined where nothing is; what a rename would surprise somebody with is refused. */
async function modeToKeep(folder: HeldFolder, name: string): Promise<number | undefined> {
  try {
    const stat = await lstat(folder.at(name));
    if (!stat.isFile()) throw notAFile(stat);
    await checkSpelling(folder, name);
    if (stat.nlink > 1) throw new Refusal("the file has other names, which would keep what it was");
    return stat.mode & 0o777;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return undefined;
  }
}

/** What is in a folder, by name; what is hidden from the call is not listed. */
export async function listFolder(scope: FileScope, path: string): Promise<readonly Entry[]> {
  const place = placeOf(scope, path, "read");
  return await within(place.real, undefined, async (folder) => {
    const entries: Entry[] = [];
    const dir = await opendir(folder.path);
    for await (const entry of dir) {
      if (entries.length >= MAX_ENTRIES) throw new Refusal(`it holds more than ${MAX_ENTRIES} names`);
      if (isHidden(scope, `${path === "/" ? "" : path}/${entry.name}`)) continue;
      entries.push({ name: entry.name, kind: entry.isFile() ? "file" : entry.isDirectory() ? "folder" : "other" });
    }
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** Takes away a file, a link or an empty folder. */
export async function remove(scope: FileScope, path: string): Promise<void> {
  const place = placeOf(scope, path, "write");
  refuseRoot(place);
  await within(posix.dirname(place.real), undefined, async (folder) => {
    const at = folder.at(posix.basename(place.real));
    const stat = await lstat(at);
    if (!stat.isSymbolicLink()) await checkSpelling(folder, posix.basename(place.real));
    if (stat.isDirectory()) await rmdir(at);
    else if (stat.isFile() || stat.isSymbolicLink()) await unlink(at);
    else throw notAFile(stat);
  });
}

function refuseRoot(place: Place): void {
  if (place.isRoot) throw new Refusal("it was given as a whole, or holds what was");
}

async function within<T>(
  path: string,
  create: string | undefined,
  use: (folder: HeldFolder) => Promise<T>,
): Promise<T> {
  const folder = await holdFolder(path, create);
  try {
    const result = await use(folder);
    await folder.check();
    return result;
  } finally {
    await folder.close();
  }
}
