import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, normalize } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isUnder } from "@writ/ir/values";
import { SandboxError } from "../sandbox-error.js";
import { takeLock, type FileLock } from "./file-lock.js";
import { recover } from "./keep.js";
import { removeTree } from "./remove-tree.js";
import { unusable } from "./unusable.js";

/** Where one transaction of a workspace keeps what is its own. */
export interface WorkspacePlace {
  readonly root: string;
  /** A folder that only this transaction uses, and no sandbox sees but for its view. */
  readonly folder: string;
  /** Takes the lock of the workspace, which keeps the ends of its transactions apart. Rejects after some time. */
  lock(): Promise<void>;
  unlock(): void;
  /** Frees all; the folder is removed before. */
  close(): void;
}

/** How long another may hold a workspace's lock, milliseconds. */
const PATIENCE = 60_000;

/** The place of a new transaction, with the workspace's lock taken, after what crashed was recovered. */
export async function openPlace(root: string, given: string | undefined): Promise<WorkspacePlace> {
  await checkRoot(root);
  const state = await stateFolder(given);
  if (isUnder(state, root))
    throw new SandboxError("bad_option", "state: the folder for copies is in the workspace; give one outside of it");
  const all = join(state, createHash("sha256").update(root).digest("hex").slice(0, 32));
  await mkdir(all, { recursive: true, mode: 0o700 });
  const locks: { root: FileLock | undefined; own: FileLock | undefined } = { root: undefined, own: undefined };
  const lock = async (): Promise<void> => {
    locks.root ??= await lockOf(join(all, "lock"));
  };
  const unlock = (): void => {
    locks.root?.free();
    locks.root = undefined;
  };
  await lock();
  try {
    await recoverAll(root, all);
    const folder = join(all, randomBytes(12).toString("hex"));
    await mkdir(folder, { mode: 0o700 });
    locks.own = await takeLock(join(folder, "lock"));
    const close = (): void => {
      unlock();
      locks.own?.free();
      locks.own = undefined;
    };
    return { root, folder, lock, unlock, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Finishes what processes left that are not there any more, and removes their copies. */
async function recoverAll(root: string, all: string): Promise<void> {
  for (const name of await readdir(all)) {
    if (!/^[0-9a-f]{24}$/.test(name)) continue;
    const folder = join(all, name);
    const own = await takeLock(join(folder, "lock"));
    if (own === undefined) continue;
    try {
      await recover(root, folder);
      await removeTree(folder);
    } finally {
      own.free();
    }
  }
}

async function lockOf(path: string): Promise<FileLock> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const lock = await takeLock(path);
    if (lock !== undefined) return lock;
    if (performance.now() > until) throw unusable("another transaction is being ended in it");
    await wait(10);
  }
}

async function checkRoot(root: unknown): Promise<void> {
  if (typeof root !== "string" || !isAbsolute(root) || normalize(root) !== root || (root !== "/" && root.endsWith("/")))
    throw new SandboxError("bad_option", "a workspace is an absolute path, normalised");
  try {
    const real = await realpath(root);
    if (real !== root) throw unusable("a symbolic link is in its path");
    if (!(await lstat(root)).isDirectory()) throw unusable("it is no folder");
  } catch (error) {
    throw error instanceof SandboxError ? error : unusable("it is not there");
  }
  if (root === "/") throw unusable("it is the whole file system");
}

async function stateFolder(given: unknown): Promise<string> {
  const base = process.env["XDG_STATE_HOME"];
  const state =
    given ??
    join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".local", "state"), "writ", "workspaces");
  if (typeof state !== "string" || !isAbsolute(state))
    throw new SandboxError("bad_option", "state is an absolute path");
  try {
    await mkdir(state, { recursive: true, mode: 0o700 });
    const real = await realpath(state);
    const { uid, mode } = await lstat(real);
    if (uid === process.geteuid?.() && (mode & 0o022) === 0) return real;
  } catch {
    // Said below.
  }
  throw new SandboxError("bad_option", "state: it cannot be made, or others than its owner may write in it");
}
