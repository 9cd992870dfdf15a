import { open } from "node:fs/promises";
import type { ChainStart } from "../audit/chain-check.js";
import { MAX_RECORD_BYTES } from "../audit/encode-record.js";
import { readLine } from "../audit/stored-line.js";
import type { SegmentFile } from "./log-files.js";

const NEWLINE = 10;
/** The log's own records carry no sealed arguments. */
const MAX_FIRST_LINE = 65 + MAX_RECORD_BYTES + 1;

/** The first line of a file without its newline; undefined when there is no whole one of a length that a first one may have. */
export async function readFirstLine(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_FIRST_LINE), 0, MAX_FIRST_LINE, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    // Without an end within the bound it is whole only if it is too long, which the check then names.
    if (end < 0) return bytesRead === MAX_FIRST_LINE ? buffer : undefined;
    return buffer.subarray(0, end);
  } finally {
    await file.close();
  }
}

/**
 * What the first record of a segment says of those before it, undefined where it says nothing whole. Nothing of it
 * is proven yet: the checkpoint's signature over the tree that grows from it does that.
 */
export async function segmentStart(segment: SegmentFile): Promise<ChainStart | undefined> {
  const line = await readFirstLine(segment.path);
  const found = line === undefined ? undefined : readLine(line, true);
  if (found?.kind !== "record") return undefined;
  const { type, seq, prev, frontier } = found.record;
  if (type !== "segment" || seq !== segment.first || typeof prev !== "string" || !isFrontier(frontier))
    return undefined;
  return frontier.length === oneBits(segment.first) ? { size: segment.first, tip: prev, frontier } : undefined;
}

function isFrontier(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash));
}

/** No bit operators: sizes pass 2^31. */
function oneBits(size: number): number {
  return size.toString(2).replaceAll("0", "").length;
}
