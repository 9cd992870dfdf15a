import { writeSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { JournalFile } from "./group-commit.js";

/** An open file, as group commit wants it. */
export function journalFile(handle: FileHandle): JournalFile {
  return {
    write: (buffer, offset, length, position) => handle.write(buffer, offset, length, position),
    writeNow: (buffer, position) => writeSync(handle.fd, buffer, 0, buffer.length, position),
    truncate: (length) => handle.truncate(length),
    datasync: () => handle.datasync(),
    close: () => handle.close(),
  };
}
