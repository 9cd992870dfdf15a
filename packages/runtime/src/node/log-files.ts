import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileSize } from "./locked-file.js";
import { systemCode } from "./storage-fault.js";

/** Names of a log's files in its folder. */
export const LOG_FILE = "log.jsonl";
export const CHECKPOINT_FILE = "checkpoint";
export const PUBLIC_KEY_FILE = "log.pub";

const SMALL_FILE = 64 * 1024;

/** One file of a log. */
export interface SegmentFile {
  readonly name: string;
  readonly path: string;
  /** Number of its first record. */
  readonly first: number;
}

/** The name of the segment that begins with a record: `log.jsonl`, then `log.<15 digits>.jsonl`. */
export function segmentName(first: number): string {
  return first === 0 ? LOG_FILE : `log.${String(first).padStart(15, "0")}.jsonl`;
}

/** The number in a segment's name, undefined for other names. */
export function segmentFirst(name: string): number | undefined {
  if (name === LOG_FILE) return 0;
  const digits = /^log\.([0-9]{15})\.jsonl$/.exec(name)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

/**
 * The segments of the log in a folder, in the order of their records; none where there is no folder. Throws a
 * `StorageFault` where one is no regular file: reading a pipe would never end.
 */
export async function segmentsOf(folder: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = [];
  for (const name of await namesIn(folder)) {
    const first = segmentFirst(name);
    const path = join(folder, name);
    if (first !== undefined && (await fileSize(path)) !== undefined) found.push({ name, path, first });
  }
  return found.toSorted((a, b) => a.first - b.first);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** A file's bytes as they come. */
export function readBytes(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}

/** A small text file, undefined when there is none; of a large one its beginning, which no check accepts. */
export async function readSmall(path: string): Promise<string | undefined> {
  if ((await fileSize(path)) === undefined) return undefined;
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SMALL_FILE), 0, SMALL_FILE, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
