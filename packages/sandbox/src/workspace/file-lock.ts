import { open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { unusable } from "./unusable.js";

/** A lock of a file that the system takes from a process that dies. */
export interface FileLock {
  free(): void;
}

/**
 * Takes the lock of a file at once; undefined while another holds it. Node has no call for locks that end with their
 * process; SQLite takes one as the write lock of an empty database, and writes nothing to it.
 */
export async function takeLock(path: string): Promise<FileLock | undefined> {
  const file = await open(path, "a", 0o600);
  await file.close();
  const { DatabaseSync: Database } = await import("node:sqlite");
  const database = new Database(path);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw unusable("it cannot be locked");
  }
  return { free: () => close(database) };
}

/** SQLITE_BUSY (sqlite.org/rescode.html). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}

function close(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}
