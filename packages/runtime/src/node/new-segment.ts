import { open, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./atomic-write.js";
import { segmentName, type SegmentFile } from "./log-files.js";

export interface BegunSegment {
  readonly segment: SegmentFile;
  readonly file: FileHandle;
  /** Its length. */
  readonly end: number;
}

/**
 * Makes the file of a further segment with its first line, on stable storage, its name too. Rejects when it could not,
 * and takes away what it made. Where even that fails the name is in the way of the next attempt, and of nothing else:
 * opening takes a last file without a whole record away.
 */
export async function beginSegment(folder: string, first: number, line: string): Promise<BegunSegment> {
  const name = segmentName(first);
  const path = join(folder, name);
  const file = await open(path, "wx+", 0o640);
  try {
    const { bytesWritten } = await file.write(line, 0, "utf8");
    if (bytesWritten !== Buffer.byteLength(line)) throw new Error("the system wrote a part only");
    await file.sync();
    await syncFolder(folder);
    return { segment: { name, path, first }, file, end: bytesWritten };
  } catch (error) {
    await unlink(path).catch(() => undefined); // the first error is the one to tell
    await file.close().catch(() => undefined);
    throw error;
  }
}
