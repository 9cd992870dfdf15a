import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { compileGlob, globMatches } from "@writ/ir/values";
import type { WorkspaceChange } from "@writ/runtime";
import { SandboxError } from "../sandbox-error.js";
import { compare, type Difference } from "./compare.js";
import { keepDifferences } from "./keep.js";
import { readJournal } from "./journal.js";
import { openPlace, type WorkspacePlace } from "./place.js";
import { removeTree } from "./remove-tree.js";
import { isReserved } from "./reserved.js";
import { snapshot, type Snapshot } from "./snapshot.js";
import { unifiedDiff } from "./unified-diff.js";
import { unusable } from "./unusable.js";
import type { TreeBounds } from "./walk.js";

/** How a transaction is opened. */
export interface TransactionOptions {
  /**
   * A folder of the host's own, outside of any workspace, for copies and journals; `$XDG_STATE_HOME/writ/workspaces` where
   * unsaid, or `~/.local/state/writ/workspaces`. A workspace is recovered after a crash by who opens it with the same folder.
   */
  readonly state?: string | undefined;
  /** Files, folders and links that a workspace may hold; 100,000 where unsaid. */
  readonly entries?: number | undefined;
  /** Bytes that it may hold; 2 GiB where unsaid. */
  readonly bytes?: number | undefined;
  /** Globs of paths that are not to be seen: they are not in the view, and nothing is kept in their place. */
  readonly hidden?: readonly string[] | undefined;
}

/** What became of a view. */
export interface Review {
  /** Sorted by path; paths are the workspace's own. */
  readonly changes: readonly WorkspaceChange[];
  /** The changes as a unified diff for a person, with everything in it visible. */
  readonly diff: string;
  /** Whether the diff shows all contents; where it does not, it says what is missing. */
  readonly whole: boolean;
  /** Of all changes with their contents: `sha256:…`. What is kept is what has this digest. */
  readonly digest: string;
  /** Why the changes cannot be kept, whatever anybody decides: a link that leads out, a device, a set-user-ID bit. */
  readonly refused?: string | undefined;
}

export type Kept = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** A workspace that programs change as a copy, until somebody keeps the changes as one or drops them. */
export interface Transaction {
  /** The workspace. */
  readonly root: string;
  /** The folder to show in its place (`Mount.from`). */
  readonly view: string;
  /** Paths that are not in the view: neither file, folder nor link, or not to be read by this process. */
  readonly skipped: readonly string[];
  /** What was changed. To be asked when whatever ran in the view is gone; asked again it says the same. */
  review(): Promise<Review>;
  /**
   * Puts the changes in place, all or none: what a crash leaves half done is finished when the workspace is next opened. Not
   * done where the workspace itself was changed at one of the paths meanwhile. It never rejects for what a program did.
   */
  keep(): Promise<Kept>;
  /** Forgets the changes. May be called again, and after {@link keep}. */
  drop(): Promise<void>;
}

/**
 * Opens a transaction on a folder, after finishing what a crash may have left of an earlier one. Rejects with a
 * {@link SandboxError}: `bad_workspace` where it cannot be copied, `bad_option`.
 * @param root absolute, without symbolic links in it
 */
export async function openTransaction(root: string, options: TransactionOptions = {}): Promise<Transaction> {
  const { state, hidden = [], entries = 100_000, bytes = 2 ** 31 } = options;
  const bounds = { entries: whole(entries, "entries"), bytes: whole(bytes, "bytes") };
  const isHidden = hiding(root, hidden);
  const place = await openPlace(root, state);
  try {
    const view = join(place.folder, "view");
    await mkdir(view, { mode: 0o700 });
    const taken = await snapshot(root, view, bounds, (path) => isReserved(path) || isHidden(path));
    place.unlock();
    return new CopyTransaction(place, view, taken, bounds);
  } catch (error) {
    await removeTree(place.folder);
    place.close();
    throw error instanceof SandboxError ? error : unusable("it cannot be read whole");
  }
}

class CopyTransaction implements Transaction {
  readonly root: string;
  readonly view: string;
  readonly skipped: readonly string[];
  readonly #place: WorkspacePlace;
  readonly #taken: Snapshot;
  readonly #bounds: TreeBounds;
  #reviewed: Promise<Reviewed> | undefined;
  #ending: Promise<unknown> = Promise.resolve();
  #open = true;

  constructor(place: WorkspacePlace, view: string, taken: Snapshot, bounds: TreeBounds) {
    this.root = place.root;
    this.view = view;
    this.skipped = taken.skipped.map((path) => join(place.root, path));
    this.#place = place;
    this.#taken = taken;
    // What a program adds is bounded by itself.
    this.#bounds = { entries: bounds.entries * 2, bytes: bounds.bytes * 2 };
  }

  async review(): Promise<Review> {
    const { review } = await this.#review();
    return review;
  }

  keep(): Promise<Kept> {
    return this.#last(async () => {
      if (!this.#open) return { ok: false, why: "the transaction is over" };
      const { review, differences } = await this.#review();
      if (review.refused !== undefined) return { ok: false, why: review.refused };
      const kept = await keepDifferences(this.#place, this.view, differences, this.#taken.entries);
      if (kept.ok) await this.#close();
      return kept;
    });
  }

  drop(): Promise<void> {
    return this.#last(async () => {
      if (this.#open) await this.#close();
    });
  }

  #review(): Promise<Reviewed> {
    this.#reviewed ??= reviewOf(this.root, this.view, this.#taken, this.#bounds);
    return this.#reviewed;
  }

  /** One end at a time. */
  #last<T>(end: () => Promise<T>): Promise<T> {
    const next = this.#ending.then(end, end);
    this.#ending = next.catch(() => undefined);
    return next;
  }

  async #close(): Promise<void> {
    this.#open = false;
    this.#reviewed ??= Promise.resolve(unreadable("the transaction is over"));
    await this.#reviewed.catch(() => undefined);
    // Whoever opens the workspace meanwhile looks for what was left, and is not to find half of this.
    await this.#place.lock().catch(() => undefined);
    // What could be neither done nor undone is left for who opens the workspace next.
    const unfinished = await readJournal(this.#place.folder).catch(() => true);
    if (unfinished === undefined) await removeTree(this.#place.folder);
    this.#place.close();
  }
}

interface Reviewed {
  readonly review: Review;
  readonly differences: readonly Difference[];
}

async function reviewOf(root: string, view: string, taken: Snapshot, bounds: TreeBounds): Promise<Reviewed> {
  try {
    const differences = await compare(root, view, taken, bounds);
    const { text, whole: all } = await unifiedDiff(root, view, differences);
    const changes = differences.map(changeOf(root));
    return { review: { changes, diff: text, whole: all, digest: digestOfAll(differences) }, differences };
  } catch (error) {
    const refused = error instanceof SandboxError ? error.message : "the changes cannot be read";
    return unreadable(refused);
  }
}

function unreadable(refused: string): Reviewed {
  return { review: { changes: [], diff: "", whole: false, digest: digestOfAll([]), refused }, differences: [] };
}

function changeOf(root: string): (difference: Difference) => WorkspaceChange {
  return ({ path, before, after }) => ({
    path: `${root === "/" ? "" : root}/${path}`,
    change: before === undefined ? "added" : after === undefined ? "removed" : "changed",
  });
}

function digestOfAll(differences: readonly Difference[]): string {
  const told = differences.map(({ path, before, after }) => [path, before?.kind ?? null, after ?? null]);
  return `sha256:${createHash("sha256").update(JSON.stringify(told)).digest("hex")}`;
}

function hiding(root: string, globs: readonly string[]): (path: string) => boolean {
  const compiled = globs.map((text) => {
    const glob = compileGlob(text);
    if (!glob.ok) throw new SandboxError("bad_option", `hidden: ${glob.message}`);
    return glob.glob;
  });
  return (path) => compiled.some((glob) => globMatches(glob, `${root}/${path}`));
}

function whole(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > 2 ** 50)
    throw new SandboxError("bad_option", `${name} is a whole number above 0`);
  return value;
}
