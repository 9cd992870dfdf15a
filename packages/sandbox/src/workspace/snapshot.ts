import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { chmod, copyFile, lchown, lstat, mkdir, open, readlink, symlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { manyAtOnce, walk, type TreeBounds } from "./walk.js";

/** What a path of the workspace was when the transaction was opened. */
export type Original =
  | { readonly kind: "folder"; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | {
      readonly kind: "file";
      readonly mode: number;
      readonly size: bigint;
      /** Of the workspace's file: whether it is still the one that was copied. */
      readonly there: string;
      /** Of the copy: whether it is as it was made; or, where the clock is too coarse to tell, its SHA-256. */
      readonly copy: { readonly stamp: string } | { readonly digest: string };
    };

export interface Snapshot {
  readonly entries: ReadonlyMap<string, Original>;
  /** What was left out: neither file, folder nor link, or not to be read by this process. */
  readonly skipped: readonly string[];
}

/** Clocks of file systems tick this seldom, in nanoseconds: a change within one tick shows no other time. */
const TICK = 50_000_000n;

/**
 * Copies a workspace, sharing its blocks where the file system can (`FICLONE`). Nothing of the copy is shared otherwise:
 * no hard links, no set-user-ID bits, no devices.
 */
export async function snapshot(
  root: string,
  view: string,
  bounds: TreeBounds,
  skip: (path: string) => boolean,
): Promise<Snapshot> {
  const entries = new Map<string, Original>();
  const skipped: string[] = [];
  const copies: [string, Extract<Original, { kind: "file" }>, BigIntStats][] = [];
  for await (const visits of walk(root, bounds, skip)) {
    await manyAtOnce(visits, async ({ path, folder, name, stat }) => {
      const to = join(view, path);
      if (stat.isDirectory()) {
        await mkdir(to, { mode: 0o700 });
        await giveTo(to, stat);
        entries.set(path, { kind: "folder", mode: Number(stat.mode) & 0o777 });
      } else if (stat.isSymbolicLink()) {
        const target = await readlink(folder.at(name));
        await symlink(target, to);
        await giveTo(to, stat);
        entries.set(path, { kind: "link", target });
      } else {
        const copied = stat.isFile() ? await copyFileOf(folder.at(name), to) : undefined;
        if (copied === undefined) skipped.push(path);
        else {
          entries.set(path, copied.entry);
          copies.push([path, copied.entry, copied.stat]);
        }
      }
    });
  }
  const now = BigInt(Date.now()) * 1_000_000n;
  await manyAtOnce(copies, async ([path, entry, stat]) => {
    if (stat.ctimeNs > now - TICK) entries.set(path, { ...entry, copy: { digest: await digestAt(join(view, path)) } });
  });
  // Last, since a folder that may not be written takes nothing in.
  for (const [path, entry] of [...entries].toReversed())
    if (entry.kind === "folder") await chmod(join(view, path), entry.mode);
  const whole = await lstat(root, { bigint: true });
  await giveTo(view, whole);
  await chmod(view, Number(whole.mode) & 0o777);
  return { entries, skipped };
}

/** Copies what is a regular file when it is opened; undefined where it is none any more, or not to be read by this process. */
async function copyFileOf(
  place: string,
  to: string,
): Promise<{ readonly entry: Extract<Original, { kind: "file" }>; readonly stat: BigIntStats } | undefined> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  let file: FileHandle;
  try {
    file = await open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES" || code === "EPERM" || code === "ELOOP" || code === "ENXIO" || code === "ENOENT")
      return undefined;
    throw error;
  }
  try {
    const from = await file.stat({ bigint: true });
    if (!from.isFile()) return undefined;
    await copyContent(file, to);
    await giveTo(to, from);
    const mode = Number(from.mode) & 0o777;
    let stat = await lstat(to, { bigint: true });
    if ((Number(stat.mode) & 0o7777) !== mode) {
      await chmod(to, mode);
      stat = await lstat(to, { bigint: true });
    }
    return {
      entry: { kind: "file", mode, size: stat.size, there: stampOf(from), copy: { stamp: stampOf(stat) } },
      stat,
    };
  } finally {
    await file.close();
  }
}

/** Whoever may write a file of the workspace may write its copy. */
async function giveTo(path: string, { uid, gid }: BigIntStats): Promise<void> {
  const own = process.geteuid?.();
  if (own === 0 && (uid !== 0n || gid !== BigInt(process.getegid?.() ?? 0)))
    await lchown(path, Number(uid), Number(gid));
}

/** Nothing runs in the view yet: its paths lead where they say. */
async function digestAt(path: string): Promise<string> {
  const file = await open(path);
  try {
    return await digestOf(file);
  } finally {
    await file.close();
  }
}

/** SHA-256 of what is open, from its beginning. */
export async function digestOf(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(256 * 1024);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** Changes whenever a file's content, mode or place does: programs set the other times, none sets `ctime`. */
export function stampOf(stat: BigIntStats): string {
  return `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

/** Copies what is open, which is what was looked at, whatever its name leads to by now. */
export async function copyContent(file: FileHandle, to: string): Promise<void> {
  if (process.platform === "linux") {
    await copyFile(`/proc/self/fd/${file.fd}`, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    return;
  }
  const out = await open(to, "wx", 0o600);
  try {
    await out.writeFile(file.createReadStream({ autoClose: false, start: 0 }));
  } finally {
    await out.close();
  }
}
