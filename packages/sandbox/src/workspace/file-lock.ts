import { unusable } from "./unusable.js";

/** A lock of a file that the system takes from a process that dies. */
export interface FileLock {
  free(): void;
}

/**
 * Takes the lock of a file at once; undefined while another holds it. Node has no call for locks that end with their
 * process; SQLite takes one as the write lock of an empty database, and writes nothing to it. The file is never opened by other
 * means: on POSIX systems closing it would free what this process holds.
 */
export async function takeLock(path: string): Promise<FileLock | undefined> {
  const { DatabaseSync: Database } = await import("node:sqlite");
  let database: InstanceType<typeof Database>;
  try {
    database = new Database(path);
  } catch {
    throw unusable("it cannot be locked");
  }
  try {
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw unusable("it cannot be locked");
  }
  let held = true;
  return {
    free: () => {
      if (held) database.close();
      held = false;
    },
  };
}

/** SQLITE_BUSY (sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
