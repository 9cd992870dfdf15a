import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { link, open, readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { liveness, ownIdentity, type ProcessIdentity } from "./process-identity.js";
import { StorageFault, systemCode } from "./storage-fault.js";

/** How often a holder shows that it lives, for those that cannot see its process, and when they may doubt it. */
const HEARTBEAT = 10_000;
const FOREIGN_STALE = 60_000;

/** An exclusive hold on a folder. */
export interface FileLock {
  /** Throws a {@link StorageFault} `locked` when another process took the folder over. */
  check(): void;
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly token: string;
}

/**
 * Takes a folder for this process alone, or throws a {@link StorageFault} `locked` that names the holder.
 *
 * Locks are numbered files `lock.<n>`; the highest counts. Whoever creates the next number with `link`, which
 * fails when it exists, has the folder, and looks again whether a higher one came meanwhile. The highest is never
 * deleted, only emptied when it is released, so that a process that looked long ago cannot create a number that was used.
 * This is why a dead holder's lock is taken over by exactly one process; a plain lock file that is deleted and
 * created again can end with two holders. A holder whose process cannot be seen (another container or machine)
 * counts as dead when it has not touched its lock for a minute.
 */
export async function lockFolder(folder: string): Promise<FileLock> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const highest = (await lockNumbers(folder)).at(-1);
    if (highest !== undefined) await refuseIfHeld(join(folder, `lock.${highest}`));
    const number = (highest ?? 0) + 1;
    const mine: Holder = { ...ownIdentity(), token: randomUUID() };
    if (!(await create(folder, number, mine))) continue;
    const after = await lockNumbers(folder);
    const path = join(folder, `lock.${number}`);
    if (after.at(-1) !== number) {
      await unlink(path).catch(() => undefined);
      continue;
    }
    for (const old of after) if (old < number) await unlink(join(folder, `lock.${old}`)).catch(() => undefined);
    return holding(path);
  }
  throw new StorageFault("locked", `${folder} is being opened by several processes at once. Only one may use it.`);
}

async function lockNumbers(folder: string): Promise<number[]> {
  return (await readdir(folder))
    .map((name) => /^lock\.([1-9][0-9]{0,14})$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Creates the lock with its content at once: a reader never sees one that is half written. */
async function create(folder: string, number: number, holder: Holder): Promise<boolean> {
  const temporary = join(folder, `.lock-${holder.token}.tmp`);
  // On stable storage before it has its name: a lock that a loss of power leaves empty would be nobody's, and in the way.
  await writeFile(temporary, JSON.stringify(holder), { flag: "wx", mode: 0o644, flush: true });
  try {
    await link(temporary, join(folder, `lock.${number}`));
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function refuseIfHeld(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === "free") return;
  if (holder === undefined) {
    throw new StorageFault(
      "locked",
      `${path} is not a lock of Writ's. If no process uses the folder, delete that file.`,
    );
  }
  const state = liveness(holder);
  if (state === "dead") return;
  if (state === "alive") {
    throw new StorageFault(
      "locked",
      `the folder is in use by process ${holder.pid} (${path}). Give each process a folder of its own, or stop that one first.`,
    );
  }
  const touched = await touchedAgo(path);
  if (touched < FOREIGN_STALE) {
    throw new StorageFault(
      "locked",
      `the folder is in use by process ${holder.pid} of another container or machine (${path}). If it is gone, try again in ${Math.ceil((FOREIGN_STALE - touched) / 1000)} seconds.`,
    );
  }
}

async function readHolder(path: string): Promise<Holder | "free" | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "free";
    throw error;
  }
  if (text === "") return "free"; // released; a lock is created with its content, so no holder's is ever empty
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "start" in value &&
    typeof value.start === "string" &&
    "scope" in value &&
    typeof value.scope === "string" &&
    "token" in value &&
    typeof value.token === "string"
  );
}

/** By the file system's own clock on both sides: that of a shared one may differ from ours. */
async function touchedAgo(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}.tmp`;
  await writeFile(probe, "", { flag: "wx" });
  try {
    const [now, then] = await Promise.all([stat(probe), stat(path)]);
    return now.mtimeMs - then.mtimeMs;
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}

function holding(path: string): FileLock {
  const beat = setInterval(() => {
    // A lock that is gone is found out by `check`, before anything is written.
    touch(path).catch(() => undefined);
  }, HEARTBEAT);
  beat.unref();

  return {
    check: () => {
      // Whoever takes over creates the next number and deletes this one.
      if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
      throw new StorageFault(
        "locked",
        `${path} is gone: another process took the folder over while this one did not respond. Nothing more is written from here.`,
      );
    },
    release: async () => {
      clearInterval(beat);
      // The number is ours alone, so this can hit no other's lock. Emptying needs no space on a full disk.
      await truncate(path, 0).catch((error: unknown) => {
        if (systemCode(error) !== "ENOENT") throw error; // taken over by one who thought us dead
      });
    },
  };
}

/** Writes the byte that is there, so that the time is the file system's and not this machine's. */
async function touch(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    if ((await file.stat()).size > 0) await file.write("{", 0);
  } finally {
    await file.close();
  }
}
