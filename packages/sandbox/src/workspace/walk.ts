import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { holdFolder, type HeldFolder } from "../broker/files/held-folder.js";
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

/** Folders within folders. */
const MAX_DEPTH = 256;

/**
 * Walks a tree, a folder before what is in it, names in order. No link is followed, not even where a folder becomes one
 * meanwhile. Throws a `SandboxError` `bad_workspace` where the tree is larger than it may be or goes over to another file system.
 * @param skip says what is not walked, nor what is below it
 */
export async function* walk(
  root: string,
  bounds: TreeBounds,
  skip: (path: string) => boolean,
): AsyncGenerator<Visit, void, undefined> {
  const folder = await holdFolder(root);
  const counts = { entries: 0, bytes: 0n };
  try {
    const { dev } = await lstat(`${folder.path}/.`, { bigint: true });
    yield* walkFolder(
      folder,
      "",
      0,
      (visit) => {
        counts.entries += 1;
        if (visit.stat.isFile()) counts.bytes += visit.stat.size;
        if (counts.entries > bounds.entries) throw unusable(`it holds more than ${bounds.entries} files and folders`);
        if (counts.bytes > BigInt(bounds.bytes)) throw unusable(`it holds more than ${bounds.bytes} bytes`);
        if (visit.stat.dev !== dev) throw unusable("another file system is mounted in it", visit.path);
      },
      skip,
    );
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
): AsyncGenerator<Visit, void, undefined> {
  if (depth > MAX_DEPTH) throw unusable(`it has more than ${MAX_DEPTH} folders in each other`);
  for (const name of await namesIn(folder, path)) {
    const inner = path === "" ? name : `${path}/${name}`;
    if (skip(inner)) continue;
    const visit = { path: inner, folder, name, stat: await lstat(folder.at(name), { bigint: true }) };
    count(visit);
    yield visit;
    if (!visit.stat.isDirectory()) continue;
    const below = await folder.below(name);
    try {
      yield* walkFolder(below, inner, depth + 1, count, skip);
    } finally {
      await below.close();
    }
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function namesIn(folder: HeldFolder, path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(folder.path, { encoding: "buffer" })) names.push(textOf(name, path));
  return names.toSorted();
}

/** A name that is no text could not be told to anybody, nor found again. */
function textOf(name: Uint8Array, path: string): string {
  try {
    return utf8.decode(name);
  } catch {
    throw unusable("a name in it is no UTF-8", path);
  }
}
