import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { StorageFault, storageFault } from "./storage-fault.js";

/** Result codes of SQLite (sqlite.org/rescode.html): another holds the lock; it is a file of another kind; it may not be written. */
const BUSY = 5;
const NOT_ITS_OWN = 26;
const READ_ONLY = new Set([8, 14, 23]);

/**
 * A lock on a file that the system takes from a process that dies, whatever it dies of: no lock is ever stale, and none
 * is judged by a process id or a clock. Node has no call for such locks; SQLite takes one as the write lock of an empty
 * database (fcntl(2) record locks, or what the platform has), in about 10 microseconds. Nothing is written to the file.
 * For local file systems: on network ones such locks may not hold.
 *
 * Never open the file by other means in the same process: on POSIX systems, closing it would free the lock.
 */
export interface KernelLock {
  /** Takes it at once; false while another holds it. Throws a {@link StorageFault}, `replaced` where the file is gone. */
  tryTake(): boolean;
  /** Frees it. Freeing what is not held does nothing. */
  free(): void;
  /** Frees it and closes the file. */
  close(): void;
}

/** Opens the lock of a file, free; creates the file where there is none. Throws a {@link StorageFault}. */
export type OpenLock = (path: string) => KernelLock;

/** What opens locks. Rejects with a {@link StorageFault} where this Node has no SQLite. */
export async function kernelLocks(): Promise<OpenLock> {
  let Database: typeof DatabaseSync;
  try {
    ({ DatabaseSync: Database } = await import("node:sqlite"));
  } catch (error) {
    throw new StorageFault(
      "unavailable",
      "this Node was built without node:sqlite, whose file locks keep processes apart. Use Node 22.13 or later.",
      { cause: error },
    );
  }
  return (path) => {
    try {
      return opened(new Database(path), path);
    } catch (error) {
      throw lockFault(error, path);
    }
  };
}

function opened(database: DatabaseSync, path: string): KernelLock {
  // Otherwise it would make a journal file each time.
  database.exec("PRAGMA journal_mode = MEMORY");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const end = database.prepare("ROLLBACK");
  const { ino } = statSync(path);
  let held = false;
  let open = true;
  return {
    tryTake() {
      try {
        begin.run();
      } catch (error) {
        if (sqliteCode(error) === BUSY) return false;
        throw lockFault(error, path);
      }
      held = true;
      // Whoever comes now would lock another file, and there would be two holders.
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) return true;
      this.free();
      throw new StorageFault("replaced", `${path} was deleted or replaced while it was in use. Start again.`);
    },
    free() {
      if (!held) return;
      held = false;
      end.run();
    },
    close() {
      held = false;
      if (!open) return;
      open = false;
      database.close();
    },
  };
}

/** Takes a lock, waiting for whoever holds it. Throws a {@link StorageFault} `locked` after so many milliseconds. */
export async function takeWithin(lock: KernelLock, milliseconds: number, what: string): Promise<void> {
  const from = performance.now();
  for (let tries = 0; !lock.tryTake(); tries += 1) {
    if (performance.now() - from > milliseconds)
      throw new StorageFault(
        "locked",
        `${what}: another process has held it for ${milliseconds} ms. If that one hangs, stop it: the system then frees the lock.`,
      );
    // Others hold it for microseconds as a rule.
    await new Promise<void>((resolve) => {
      if (tries < 4) setImmediate(resolve);
      else setTimeout(resolve, 1 + Math.random() * Math.min(tries - 3, 8));
    });
  }
}

function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  // The lower byte is the kind, the rest says more about it.
  return typeof error.errcode === "number" ? error.errcode % 256 : undefined;
}

function lockFault(error: unknown, path: string): StorageFault {
  const code = sqliteCode(error);
  if (code !== undefined && READ_ONLY.has(code))
    return new StorageFault("read_only", `${path} may not be written. Check the mount and the permissions.`, {
      cause: error,
    });
  if (code === NOT_ITS_OWN)
    return new StorageFault(
      "unavailable",
      `${path} is not a lock of Writ's. If no process uses the folder, delete that file.`,
      { cause: error },
    );
  return storageFault(error, path);
}
