import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from "node:fs";
import { mkdir, open, readdir, stat, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { FileLock } from "./file-lock.js";
import { StorageFault, systemCode } from "./storage-fault.js";

/** Makes a folder that only its owner and group may enter, and refuses one that is marked read-only. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const found = await stat(folder);
  if (!found.isDirectory()) throw new StorageFault("unavailable", `${folder} is not a folder.`);
  refuseReadOnly(found, folder);
}

/** Deletes what a crash left of files that were about to replace others. Only for the holder of the folder's lock. */
export async function removeLeftovers(folder: string, names: readonly string[]): Promise<void> {
  for (const found of await readdir(folder)) {
    const name = /^(.+)\.[0-9a-f]{12}\.tmp$/.exec(found)?.[1];
    if (name === undefined || !names.includes(name)) continue;
    await unlink(join(folder, found)).catch((error: unknown) => {
      // A holder whose lock was taken over may have tidied up meanwhile.
      if (systemCode(error) !== "ENOENT") throw error;
    });
  }
}

/** Size of a regular file, undefined when there is none; anything else under that name is a fault. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new StorageFault("unavailable", `${path} is not a regular file.`);
    return found.size;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Opens a file for reading and writing, creates it when it is not there, waits on no pipe. */
export async function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0), 0o640);
}

/** A folder that is looked at before each batch. */
export interface HeldFolder {
  /** Throws a {@link StorageFault} `read_only` where it is marked so. */
  check(): void;
  close(): void;
}

/**
 * Holds a folder open where the system opens folders, since a look at what is open takes a third of the time of a look along a
 * path. That another folder has its name now is seen by what is looked for in it.
 */
export function heldFolder(folder: string): HeldFolder {
  let fd = openedFolder(folder);
  return {
    check: () => refuseReadOnly(fd === undefined ? statSync(folder) : fstatSync(fd), folder),
    close() {
      const held = fd;
      fd = undefined;
      if (held !== undefined) closeSync(held);
    },
  };
}

function openedFolder(folder: string): number | undefined {
  if (process.platform === "win32") return undefined; // folders cannot be opened there
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined; // it is looked at along its path
  }
}

/**
 * A check to make before each batch: the path still leads to the file that is open, it has the length that was
 * written, neither it nor its folder is marked read-only (root could write anyway; whoever set the mark meant it),
 * and the folder is still ours. System calls that touch no disk, a few microseconds.
 */
export function batchCheck(
  path: string,
  folder: HeldFolder,
  fd: number,
  lock: FileLock,
  end: () => number,
): () => void {
  const held = fstatSync(fd);
  return () => {
    lock.check();
    folder.check();
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined)
      throw new StorageFault(
        "replaced",
        `${path} was deleted or moved. Put it back, or stop this process and start with a new folder.`,
      );
    if (found.ino !== held.ino || found.dev !== held.dev) {
      throw new StorageFault(
        "replaced",
        `${path} is another file than the one that is open. Put the right one back, or start again.`,
      );
    }
    refuseReadOnly(found, path);
    if (found.size !== end()) {
      throw new StorageFault(
        "replaced",
        `${path} is ${found.size} bytes long and should be ${end()}: something else wrote to it or cut it.`,
      );
    }
  };
}

/** A mark that the owner set; root could write anyway. */
export function refuseReadOnly(found: Stats, path: string): void {
  if (process.platform === "win32" || (found.mode & 0o222) !== 0) return;
  throw new StorageFault("read_only", `${path} is marked read-only. Give write permission back (chmod u+w).`);
}
