import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { StateChange } from "../state/state-change.js";
import { StateImage } from "../state/state-image.js";
import { syncFolder } from "./atomic-write.js";
import { refuseReadOnly } from "./locked-file.js";
import { readLines, StateJournal, type ReadJournal } from "./state-journal.js";
import { StorageFault } from "./storage-fault.js";

const CHUNK = 1024 * 1024;
/** The first line is shorter than this. */
const BASE_LINE = 4096;
const datasync = promisify(fdatasync);

/** The file that is open, and how far it was read. */
interface OpenJournal {
  readonly fd: number;
  readonly ino: number;
  readonly dev: number;
  readonly generation: number;
}

/**
 * A journal of changes that many processes append to, and the state that it makes. Whoever holds the store's lock reads
 * what others appended (`catchUp`), and appends. Reads and writes are synchronous, in the system's memory, so that the
 * lock is held for microseconds and never while other work of the process runs; only waiting for the disk is not.
 *
 * Compaction writes the state as a new journal and puts it in the old one's place; each process follows when it next
 * looks. A process that dies leaves an incomplete last line at most, which the next holder of the lock cuts off.
 */
export class SharedJournal {
  readonly path: string;
  image = new StateImage();
  /** Bytes read and written of the file that is open. */
  end = 0;
  /** How many files were open before this one: a length means something within one file only. */
  epoch = 0;
  /** Incomplete bytes that were cut off. */
  repaired = 0;
  readonly #journal = new StateJournal();
  readonly #retired: number[] = [];
  #open: OpenJournal;
  #syncs = 0;
  #moved: { readonly generation: number; readonly end: number; readonly sum: string } | undefined;
  /** The image holds what the file may not: it is read anew. */
  #stale = false;

  /** Reads the journal at this path, all of it. Under the lock. Throws a {@link StorageFault}. */
  constructor(path: string) {
    this.path = path;
    this.#open = this.#openFile();
    try {
      this.#readAll();
    } catch (error) {
      closeSync(this.#open.fd);
      throw error;
    }
  }

  /** Whether nobody appended since this process last looked. Needs no lock. */
  isCurrent(): boolean {
    const found = statSync(this.path, { throwIfNoEntry: false });
    return !this.#stale && found !== undefined && this.#isOpen(found) && found.size === this.end;
  }

  /** Reads what others did. Under the lock. `seen` is shown each change of theirs, where it is known which those are. */
  catchUp(seen: (change: StateChange) => void): void {
    refuseReadOnly(statSync(dirname(this.path)), dirname(this.path));
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (found === undefined)
      throw new StorageFault(
        "replaced",
        `${this.path} was deleted or moved. Put it back, or stop every process that uses it and start with a new folder.`,
      );
    refuseReadOnly(found, this.path);
    if (!this.#isOpen(found)) this.#follow(seen);
    else if (this.#stale) this.#readAll(seen);
    else this.#readNew(seen, found.size);
  }

  /** Text of changes that were made on the image, with the checksums that follow. */
  line(change: StateChange): string {
    return this.#journal.line(change);
  }

  /** What takes `line` back. */
  mark(): () => void {
    const { sum } = this.#journal;
    return () => {
      this.#journal.sum = sum;
    };
  }

  /** Appends. Under the lock. Where it throws, the file is as it was, or the image is read anew before it is used again. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    try {
      writeAll(this.#open.fd, bytes, this.end);
    } catch (error) {
      try {
        ftruncateSync(this.#open.fd, this.end);
      } catch {
        this.#stale = true;
      }
      throw error;
    }
    this.end += bytes.length;
  }

  /** The image was changed and that was not written: it is read anew. */
  discard(): void {
    this.#stale = true;
  }

  /** Waits until the file that is open now is on stable storage. */
  async sync(): Promise<void> {
    this.#syncs += 1;
    try {
      await datasync(this.#open.fd);
    } finally {
      this.#syncs -= 1;
      if (this.#syncs === 0) for (const fd of this.#retired.splice(0)) closeSync(fd);
    }
  }

  /**
   * Writes the state as a new journal, on stable storage, and puts it in place of the old one. Under the lock, caught
   * up. Where it throws, the old one goes on.
   */
  async compact(): Promise<void> {
    const temporary = `${this.path}.${randomBytes(6).toString("hex")}.tmp`;
    const generation = this.#open.generation + 1;
    const next = new StateJournal();
    const file = await open(temporary, "wx", 0o640);
    let end = 0;
    try {
      for (const text of parts(this.image.snapshot(generation), next)) {
        await file.appendFile(text);
        end += Buffer.byteLength(text);
      }
      await file.sync();
      // For those who read the old one to its end: they need not read the new one from its beginning.
      this.#writeLine(["moved", generation, end, next.sum]);
      renameSync(temporary, this.path);
    } catch (error) {
      tidy(temporary);
      throw error;
    } finally {
      await file.close();
    }
    this.#switch(this.#openFile());
    this.end = end;
    this.#journal.sum = next.sum;
    await syncFolder(dirname(this.path));
  }

  #writeLine(change: StateChange): void {
    const undo = this.mark();
    try {
      this.write(this.line(change));
    } catch (error) {
      undo();
      throw error;
    }
  }

  close(): void {
    closeSync(this.#open.fd);
  }

  #isOpen(found: Stats): boolean {
    return found.ino === this.#open.ino && found.dev === this.#open.dev;
  }

  #openFile(): OpenJournal {
    const fd = openSync(this.path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
    try {
      const { ino, dev } = fstatSync(fd);
      return { fd, ino, dev, generation: generationOf(fd, this.path) };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  #switch(next: OpenJournal): void {
    // A number that is closed while the system still syncs it could be another file's by then.
    if (this.#syncs > 0) this.#retired.push(this.#open.fd);
    else closeSync(this.#open.fd);
    this.#open = next;
    this.#moved = undefined;
    this.epoch += 1;
  }

  /** Another file is in place: the next of this journal, or nothing to go on with. */
  #follow(seen: (change: StateChange) => void): void {
    if (!this.#stale) this.#readNew(seen, fstatSync(this.#open.fd).size);
    const moved = this.#moved;
    const next = this.#openFile();
    try {
      if (next.generation <= this.#open.generation)
        throw new StorageFault(
          "replaced",
          `${this.path} is another file than the one that was open, and not what came after it. Put the right one back, or stop every process that uses it and start again.`,
        );
      // Whoever put it there may have died before its name was safe.
      syncFolderNow(dirname(this.path));
    } catch (error) {
      closeSync(next.fd);
      throw error;
    }
    this.#switch(next);
    if (this.#stale || moved?.generation !== next.generation) return this.#readAll(seen);
    this.end = moved.end;
    this.#journal.sum = moved.sum;
    this.#readNew(seen, fstatSync(next.fd).size);
  }

  #readAll(seen: (change: StateChange) => void = () => undefined): void {
    this.#stale = true;
    this.image = new StateImage();
    const { size } = fstatSync(this.#open.fd);
    const read = readLines(chunks(this.#open.fd, 0, size), this.image, { path: this.path }, (change) => {
      this.#note(change);
      seen(change);
    });
    this.end = 0;
    this.#took(read, size);
    this.#stale = false;
  }

  #readNew(seen: (change: StateChange) => void, size: number): void {
    if (size < this.end)
      throw new StorageFault(
        "replaced",
        `${this.path} is ${size} bytes long and should be ${this.end}: something else cut it.`,
      );
    if (size === this.end) return;
    this.#stale = true; // until all of it was read
    const from = { path: this.path, sum: this.#journal.sum };
    const read = readLines(chunks(this.#open.fd, this.end, size), this.image, from, (change) => {
      this.#note(change);
      seen(change);
    });
    this.#took(read, size);
    this.#stale = false;
  }

  #note(change: StateChange): void {
    if (change[0] === "moved") this.#moved = { generation: change[1], end: change[2], sum: change[3] };
  }

  /** What was read is this far; what follows the last whole line is of a process that died while it wrote. */
  #took(read: ReadJournal, size: number): void {
    this.end += read.goodBytes;
    this.#journal.sum = read.sum;
    if (size === this.end) return;
    ftruncateSync(this.#open.fd, this.end);
    this.repaired += size - this.end;
  }
}

/** The lines of changes, many at a time. */
function* parts(changes: Iterable<StateChange>, journal: StateJournal): Iterable<string> {
  let text = "";
  for (const change of changes) {
    text += journal.line(change);
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** The generation that the first line of a journal gives. */
function generationOf(fd: number, path: string): number {
  const start = Buffer.alloc(BASE_LINE);
  const line = start.subarray(0, start.subarray(0, readSync(fd, start, 0, BASE_LINE, 0)).indexOf("\n") + 1);
  let generation = -1;
  readLines([line], new StateImage(), { path }, (change) => {
    if (change[0] === "base") [, , , generation] = change;
  });
  return generation;
}

function* chunks(fd: number, from: number, to: number): Iterable<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, to - from));
  for (let at = from; at < to;) {
    const length = readSync(fd, buffer, 0, Math.min(buffer.length, to - at), at);
    if (length === 0) return;
    yield buffer.subarray(0, length);
    at += length;
  }
}

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const length = writeSync(fd, bytes, done, bytes.length - done, at + done);
    if (length <= 0)
      throw new StorageFault("full", "the system wrote nothing. Make room; writing is tried again with the next call.");
    done += length;
  }
}

function syncFolderNow(folder: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function tidy(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // the first error is the one to tell; whoever opens the store next deletes what is left
  }
}
