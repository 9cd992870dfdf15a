import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { Refusal } from "../refusal.js";

/**
 * A folder that was reached from `/` without following a link. On Linux it is held open by a descriptor, so that what
 * its names lead to stays in it, whatever is renamed meanwhile.
 */
export interface HeldFolder {
  /** A path that leads to the folder itself. */
  readonly path: string;
  /** A path that leads to this name in this folder, its last step not yet taken. */
  at(name: string): string;
  /** Holds the folder of this name in this folder. */
  below(name: string): Promise<HeldFolder>;
  /** Throws where the folder is not any more what it was: what was done in it may have been done elsewhere. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** `O_PATH` (open(2)): holds a place without opening what is there. Node has no name for it. */
export const O_PATH = 0o10000000;

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Holds the folder of an absolute canonical path.
 *
 * On Linux this is what openat2(2) does with `RESOLVE_NO_SYMLINKS`: each name is opened below the descriptor of the one
 * before. Elsewhere the path is resolved before and after; who can swap a folder for a link and back between the two is
 * not stopped there.
 * @param create makes folders that are missing below this path, which exists
 */
export async function holdFolder(path: string, create?: string): Promise<HeldFolder> {
  return process.platform === "linux" ? await holdByDescriptor(path, create) : await holdByPath(path, create);
}

async function holdByDescriptor(path: string, create: string | undefined): Promise<HeldFolder> {
  let held = await open("/", O_PATH | O_DIRECTORY);
  try {
    let walked = "";
    for (const name of namesOf(path)) {
      walked += `/${name}`;
      const below = await openBelow(held, name, create !== undefined && walked.length > create.length);
      await held.close();
      held = below;
    }
    // A file system that folds letters opens other spellings than the one that was decided on.
    if ((await readlink(`/proc/self/fd/${held.fd}`)) !== (path === "" ? "/" : path)) throw moved();
  } catch (error) {
    await held.close();
    throw error;
  }
  return heldBy(held);
}

function heldBy(folder: FileHandle): HeldFolder {
  return {
    path: `/proc/self/fd/${folder.fd}`,
    below: async (name) => heldBy(await openBelow(folder, name, false)),
    at: (name) => `/proc/self/fd/${folder.fd}/${oneName(name)}`,
    check: () => Promise.resolve(),
    close: () => folder.close(),
  };
}

async function openBelow(folder: FileHandle, name: string, create: boolean): Promise<FileHandle> {
  const place = `/proc/self/fd/${folder.fd}/${oneName(name)}`;
  const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
  try {
    return await open(place, flags);
  } catch (error) {
    if (!create || !isMissing(error)) throw await linkOr(error, place);
  }
  await mkdir(place).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  return await open(place, flags);
}

/** Says that a link is in the way rather than that a folder is none. */
async function linkOr(error: unknown, place: string): Promise<unknown> {
  try {
    return (await lstat(place)).isSymbolicLink() ? new Refusal("a symbolic link is in the way") : error;
  } catch {
    return error;
  }
}

async function holdByPath(path: string, create: string | undefined): Promise<HeldFolder> {
  if (create !== undefined) {
    let walked = create;
    for (const name of namesOf(path.slice(create.length))) {
      await checkByPath(walked);
      walked += `/${oneName(name)}`;
      await mkdir(walked).catch(() => undefined);
    }
  }
  const first = await checkByPath(path);
  return {
    path,
    below: (name) => holdByPath(`${path}/${oneName(name)}`, undefined),
    at: (name) => `${path}/${oneName(name)}`,
    check: async () => {
      const now = await checkByPath(path);
      if (now.ino !== first.ino || now.dev !== first.dev) throw moved();
    },
    close: () => Promise.resolve(),
  };
}

async function checkByPath(path: string): Promise<Stats> {
  const stat = await lstat(path);
  if ((await realpath(path)) !== path || !stat.isDirectory()) throw new Refusal("a symbolic link is in the way");
  return stat;
}

/**
 * Opens what stands under a name, which must be a regular file, without ever opening anything else: to open a device
 * or a pipe is already an effect.
 */
export async function openFile(folder: HeldFolder, name: string): Promise<{ file: FileHandle; stat: Stats }> {
  const place = folder.at(name);
  const before = await lstat(place);
  if (!before.isFile()) throw notAFile(before);
  const linux = process.platform === "linux";
  const held = await open(place, (linux ? O_PATH : O_RDONLY | constants.O_NONBLOCK) | O_NOFOLLOW);
  try {
    const stat = await held.stat();
    if (!stat.isFile()) throw notAFile(stat);
    await checkSpelling(folder, name, held);
    if (!linux) return { file: held, stat };
    const file = await open(`/proc/self/fd/${held.fd}`, O_RDONLY | constants.O_NONBLOCK);
    await held.close();
    return { file, stat };
  } catch (error) {
    await held.close();
    throw error;
  }
}

/**
 * A file system that folds letters, or forms of Unicode, opens other spellings than the one that was decided on: `.ENV`
 * for `.env`. Throws where what is there has another name.
 * @param opened what was opened under the name, where it is
 */
export async function checkSpelling(folder: HeldFolder, name: string, opened?: FileHandle): Promise<void> {
  if (process.platform !== "linux") {
    if (basename(await realpath(folder.at(name))) !== name) throw new Refusal("no such file");
    return;
  }
  const held = opened ?? (await open(folder.at(name), O_PATH | O_NOFOLLOW));
  try {
    if (basename(await readlink(`/proc/self/fd/${held.fd}`)) !== name) throw new Refusal("no such file");
  } finally {
    if (opened === undefined) await held.close();
  }
}

export function notAFile(stat: Stats): Refusal {
  if (stat.isSymbolicLink()) return new Refusal("it is a symbolic link");
  return new Refusal(stat.isDirectory() ? "it is a folder" : "it is not a regular file");
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

export function namesOf(path: string): readonly string[] {
  return path.split("/").filter((name) => name !== "");
}

function oneName(name: string): string {
  if (name === "" || name === "." || name === ".." || name.includes("/") || name.includes("\0"))
    throw new Refusal("that is no name of a file");
  return name;
}

function moved(): Refusal {
  return new Refusal("the folder was moved meanwhile");
}
