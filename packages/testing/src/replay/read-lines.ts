import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";

/** Bytes of the longest line that is read; what is longer is passed over, and said. */
export const MAX_TRACE_LINE = 64 * 1024 * 1024;

const NEWLINE = 10;

/** A line of a file, or why it is none; lines are numbered from 1. */
export type Line =
  | { readonly file: string; readonly line: number; readonly text: string }
  | { readonly file: string; readonly line: number; readonly code: LineFault; readonly message: string };

export type LineFault = "line_too_long" | "not_utf8" | "unreadable";

/**
 * The lines of a file, gzipped where its name ends in `.gz`, or of every `.jsonl` and `.jsonl.gz` of a folder, by name. In
 * memory that grows with the longest line it takes (`most` bytes) and with nothing else. Empty lines are left out. Rejects
 * with the system's error where the path leads to nothing.
 */
export async function* readLines(path: string, most = MAX_TRACE_LINE): AsyncGenerator<Line, void> {
  const folder = (await stat(path)).isDirectory();
  const files = folder
    ? (await readdir(path))
        .filter((name) => /\.jsonl(?:\.gz)?$/.test(name))
        .toSorted()
        .map((name) => join(path, name))
    : [path];
  for (const file of files) yield* linesOf(file, most);
}

async function* linesOf(file: string, most: number): AsyncGenerator<Line, void> {
  let line = 1;
  let parts: Buffer[] = [];
  let size = 0;
  const take = (): Line | undefined => {
    const bytes = Buffer.concat(parts, Math.min(size, most));
    const long = size > most;
    [parts, size] = [[], 0];
    if (long) return { file, line, code: "line_too_long", message: `the line is longer than ${most} bytes` };
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return text.trim() === "" ? undefined : { file, line, text };
    } catch {
      return { file, line, code: "not_utf8", message: "the line is not UTF-8" };
    }
  };
  const add = (bytes: Buffer): void => {
    // Of a line that is too long nothing is kept but that it is.
    if (size <= most) parts.push(bytes);
    size += bytes.length;
    if (size > most) parts = [];
  };
  try {
    // Reading a pipe would never end.
    if (!(await stat(file)).isFile()) throw new Error("it is no regular file");
    for await (const chunk of chunksOf(file)) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        add(chunk.subarray(from, end));
        const taken = take();
        if (taken !== undefined) yield taken;
        line += 1;
        from = end + 1;
      }
      if (from < chunk.length) add(chunk.subarray(from));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : "it did not say why";
    yield { file, line, code: "unreadable", message: `the file cannot be read from here on: ${why}` };
    return;
  }
  const last = size === 0 ? undefined : take();
  if (last !== undefined) yield last;
}

async function* chunksOf(file: string): AsyncGenerator<Buffer, void> {
  const raw = createReadStream(file);
  const stream = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  raw.on("error", (error) => stream.destroy(error));
  try {
    const chunks: AsyncIterable<Buffer> = stream;
    for await (const chunk of chunks) yield chunk;
  } finally {
    raw.destroy();
  }
}
