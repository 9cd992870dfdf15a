import { StorageFault, storageFault } from "./storage-fault.js";

/** What group commit needs of an open file; a `FileHandle` is one. */
export interface JournalFile {
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  /** The same of a whole buffer, before it returns how many bytes were written: for a few of them, which the system only copies. */
  writeNow?(buffer: Uint8Array, position: number): number;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Something waiting for its place in the file.
 * `written`: done when the system has it. `durable`: done when it is on stable storage.
 */
export interface Entry {
  readonly until: "written" | "durable";
  /** Bytes it will take, about. */
  readonly size: number;
  /** Called once, when it is where it should be. */
  done(): void;
  /** Called once, instead. */
  failed(fault: StorageFault): void;
}

/** The text of a batch, and what becomes of it. */
export interface SealedBatch {
  readonly text: string;
  /** The text is in the file. */
  written(): void;
  /** It is not, and the file is as it was. */
  undo(): void;
}

export interface GroupCommitOptions<E extends Entry> {
  readonly file: JournalFile;
  /** Where the next byte goes. */
  readonly end: number;
  /** Name of the file, for messages. */
  readonly name: string;
  /** Called when a batch's turn has come, so that what depends on the order is made in that order. */
  readonly seal: (batch: readonly E[]) => SealedBatch;
  /** Called before each batch: throws a fault when nothing may be written now. */
  readonly check: () => void;
  /** Called once, when nothing will be accepted any more; a `replace` that waits is not run then. */
  readonly failed?: (fault: StorageFault) => void;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const BATCH_BYTES = 4 * 1024 * 1024;
/** So many bytes the system copies in less time than another thread takes to begin. */
const AT_ONCE = 64 * 1024;

/**
 * Appends to one file for many callers. What waits while a write is under way goes into the next one together, and
 * all that wait for stable storage share one fdatasync, which runs beside further writes: natural batching, which
 * beats a timer in throughput and delay. The event loop waits for no disk: only a small write, while no sync is under way
 * that it might have to wait for, is made without another thread.
 *
 * A write that fails or stops short is cut off again and only its batch is refused. After a sync that failed
 * nobody knows what the disk holds, and a second sync would report success (fsync(2), "Errors"): everything is
 * refused until the file is opened anew.
 */
export class GroupCommit<E extends Entry> {
  readonly #options: GroupCommitOptions<E>;
  #file: JournalFile;
  #queue: E[] = [];
  #queuedBytes = 0;
  #waiting: E[] = [];
  #end: number;
  #synced: number;
  #pumping = false;
  #syncing: Promise<void> | undefined;
  #poison: StorageFault | undefined;
  #closed = false;
  #exclusive: (() => Promise<void>) | undefined;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<E>) {
    this.#options = options;
    this.#file = options.file;
    this.#end = options.end;
    this.#synced = options.end;
  }

  /** Length of the file. */
  get end(): number {
    return this.#end;
  }

  /** Why nothing is accepted any more, if so. */
  get poison(): StorageFault | undefined {
    return this.#poison;
  }

  add(entry: E): void {
    const fault = this.#refusal(entry);
    if (fault !== undefined) {
      entry.failed(fault);
      return;
    }
    this.#queue.push(entry);
    this.#queuedBytes += entry.size;
    this.#start();
  }

  /**
   * Runs `change` while nothing is being written or synced, to put another file in place; what it rejects with means
   * that nothing more may be written. It must leave nothing in the old file that is not on stable storage.
   */
  replace(change: () => Promise<{ readonly file: JournalFile; readonly end: number } | undefined>): void {
    this.#exclusive = async () => {
      await this.#syncing;
      if (this.#poison !== undefined) return;
      const next = await this.#changed(change);
      if (next === undefined) return;
      const old = this.#file;
      this.#file = next.file;
      this.#end = next.end;
      this.#synced = next.end;
      await old.close().catch(() => undefined); // nothing is in it that the new one has not
    };
    this.#start();
  }

  async #changed<T>(change: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await change();
    } catch (error) {
      this.#fail(storageFault(error, this.#options.name));
      return undefined;
    }
  }

  /** Accepts nothing more, waits for what was accepted, syncs, closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#settle();
    try {
      if (this.#poison === undefined && this.#end > this.#synced) await this.#file.datasync();
    } catch (error) {
      throw storageFault(error, this.#options.name);
    } finally {
      await this.#file.close();
    }
  }

  async #settle(): Promise<void> {
    while (this.#pumping || this.#syncing !== undefined) {
      if (this.#pumping) await new Promise<void>((resolve) => this.#idle.push(resolve));
      await this.#syncing;
    }
  }

  #refusal(entry: E): StorageFault | undefined {
    if (this.#closed) return new StorageFault("closed", `${this.#options.name} was closed.`);
    if (this.#poison !== undefined) return this.#poison;
    const { maxEntries, maxBytes, name } = this.#options;
    // What writes nothing only waits for what is already accepted.
    if (entry.size > 0 && (this.#queue.length >= maxEntries || this.#queuedBytes + entry.size > maxBytes)) {
      return new StorageFault(
        "overloaded",
        `${name}: ${this.#queue.length} writes are waiting, more are not accepted. Lower the number of calls at once, or use faster storage.`,
      );
    }
    return undefined;
  }

  #start(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // After the microtasks that are due: callers who were released together then share a batch.
    process.nextTick(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0 || this.#exclusive !== undefined) {
      const exclusive = this.#exclusive;
      this.#exclusive = undefined;
      if (exclusive !== undefined) await exclusive();
      const batch = this.#take();
      if (batch.length > 0) await this.#write(batch);
    }
    this.#pumping = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(): readonly E[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      if (count > 0 && bytes + entry.size > BATCH_BYTES) break;
      bytes += entry.size;
      count += 1;
    }
    this.#queuedBytes -= bytes;
    if (count < this.#queue.length) return this.#queue.splice(0, count);
    const batch = this.#queue;
    this.#queue = [];
    return batch;
  }

  async #write(batch: readonly E[]): Promise<void> {
    let sealed: SealedBatch | undefined;
    try {
      if (this.#poison !== undefined) throw this.#poison;
      this.#options.check();
      sealed = this.#options.seal(batch);
      if (sealed.text !== "") await this.#append(Buffer.from(sealed.text));
    } catch (error) {
      sealed?.undo();
      const fault = storageFault(error, this.#options.name);
      for (const entry of batch) entry.failed(fault);
      return;
    }
    if (!this.#booked(sealed)) {
      for (const entry of batch) entry.failed(this.#poison ?? new StorageFault("unavailable", this.#options.name));
      return;
    }
    for (const entry of batch) {
      if (entry.until === "written" || this.#isSettled()) entry.done();
      else this.#waiting.push(entry);
    }
    if (this.#waiting.length > 0) this.#syncing ??= this.#sync();
  }

  /** An owner that fails to note what was written has wrong books: nothing may be appended to them. */
  #booked(sealed: SealedBatch): boolean {
    try {
      sealed.written();
      return true;
    } catch (error) {
      this.#fail(
        new StorageFault("unavailable", `${this.#options.name}: a fault inside Writ. Open it again.`, { cause: error }),
      );
      return false;
    }
  }

  #isSettled(): boolean {
    if (this.#waiting.length > 0 || this.#syncing !== undefined) return false;
    return this.#end === this.#synced;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const start = this.#end;
    try {
      for (let done = this.#atOnce(bytes, start); done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, start + done);
        if (bytesWritten <= 0)
          throw new StorageFault(
            "full",
            `${this.#options.name}: the system wrote nothing. Make room; writing is tried again with the next call.`,
          );
        done += bytesWritten;
      }
      if (this.#poison !== undefined) throw this.#poison; // a sync failed meanwhile
      this.#end = start + bytes.length;
    } catch (error) {
      await this.#cut(start);
      throw error;
    }
  }

  /** How many of the bytes were written at once. */
  #atOnce(bytes: Uint8Array, start: number): number {
    if (bytes.length > AT_ONCE || this.#syncing !== undefined) return 0;
    return this.#file.writeNow?.(bytes, start) ?? 0;
  }

  async #cut(length: number): Promise<void> {
    try {
      await this.#file.truncate(length);
    } catch (error) {
      this.#fail(
        new StorageFault(
          "unavailable",
          `${this.#options.name}: a write failed and could not be taken back. Open it again when the storage works.`,
          { cause: error },
        ),
      );
    }
  }

  async #sync(): Promise<void> {
    while (this.#waiting.length > 0 && this.#poison === undefined) {
      const batch = this.#waiting;
      this.#waiting = [];
      const end = this.#end;
      if (end > this.#synced && batch.some((entry) => entry.until === "durable")) {
        try {
          await this.#file.datasync();
          this.#synced = end;
        } catch (error) {
          const why = storageFault(error, this.#options.name);
          const fault = new StorageFault(
            "unavailable",
            `${this.#options.name}: the storage did not confirm a write, so what it holds is not known (${why.message}) Nothing more is accepted until it is opened again.`,
            { cause: error },
          );
          for (const entry of batch) entry.failed(fault);
          this.#fail(fault);
          break;
        }
      }
      for (const entry of batch) entry.done();
    }
    this.#syncing = undefined;
  }

  #fail(fault: StorageFault): void {
    if (this.#poison === undefined) this.#options.failed?.(fault);
    this.#poison ??= fault;
    for (const entry of this.#waiting.splice(0)) entry.failed(fault);
  }
}
