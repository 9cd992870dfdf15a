import { chmod, lchown, link, lstat, mkdir, rename, rmdir, unlink } from "node:fs/promises";
import { posix } from "node:path";
import { holdFolder, isMissing, openFile, type HeldFolder } from "../broker/files/held-folder.js";
import { Refusal } from "../broker/refusal.js";
import { syncFolder, type Journal, type Step } from "./journal.js";
import { digestOf } from "./snapshot.js";
import { unusable } from "./unusable.js";

/** The place of a step: the folder it is in, held, or undefined where there is none; and where files wait. */
interface Place {
  readonly folder: HeldFolder | undefined;
  readonly name: string;
  /** What comes, by number. */
  readonly fresh: HeldFolder;
  /** What was set aside, by number. */
  readonly old: HeldFolder;
}

/** Does all steps, from wherever a crash left them. Rejects where one cannot be done. */
export async function goForward(journal: Journal): Promise<void> {
  await takeSteps(journal, journal.steps, forward);
}

/** Undoes all steps, from wherever a crash left them. */
export async function goBack(journal: Journal): Promise<void> {
  await takeSteps(journal, journal.steps.toReversed(), back);
}

async function takeSteps(
  journal: Journal,
  steps: readonly Step[],
  take: (step: Step, place: Place) => Promise<void>,
): Promise<void> {
  const held: HeldFolder[] = [];
  const folders = new Set<string>();
  try {
    const stage = await holdFolder(`${journal.root}/${journal.stage}`);
    held.push(stage);
    const fresh = await stage.below("new");
    held.push(fresh);
    const old = await stage.below("old");
    held.push(old);
    for (const step of steps) {
      const real = `${journal.root}/${step.path}`;
      const folder = await holdFolder(posix.dirname(real)).catch(ifNoFolder);
      try {
        await take(step, { folder, name: posix.basename(real), fresh, old });
        await folder?.check();
      } finally {
        await folder?.close();
      }
      folders.add(posix.dirname(real));
    }
    await syncFolder(old.path);
  } finally {
    for (const folder of held) await folder.close();
  }
  for (const folder of folders) await syncFolder(folder).catch(ifNoFolder);
}

async function forward(step: Step, { folder, name, fresh, old }: Place): Promise<void> {
  if (folder === undefined) throw unusable("a folder in it is gone", step.path);
  const at = folder.at(name);
  switch (step.do) {
    case "take": {
      const aside = old.at(String(step.n));
      if (!(await exists(aside))) await rename(at, aside);
      return;
    }
    case "rmdir":
      await rmdir(at).catch(ifMissing);
      return;
    case "mkdir":
      await mkdir(at, 0o700).catch(ifThere);
      await giveTo(at, `${folder.path}/.`);
      return;
    case "chmod":
      await changeMode(folder, name, step.to);
      return;
    case "put": {
      const staged = fresh.at(String(step.n));
      if (!(await exists(staged))) return;
      await checkStaged(step, fresh);
      await giveTo(staged, step.replaces ? at : `${folder.path}/.`);
      if (step.replaces) await setAside(at, old.at(String(step.n)));
      await rename(staged, at);
      return;
    }
    default:
      throw unusable("its journal has a step that nobody knows");
  }
}

async function back(step: Step, { folder, name, fresh, old }: Place): Promise<void> {
  if (folder === undefined) {
    // In a folder that is not there nothing was done, unless somebody took it away.
    if ("n" in step && (await exists(old.at(String(step.n))))) throw unusable("a folder in it is gone", step.path);
    return;
  }
  const at = folder.at(name);
  switch (step.do) {
    case "take":
      await rename(old.at(String(step.n)), at).catch(ifMissing);
      return;
    case "rmdir":
      await mkdir(at, 0o700).catch(ifThere);
      await changeMode(folder, name, step.mode);
      return;
    case "mkdir":
      await rmdir(at).catch((error: unknown) => {
        // Somebody else put something in it.
        if (codeOf(error) !== "ENOTEMPTY") ifNoFolder(error);
      });
      return;
    case "chmod":
      await changeMode(folder, name, step.from).catch(ifNoFolder);
      return;
    case "put": {
      const n = String(step.n);
      if (step.replaces) await rename(old.at(n), at).catch(ifMissing);
      // What came is not there where it still waits.
      else if (!(await exists(fresh.at(n)))) await unlink(at).catch(ifMissing);
      return;
    }
    default:
      throw unusable("its journal has a step that nobody knows");
  }
}

/** Keeps what is about to be replaced, without a moment in which it is not there, where the file system has hard links. */
async function setAside(at: string, aside: string): Promise<void> {
  try {
    await link(at, aside);
  } catch (error) {
    if (codeOf(error) === "EEXIST" || isMissing(error)) return;
    await rename(at, aside);
  }
}

async function checkStaged(step: Extract<Step, { do: "put" }>, fresh: HeldFolder): Promise<void> {
  if (step.digest === undefined) return;
  const { file } = await openFile(fresh, String(step.n));
  try {
    if ((await digestOf(file)) !== step.digest)
      throw unusable("what was to come is not any more what it was", step.path);
  } finally {
    await file.close();
  }
}

/** Changes the mode of a folder, of no link to one. */
async function changeMode(folder: HeldFolder, name: string, mode: number): Promise<void> {
  const below = await folder.below(name);
  try {
    await chmod(below.path, mode);
  } finally {
    await below.close();
  }
}

/** Where root keeps changes for others, what comes belongs to whom what was there belonged, or the folder around it. */
async function giveTo(path: string, like: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const owner = await lstat(like).catch(ifMissing);
  if (owner !== undefined) await lchown(path, owner.uid, owner.gid);
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(ifMissing)) !== undefined;
}

function ifMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** Nothing is there, or a file or a link in the place of a folder. */
function ifNoFolder(error: unknown): undefined {
  if (!(error instanceof Refusal) && codeOf(error) !== "ENOTDIR") ifMissing(error);
}

function ifThere(error: unknown): undefined {
  if (codeOf(error) !== "EEXIST") throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
