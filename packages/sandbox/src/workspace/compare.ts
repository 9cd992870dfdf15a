import { readlink, type FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { holdFolder, openFile } from "../broker/files/held-folder.js";
import { isReserved } from "./reserved.js";
import type { Original, Snapshot } from "./snapshot.js";
import { digestOf, stampOf } from "./snapshot.js";
import { unusable } from "./unusable.js";
import { manyAtOnce, walk, type TreeBounds, type Visit } from "./walk.js";

/** What a path of the view is now. */
export type Current =
  | { readonly kind: "folder"; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "file"; readonly mode: number; readonly size: number; readonly digest: string };

/** One path that differs. `before` is undefined for what was added, `after` for what was removed. */
export interface Difference {
  readonly path: string;
  readonly before: Original | undefined;
  readonly after: Current | undefined;
}

/** Paths that may differ. */
const MAX_DIFFERENCES = 10_000;

/**
 * What the view has become, sorted by path. Throws a `SandboxError` `bad_workspace` where something in it could never be
 * kept: it is made of what a hostile program left.
 */
export async function compare(
  root: string,
  view: string,
  { entries }: Snapshot,
  bounds: TreeBounds,
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  const seen = new Set<string>();
  const links: string[] = [];
  const add = (difference: Difference): void => {
    found.push(difference);
    if (found.length > MAX_DIFFERENCES) throw unusable(`more than ${MAX_DIFFERENCES} paths in it changed`);
  };
  for await (const visits of walk(view, bounds, () => false)) {
    await manyAtOnce(visits, async (visit) => {
      const { path, stat } = visit;
      seen.add(path);
      const before = entries.get(path);
      if (isReserved(path)) throw unusable("a name in it is one of Writ's own", path);
      if ((Number(stat.mode) & 0o7000) !== 0 && !stat.isSymbolicLink())
        throw unusable("a file or folder in it has a set-user-ID, set-group-ID or sticky bit", path);
      const untouched = before?.kind === "file" && "stamp" in before.copy && before.copy.stamp === stampOf(stat);
      if (untouched && stat.isFile()) return;
      const after = await currentOf(visit);
      if (after.kind === "link" && !(before?.kind === "link" && before.target === after.target)) links.push(path);
      if (!(await isSame(root, path, before, after))) add({ path, before, after });
    });
  }
  for (const [path, before] of entries) if (!seen.has(path)) add({ path, before, after: undefined });
  for (const path of links) checkLink(path, found, entries);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function currentOf({ path, folder, name, stat }: Visit): Promise<Current> {
  const mode = Number(stat.mode) & 0o777;
  if (stat.isDirectory()) return { kind: "folder", mode };
  if (stat.isSymbolicLink()) return { kind: "link", target: await readlink(folder.at(name)) };
  if (!stat.isFile()) throw unusable("something in it is neither a file, a folder nor a link", path);
  const { file } = await openFile(folder, name);
  try {
    return { kind: "file", mode, size: Number(stat.size), digest: await digestOf(file) };
  } finally {
    await file.close();
  }
}

async function isSame(root: string, path: string, before: Original | undefined, after: Current): Promise<boolean> {
  if (before?.kind === "folder") return after.kind === "folder" && before.mode === after.mode;
  if (before?.kind === "link") return after.kind === "link" && before.target === after.target;
  if (before === undefined || after.kind !== "file") return false;
  if (before.mode !== after.mode || before.size !== BigInt(after.size)) return false;
  if ("digest" in before.copy) return before.copy.digest === after.digest;
  // The same size, and another time: only the contents tell.
  const there = await readThere(root, path, async (file, stamp) =>
    stamp === before.there ? await digestOf(file) : undefined,
  );
  return there === after.digest;
}

/** Uses a file of the workspace; undefined where there is none any more. */
export async function readThere<T>(
  root: string,
  path: string,
  use: (file: FileHandle, stamp: string) => Promise<T>,
): Promise<T | undefined> {
  let folder;
  try {
    folder = await holdFolder(posix.dirname(`${root}/${path}`));
  } catch {
    return undefined;
  }
  try {
    const { file } = await openFile(folder, posix.basename(path));
    try {
      return await use(file, stampOf(await file.stat({ bigint: true })));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  } finally {
    await folder.close();
  }
}

/**
 * A link that a program made may lead only to what is in the workspace: relative, up first and then down, and through no
 * other link, behind which a step up would be one somewhere else.
 */
function checkLink(path: string, found: readonly Difference[], entries: ReadonlyMap<string, Original>): void {
  const difference = found.find((one) => one.path === path);
  const target = difference?.after?.kind === "link" ? difference.after.target : "";
  const steps = target.split("/").filter((step) => step !== "" && step !== ".");
  const ups = steps.findIndex((step) => step !== "..");
  const down = ups === -1 ? [] : steps.slice(ups);
  const up = ups === -1 ? steps.length : ups;
  const start = path.split("/").slice(0, -1);
  if (target === "" || target.startsWith("/") || up > start.length || down.includes(".."))
    throw unusable("a link in it leads out of it", path);
  const changed = new Map(found.map((one) => [one.path, one.after?.kind]));
  let at = start.slice(0, start.length - up).join("/");
  for (const step of down) {
    at = at === "" ? step : `${at}/${step}`;
    const kind = changed.has(at) ? changed.get(at) : entries.get(at)?.kind;
    if (kind === "link") throw unusable("a link in it leads through another", path);
  }
}
