import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { holdFolder, isMissing, type HeldFolder } from "../broker/files/held-folder.js";
import { unusable } from "./unusable.js";

/** How large a workspace may be. What is larger is refused as a whole, never taken in part. */
export interface TreeBounds {
  /** Files, folders and links. */
  readonly entries: number;
  /** Bytes of all files together. */
  readonly bytes: number;
}

/** One name in a tree. */
export interface Visit {
  /** From the root, without a slash before it. */
  readonly path: string;
  readonly folder: HeldFolder;
  readonly name: string;
  readonly stat: BigIntStats;
}

/** What is in one folder, which is held while it is looked at. */
export type Visits = readonly Visit[];

/** Folders within folders. */
const MAX_DEPTH = 256;

/**
 * Walks a tree, folder by folder, each before those in it. No link is followed, not even where a folder becomes one
 * meanwhile. Throws a `SandboxError` `bad_workspace` where the tree is larger than it may be or goes over to another file system.
 * @param skip says what is not walked, nor what is below it
 */
export async function* walk(
  root: string,
  bounds: TreeBounds,
  skip: (path: string) => boolean,
): AsyncGenerator<Visits, void, undefined> {
  const folder = await holdFolder(root);
  const counts = { entries: 0, bytes: 0n };
  try {
    const { dev } = await lstat(`${folder.path}/.`, { bigint: true });
    const count = ({ path, stat }: Visit): void => {
      counts.entries += 1;
      if (stat.isFile()) counts.bytes += stat.size;
      if (counts.entries > bounds.entries) throw unusable(`it holds more than ${bounds.entries} files and folders`);
      if (counts.bytes > BigInt(bounds.bytes)) throw unusable(`it holds more than ${bounds.bytes} bytes`);
      if (stat.dev !== dev) throw unusable("another file system is mounted in it", path);
    };
    yield* walkFolder(folder, "", 0, count, skip);
  } finally {
    await folder.close();
  }
}

async function* walkFolder(
  folder: HeldFolder,
  path: string,
  depth: number,
  count: (visit: Visit) => void,
  skip: (path: string) => boolean,
): AsyncGenerator<Visits, void, undefined> {
  if (depth > MAX_DEPTH) throw unusable(`it has more than ${MAX_DEPTH} folders in each other`);
  const visits: Visit[] = [];
  await manyAtOnce(await namesIn(folder, path), async (name) => {
    const inner = path === "" ? name : `${path}/${name}`;
    if (skip(inner)) return;
    const stat = await lstat(folder.at(name), { bigint: true }).catch((error: unknown) => {
      // Others work in a workspace too: what is gone by now is not there.
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (stat === undefined) return;
    const visit = { path: inner, folder, name, stat };
    count(visit);
    visits.push(visit);
  });
  yield visits.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const visit of visits) {
    if (!visit.stat.isDirectory()) continue;
    const below = await folder.below(visit.name);
    try {
      yield* walkFolder(below, visit.path, depth + 1, count, skip);
    } finally {
      await below.close();
    }
  }
}

/** As many as the threads of the file system are kept busy with. */
const AT_ONCE = 16;

/** Does something with each of many, some at once. Rejects with the first failure when nothing is under way any more. */
export async function manyAtOnce<T>(items: readonly T[], take: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of left) {
      if (failure !== undefined) return;
      try {
        await take(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
}

async function namesIn(folder: HeldFolder, path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(folder.path, { encoding: "buffer" })) names.push(textOf(name, path));
  return names.toSorted();
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name that is no text could not be told to anybody, nor found again. */
function textOf(name: Uint8Array, path: string): string {
  try {
    return utf8.decode(name);
  } catch {
    throw unusable("a name in it is no UTF-8", path);
  }
}
