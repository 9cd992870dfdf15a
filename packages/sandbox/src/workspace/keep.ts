import { chmod, lstat, mkdir, open, readlink, symlink } from "node:fs/promises";
import { join, posix } from "node:path";
import { holdFolder, isMissing, openFile, type HeldFolder } from "../broker/files/held-folder.js";
import { Refusal } from "../broker/refusal.js";
import { SandboxError } from "../sandbox-error.js";
import { goBack, goForward } from "./apply.js";
import { readThere, type Difference } from "./compare.js";
import { forgetJournal, readJournal, syncFolder, writeJournal, type Journal, type Step } from "./journal.js";
import type { WorkspacePlace } from "./place.js";
import { removeTree } from "./remove-tree.js";
import { reservedName } from "./reserved.js";
import { copyContent, type Snapshot } from "./snapshot.js";
import { stepsOf } from "./steps.js";
import { unusable } from "./unusable.js";

/** Puts differences in place, all or none. */
export async function keepDifferences(
  place: WorkspacePlace,
  view: string,
  differences: readonly Difference[],
  entries: Snapshot["entries"],
): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }> {
  if (differences.length === 0) return { ok: true };
  const { root, folder } = place;
  try {
    await place.lock();
    for (const difference of differences) await checkUnchanged(root, difference);
    const steps = stepsOf(differences, entries);
    const journal: Journal = { version: 1, root, stage: reservedName(), state: "staging", steps: [] };
    await writeJournal(folder, journal);
    try {
      await stage(journal, view, steps, differences);
      await writeJournal(folder, { ...journal, state: "forward", steps });
    } catch (error) {
      await recover(root, folder);
      throw error;
    }
    // From here a crash is finished by whoever opens the workspace next.
    await finish(folder, { ...journal, state: "forward", steps });
    return { ok: true };
  } catch (error) {
    return { ok: false, why: wordsOf(error) };
  } finally {
    place.unlock();
  }
}

/** Finishes what a journal says, one way or the other. Rejects where neither can be done, and leaves all as it is. */
export async function recover(root: string, folder: string): Promise<void> {
  const journal = await readJournal(folder);
  if (journal === undefined) return;
  if (journal.root !== root) throw unusable("its journal is of another one");
  if (journal.state !== "forward") return await clear(folder, journal);
  try {
    await finish(folder, journal);
  } catch {
    // It was undone; where it was not, the journal is still there.
    if ((await readJournal(folder)) !== undefined)
      throw unusable(`an earlier transaction can be neither finished nor undone; see ${folder}`);
  }
}

async function finish(folder: string, journal: Journal): Promise<void> {
  try {
    await goForward(journal);
  } catch (error) {
    const back: Journal = { ...journal, state: "back" };
    await writeJournal(folder, back);
    await clear(folder, back);
    throw error;
  }
  await clear(folder, { ...journal, state: "done" });
}

/** Undoes where that is to be done, and removes what was staged. */
async function clear(folder: string, journal: Journal): Promise<void> {
  if (journal.state === "back") await goBack(journal);
  // What was staged is the way back and forth until this is written.
  await writeJournal(folder, { ...journal, state: "done", steps: [] });
  await removeTree(join(journal.root, journal.stage));
  await forgetJournal(folder);
}

/** The workspace may have been changed by others meanwhile; what they did is not lost. */
async function checkUnchanged(root: string, { path, before }: Difference): Promise<void> {
  const conflict = unusable("it was changed meanwhile", path);
  if (before?.kind === "file") {
    const stamp = await readThere(root, path, (_file, there) => Promise.resolve(there));
    if (stamp !== before.there) throw conflict;
    return;
  }
  const folder = await holdFolder(posix.dirname(`${root}/${path}`)).catch(() => {
    // Where its folder is yet to come, or comes in place of a file, nothing is there.
    if (before === undefined) return undefined;
    throw conflict;
  });
  if (folder === undefined) return;
  try {
    if (!(await isAsBefore(folder, posix.basename(path), before))) throw conflict;
  } finally {
    await folder.close();
  }
}

async function isAsBefore(folder: HeldFolder, name: string, before: Difference["before"]): Promise<boolean> {
  try {
    const stat = await lstat(folder.at(name));
    if (before?.kind === "folder") return stat.isDirectory() && (stat.mode & 0o777) === before.mode;
    return before?.kind === "link" && stat.isSymbolicLink() && (await readlink(folder.at(name))) === before.target;
  } catch (error) {
    return isMissing(error) && before === undefined;
  }
}

/** Brings what comes into the file system of the workspace, so that a rename puts it in place. */
async function stage(
  { root, stage: name }: Journal,
  view: string,
  steps: readonly Step[],
  differences: readonly Difference[],
): Promise<void> {
  const folder = join(root, name);
  await mkdir(folder, { mode: 0o700 });
  await mkdir(join(folder, "new"), { mode: 0o700 });
  await mkdir(join(folder, "old"), { mode: 0o700 });
  const afters = new Map(differences.map(({ path, after }) => [path, after]));
  for (const step of steps) {
    if (step.do !== "put") continue;
    const after = afters.get(step.path);
    const to = join(folder, "new", String(step.n));
    if (after?.kind === "link") await symlink(after.target, to);
    else if (after?.kind === "file") await stageFile(view, step.path, to, after.mode);
  }
  await syncFolder(join(folder, "new"));
  await syncFolder(folder);
  await syncFolder(root);
}

async function stageFile(view: string, path: string, to: string, mode: number): Promise<void> {
  const from = await holdFolder(posix.dirname(`${view}/${path}`));
  try {
    const { file } = await openFile(from, posix.basename(path));
    try {
      await copyContent(file, to);
    } finally {
      await file.close();
    }
  } finally {
    await from.close();
  }
  await chmod(to, 0o600);
  const staged = await open(to, "r+");
  try {
    await staged.chmod(mode);
    await staged.sync();
  } finally {
    await staged.close();
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof SandboxError || error instanceof Refusal) return error.message;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the changes cannot be kept: there is no room";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the changes cannot be kept: this process may not write in the workspace";
    case "ENOTEMPTY":
      return "the changes cannot be kept: a folder that was removed holds what was not in the view";
    case "ENOENT":
      return "the changes cannot be kept: the workspace was changed meanwhile";
    default:
      return "the changes cannot be kept";
  }
}
