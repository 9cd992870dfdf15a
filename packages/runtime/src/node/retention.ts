import { randomBytes } from "node:crypto";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { LineSplitter } from "../audit/line-splitter.js";
import { MAX_LINE } from "../audit/stored-line.js";
import { syncFolder } from "./atomic-write.js";
import { readBytes, type SegmentFile } from "./log-files.js";
import { readAudit } from "./read-audit.js";

/** What a retention is to delete. */
export interface RetainOptions {
  /** What is older than this goes, milliseconds since 1970: every record up to the first one that is not older. */
  readonly before: number;
  /** `payloads` (the default): the records, of which the hashes stay. `sealed`: only their encrypted arguments. */
  readonly what?: "payloads" | "sealed";
  /** Who orders it, for the log. */
  readonly by: string;
}

/** What a retention did. */
export interface Retention {
  /** The last record that it reached; undefined when nothing is old enough. */
  readonly through: number | undefined;
  /** Records of which it deleted something. */
  readonly records: number;
  /** Bytes that the log is shorter by. */
  readonly bytes: number;
}

const TAB = 9;
const NEWLINE = 10;
const HASH = 64;
const BUFFER = 1024 * 1024;

/**
 * The last record that is old enough and stands before `end`: all up to it are older than `before`, or deleted already.
 * A record with a later time ends the search, whatever follows it. Rejects where the log is not as it was written.
 */
export async function lastBefore(folder: string, before: number, end: number): Promise<number | undefined> {
  let last: number | undefined;
  for await (const { seq, at, record } of readAudit(folder)) {
    if (seq >= end) break;
    // A segment's first record goes by the log's clock, the others by the guard's: it goes with those around it.
    if (at !== undefined && at >= before && record?.type !== "segment") break;
    last = seq;
  }
  return last;
}

/**
 * Deletes from a segment that is not written any more what a retention record permits: puts a shorter file in its
 * place, whole or not at all. Gives how many records it changed and how many bytes are gone.
 */
export async function eraseFrom(
  segment: SegmentFile,
  through: number,
  what: "payloads" | "sealed",
): Promise<{ readonly records: number; readonly bytes: number }> {
  const temporary = `${segment.path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", 0o640);
  try {
    const done = await copyShorter(segment, through, what, file);
    if (done.records === 0) {
      await unlink(temporary);
      return done;
    }
    await file.sync();
    await rename(temporary, segment.path);
    await syncFolder(dirname(segment.path));
    return done;
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // the first error is the one to tell
    throw error;
  } finally {
    await file.close();
  }
}

async function copyShorter(
  segment: SegmentFile,
  through: number,
  what: "payloads" | "sealed",
  file: FileHandle,
): Promise<{ readonly records: number; readonly bytes: number }> {
  let seq = segment.first;
  let [records, bytes, held] = [0, 0, 0];
  let parts: Uint8Array[] = [];
  const splitter = new LineSplitter(MAX_LINE, (line) => {
    if (line.bytes === undefined || !line.ended) throw new Error(`${segment.name} is not as it was a moment ago`);
    const end = seq > through ? line.bytes.length : endOfRest(line.bytes, what);
    if (end < line.bytes.length) records += 1;
    bytes += line.bytes.length - end;
    parts.push(line.bytes.subarray(0, end), Uint8Array.of(NEWLINE));
    held += end + 1;
    seq += 1;
  });
  const flush = async (): Promise<void> => {
    const ready = Buffer.concat(parts);
    [parts, held] = [[], 0];
    await file.writeFile(ready);
  };
  for await (const chunk of readBytes(segment.path)) {
    splitter.push(chunk);
    if (held >= BUFFER) await flush();
  }
  splitter.end();
  await flush();
  return { records, bytes };
}

/** Where what stays of a line ends. */
function endOfRest(line: Uint8Array, what: "payloads" | "sealed"): number {
  if (what === "payloads") return HASH;
  const tab = line.indexOf(TAB);
  return tab < 0 ? line.length : tab;
}
