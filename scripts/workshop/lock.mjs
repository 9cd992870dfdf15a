import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workshopFolder } from "./places.mjs";
import { say, WorkshopError } from "./say.mjs";

const lockFile = join(workshopFolder, "lock");
const longestWait = 15 * 60_000;

/**
 * Runs `work` while no other process of this checkout installs or builds. Waits for another holder;
 * a lock left behind by a process that is gone is taken over.
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  await acquire();
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

async function acquire() {
  createFolder();
  const giveUp = Date.now() + longestWait;
  for (let told = false; !tryAcquire();) {
    if (!holderLives()) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (Date.now() > giveUp) {
      throw new WorkshopError("another run holds this folder for too long", `If there is none, delete ${lockFile}.`);
    }
    if (!told) say("waiting for another run in this folder to finish installing or building");
    told = true;
    await sleep(300);
  }
}

function createFolder() {
  try {
    mkdirSync(workshopFolder, { recursive: true });
  } catch (error) {
    throw new WorkshopError(
      `cannot write to ${workshopFolder}: ${/** @type {Error} */ (error).message}`,
      "Writ installs and builds inside its own folder: make the folder writable, or free some disk space.",
    );
  }
}

function tryAcquire() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw new WorkshopError(
      `cannot write ${lockFile}: ${/** @type {Error} */ (error).message}`,
      "Make the folder writable, or free some disk space.",
    );
  }
}

function holderLives() {
  try {
    // A lock that has stood this long belongs to a process id that something else has since got.
    if (Date.now() - statSync(lockFile).mtimeMs > longestWait) return false;
    const pid = Number(readFileSync(lockFile, "utf8"));
    // Empty: its holder has created the file and is about to write its id.
    if (!pid) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
