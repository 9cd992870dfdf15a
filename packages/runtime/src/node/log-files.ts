import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { fileSize } from "./locked-file.js";

/** Names of a log's files in its folder. */
export const LOG_FILE = "log.jsonl";
export const CHECKPOINT_FILE = "checkpoint";
export const PUBLIC_KEY_FILE = "log.pub";

const SMALL_FILE = 64 * 1024;

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
