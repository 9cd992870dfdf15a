import { open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../broker/files/held-folder.js";
import { decodeJournal } from "./decode-journal.js";
import { unusable } from "./unusable.js";

/**
 * One step of putting changes in place. `path` is below the workspace; `n` names what is staged under `new` and what is
 * set aside under `old`. Each can be done again, or undone, from wherever a crash left it.
 */
export type Step =
  /** Sets a file or a link aside. */
  | { readonly do: "take"; readonly path: string; readonly n: number }
  | { readonly do: "rmdir"; readonly path: string; readonly mode: number }
  | { readonly do: "mkdir"; readonly path: string }
  | { readonly do: "chmod"; readonly path: string; readonly from: number; readonly to: number }
  /** Puts what is staged in place; what it replaces is set aside first. A link has no digest. */
  | {
      readonly do: "put";
      readonly path: string;
      readonly n: number;
      readonly replaces: boolean;
      readonly digest?: string | undefined;
    };

/** What is written down, durably, before the workspace is touched. */
export interface Journal {
  readonly version: 1;
  readonly root: string;
  /** The folder in the workspace that holds `new` and `old`. */
  readonly stage: string;
  readonly state: "staging" | "forward" | "back" | "done";
  readonly steps: readonly Step[];
}

const FILE = "journal.json";

/** Writes the journal so that it is there after a power cut, the whole of it or the one before. */
export async function writeJournal(folder: string, journal: Journal): Promise<void> {
  const draft = join(folder, `${FILE}.new`);
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(journal));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, FILE));
  await syncFolder(folder);
}

/** The journal of a transaction; undefined where it wrote none. It stands in a folder that no sandbox sees. */
export async function readJournal(folder: string): Promise<Journal | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const journal = decodeJournal(text);
  if (journal === undefined) throw unusable(`its journal cannot be read; see ${folder}`);
  return journal;
}

export async function forgetJournal(folder: string): Promise<void> {
  await unlink(join(folder, FILE));
  await syncFolder(folder);
}

/** Makes what was renamed in a folder last. Where the system cannot, the order of its own journal has to do. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // Not every file system syncs folders, and one that is gone or closed by now needs none.
  }
}
