import { randomBytes } from "node:crypto";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemClock, type Clock } from "../ports/clock.js";
import type { LimitClaim, Listed, LogPart, Reservation, StateStore, Versioned } from "../ports/state-store.js";
import { StateError } from "../state/state-error.js";
import type { Applied, StateImage } from "../state/state-image.js";
import {
  checkClaims,
  checkPosition,
  checkPrefix,
  checkText,
  checkTime,
  checkValue,
  checkValues,
  checkVersion,
} from "../state/state-input.js";
import type { Json } from "@writ/ir";
import { atomicWrite, syncFolder } from "./atomic-write.js";
import { lockFolder, type FileLock } from "./file-lock.js";
import { GroupCommit, type Entry } from "./group-commit.js";
import { batchCheck, fileSize, openFile, prepareFolder, removeLeftovers } from "./locked-file.js";
import { readJournal, StateJournal } from "./state-journal.js";
import { stateError, type StorageFault } from "./storage-fault.js";
import { readBytes } from "./log-files.js";

export interface FileStoreOptions {
  /** How many operations may wait before further ones are refused; 10,000 by default. */
  readonly maxQueued?: number;
  /** The journal is rewritten as a snapshot when it is this many bytes long, and four times the last snapshot; 4 MiB by default. */
  readonly compactAt?: number;
  /** Time at which reservations left open by a crash count as started. */
  readonly clock?: Clock;
}

/** A store in a folder. */
export interface FileStore extends StateStore {
  /** An incomplete last line that a crash had left and that opening cut off, its length in bytes. */
  readonly repaired?: { readonly bytes: number };
}

const JOURNAL = "state.jsonl";
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Opens the state store in a folder, or begins one: a journal of changes, each line with a checksum, over an image
 * in memory. One process at a time. `compareAndSet` and `commit` are on stable storage when they resolve; a
 * reservation that a crash loses is of a call that never started. Throws a `StateError`: `state_locked`,
 * `state_corrupt`, `state_read_only`, `state_full`, `state_unavailable`.
 */
export async function fileStore(folder: string, options: FileStoreOptions = {}): Promise<FileStore> {
  const location = resolve(folder);
  let lock: FileLock | undefined;
  try {
    await prepareFolder(location);
    lock = await lockFolder(location);
    await removeLeftovers(location, [JOURNAL]);
    return await openStore(location, lock, options);
  } catch (error) {
    await lock?.release().catch(() => undefined); // the first error is the one to tell
    throw stateError(error, location);
  }
}

async function openStore(location: string, lock: FileLock, options: FileStoreOptions): Promise<FileStore> {
  const path = join(location, JOURNAL);
  if ((await fileSize(path)) === undefined) await atomicWrite(path, new StateJournal().line(["base", 0, 0]), 0o640);
  const length = (await fileSize(path)) ?? 0;
  const { image, sum, goodBytes } = await readJournal(readBytes(path), path);
  const file = await openFile(path);
  try {
    if (length > goodBytes) await file.truncate(goodBytes);
    await file.sync();
    const store = new JournalStore({
      location,
      path,
      lock,
      file,
      image,
      sum,
      end: goodBytes,
      repaired: length - goodBytes,
      options,
    });
    await store.adopt((options.clock ?? systemClock).now());
    return store;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

class Operation<T> implements Entry {
  readonly until: Entry["until"];
  readonly size: number;
  readonly #run: (image: StateImage) => Applied<T>;
  readonly #resolve: (answer: T) => void;
  readonly #reject: (error: unknown) => void;
  #outcome: { readonly answer: T } | { readonly error: unknown } | undefined;

  constructor(
    until: Entry["until"],
    size: number,
    run: (image: StateImage) => Applied<T>,
    done: (answer: T) => void,
    failed: (error: unknown) => void,
  ) {
    this.until = until;
    this.size = size;
    this.#run = run;
    this.#resolve = done;
    this.#reject = failed;
  }

  /** Does it on the image; a refusal is this caller's alone and not the batch's. */
  apply(image: StateImage): Omit<Applied<T>, "answer"> {
    try {
      const applied = this.#run(image);
      this.#outcome = { answer: applied.answer };
      return applied;
    } catch (error) {
      this.#outcome = { error };
      return {};
    }
  }

  done(): void {
    const outcome = this.#outcome;
    if (outcome !== undefined && "answer" in outcome) this.#resolve(outcome.answer);
    else this.#reject(outcome?.error);
  }

  failed(fault: StorageFault): void {
    this.#reject(stateError(fault, ""));
  }
}

/** What group commit sees of an operation, whatever it answers. */
type AnyOperation = Entry & { apply(image: StateImage): Omit<Applied<unknown>, "answer"> };

interface Opened {
  readonly location: string;
  readonly path: string;
  readonly lock: FileLock;
  readonly file: FileHandle;
  readonly image: StateImage;
  readonly sum: string;
  readonly end: number;
  readonly repaired: number;
  readonly options: FileStoreOptions;
}

class JournalStore implements FileStore {
  readonly location: string;
  readonly repaired?: { readonly bytes: number };
  readonly #opened: Opened;
  readonly #image: StateImage;
  readonly #commit: GroupCommit<AnyOperation>;
  readonly #journal = new StateJournal();
  #check: () => void;
  #compactAt: number;
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    const { location, path, file, end, image, options } = opened;
    this.location = location;
    if (opened.repaired > 0) this.repaired = { bytes: opened.repaired };
    this.#opened = opened;
    this.#image = image;
    this.#journal.sum = opened.sum;
    this.#compactAt = Math.max(options.compactAt ?? 4 * 1024 * 1024, 1024);
    this.#check = this.#checkOf(file);
    this.#commit = new GroupCommit({
      file,
      end,
      name: path,
      maxEntries: options.maxQueued ?? 10_000,
      maxBytes: MAX_QUEUED_BYTES,
      seal: (batch) => this.#seal(batch),
      check: () => this.#check(),
    });
  }

  #checkOf(file: FileHandle): () => void {
    const { path, location, lock } = this.#opened;
    return batchCheck(path, location, file.fd, lock, () => this.#commit.end);
  }

  async adopt(now: number): Promise<void> {
    await this.#do("durable", 64, (image) => {
      const change = image.adopt(now);
      return change === undefined ? { answer: undefined } : { answer: undefined, change };
    });
  }

  async get(key: string): Promise<Versioned | undefined> {
    checkText(key, "A key");
    return this.#do("settled", 0, (image) => ({ answer: image.get(key) }));
  }

  async list(prefix: string): Promise<readonly Listed[]> {
    checkText(prefix, "A prefix");
    return this.#do("settled", 0, (image) => ({ answer: image.list(prefix) }));
  }

  async compareAndSet(
    key: string,
    expected: number | undefined,
    value: Json | undefined,
    { durable = true }: { readonly durable?: boolean } = {},
  ): Promise<boolean> {
    checkText(key, "A key");
    checkVersion(expected);
    const copied = value === undefined ? undefined : checkValue(value);
    const size = 128 + key.length + (copied === undefined ? 0 : JSON.stringify(copied).length);
    return this.#do(durable ? "durable" : "written", size, (image) => image.compareAndSet(key, expected, copied));
  }

  async append(key: string, values: readonly Json[]): Promise<number> {
    checkText(key, "A key");
    const copied = checkValues(values);
    const size = 128 + key.length + JSON.stringify(copied).length;
    return this.#do("written", size, (image) => image.append(key, copied));
  }

  async read(key: string, from = 0): Promise<LogPart> {
    checkText(key, "A key");
    checkPosition(from);
    return this.#do("settled", 0, (image) => ({ answer: image.read(key, from) }));
  }

  async drop(key: string, before = Number.MAX_SAFE_INTEGER): Promise<void> {
    checkText(key, "A key");
    checkPosition(before);
    await this.#do("written", 128 + key.length, (image) => image.drop(key, before));
  }

  async forget(prefix: string): Promise<void> {
    checkPrefix(prefix);
    await this.#do("durable", 128 + prefix.length, (image) => image.forget(prefix));
  }

  async sync(): Promise<void> {
    await this.#do("durable", 0, () => ({ answer: undefined }));
  }

  async reserve(id: string, claims: readonly LimitClaim[], now: number): Promise<Reservation> {
    checkText(id, "An id");
    checkTime(now);
    const copied = checkClaims(claims);
    const size = copied.reduce(
      (sum, { key, takes }) => sum + key.length + 32 + (takes === undefined ? 0 : JSON.stringify(takes).length),
      128 + id.length,
    );
    return this.#do("written", size, (image) => image.reserve(id, copied, now));
  }

  async commit(id: string, now: number): Promise<void> {
    checkText(id, "An id");
    checkTime(now);
    await this.#do("durable", 128 + id.length, (image) => image.commit(id, now));
  }

  async release(id: string): Promise<void> {
    checkText(id, "An id");
    await this.#do("written", 128 + id.length, (image) => image.release(id));
  }

  async finish(id: string): Promise<void> {
    checkText(id, "An id");
    await this.#do("written", 128 + id.length, (image) => image.finish(id));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#commit.close();
    } catch (error) {
      throw stateError(error, this.location);
    } finally {
      await this.#opened.lock.release();
    }
  }

  #do<T>(until: Entry["until"], size: number, run: (image: StateImage) => Applied<T>): Promise<T> {
    if (this.#closing !== undefined)
      return Promise.reject(new StateError("state_closed", `The state store ${this.location} was closed.`));
    return new Promise((done, failed) => this.#commit.add(new Operation(until, size, run, done, failed)));
  }

  #seal(batch: readonly AnyOperation[]): { text: string; written: () => void; undo: () => void } {
    const { sum } = this.#journal;
    const undos: (() => void)[] = [];
    let text = "";
    for (const operation of batch) {
      const { change, undo } = operation.apply(this.#image);
      if (change !== undefined) text += this.#journal.line(change);
      if (undo !== undefined) undos.push(undo);
    }
    return {
      text,
      written: () => {
        if (this.#commit.end >= this.#compactAt) this.#commit.replace(() => this.#compact());
      },
      undo: () => {
        for (const undo of undos.toReversed()) undo();
        this.#journal.sum = sum;
      },
    };
  }

  /** Writes the present state as a new journal and puts it in place of the old one; keeps the old one if it cannot. */
  async #compact(): Promise<{ readonly file: FileHandle; readonly end: number } | undefined> {
    const { path, location, options } = this.#opened;
    const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    let file: FileHandle | undefined;
    try {
      const journal = new StateJournal();
      let end = 0;
      file = await open(temporary, "wx+", 0o640);
      for (const change of this.#image.snapshot()) {
        const bytes = Buffer.from(journal.line(change));
        for (let done = 0; done < bytes.length;)
          done += (await file.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
        end += bytes.length;
      }
      await file.sync();
      await rename(temporary, path);
      await syncFolder(location);
      this.#journal.sum = journal.sum;
      this.#check = this.#checkOf(file);
      this.#compactAt = Math.max(options.compactAt ?? 4 * 1024 * 1024, 1024, end * 4);
      return { file, end };
    } catch {
      // No space, perhaps: the old journal is whole and goes on. It is tried again when that has doubled. If the new
      // one is in place already and only its name is not safe, the check before each batch refuses from here on.
      this.#compactAt = this.#commit.end * 2;
      await file?.close().catch(() => undefined);
      await unlink(temporary).catch(() => undefined);
      return undefined;
    }
  }
}
