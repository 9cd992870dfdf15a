import { requireFolder, requireKnown } from "../known-options.js";
import { join, resolve } from "node:path";
import type { Json } from "@writ/ir";
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
import { atomicWrite, syncFolder } from "./atomic-write.js";
import { kernelLocks, takeWithin, type KernelLock } from "./kernel-lock.js";
import { fileSize, prepareFolder, removeLeftovers } from "./locked-file.js";
import { bootIdentity } from "./process-identity.js";
import { SharedJournal } from "./shared-journal.js";
import { StateJournal } from "./state-journal.js";
import { stateError } from "./storage-fault.js";
import { StoreMembers } from "./store-members.js";
import { Turn, type Until } from "./turn.js";
import { settleGone, TurnQueue } from "./turn-queue.js";

export interface FileStoreOptions {
  /** How many operations may wait before further ones are refused; 10,000 by default. */
  readonly maxQueued?: number;
  /** The journal is rewritten as a snapshot when it is this many bytes long, and four times the last snapshot; 4 MiB by default. */
  readonly compactAt?: number;
  /** Milliseconds to wait for another process that holds the store, before what waits is refused; 10,000 by default. */
  readonly lockTimeout?: number;
  /** Time at which reservations left open by a process that died count as started. */
  readonly clock?: Clock;
}

const OPTIONS: { readonly [Option in keyof Required<FileStoreOptions>]: true } = {
  maxQueued: true,
  compactAt: true,
  lockTimeout: true,
  clock: true,
};

/** A store in a folder. */
export interface FileStore extends StateStore {
  /** An incomplete last line that a crash had left and that opening cut off, its length in bytes. */
  readonly repaired?: { readonly bytes: number };
}

const JOURNAL = "state.jsonl";
const LOCK = "state.lock";

/**
 * Opens the state store in a folder, or begins one: a journal of changes, each line with a checksum, over an image
 * in memory. Any number of processes of one machine may use it at once, and agree. `compareAndSet` and `forget` are on
 * stable storage when they resolve, all else after `sync`. What a process that died had reserved counts as started, and
 * what it ran has ended, from when another looks: at opening, and within a second of the next operation.
 * Throws a `StateError`: `state_locked`, `state_corrupt`, `state_read_only`, `state_full`, `state_unavailable`.
 */
export async function fileStore(folder: string, options: FileStoreOptions = {}): Promise<FileStore> {
  requireFolder("fileStore", folder);
  requireKnown("fileStore", options, OPTIONS);
  const location = resolve(folder);
  const undo: (() => void)[] = [];
  try {
    await prepareFolder(location);
    const openLock = await kernelLocks();
    const lock = openLock(join(location, LOCK));
    undo.push(() => lock.close());
    const { lockTimeout = 10_000, clock = systemClock, maxQueued = 10_000, compactAt = 4 * 1024 * 1024 } = options;
    await takeWithin(lock, lockTimeout, location);
    const path = join(location, JOURNAL);
    await removeLeftovers(location, [JOURNAL]);
    if ((await fileSize(path)) === undefined)
      await atomicWrite(path, new StateJournal().line(["base", 0, 0, 0]), 0o640);
    const journal = new SharedJournal(path);
    undo.push(() => journal.close());
    const members = new StoreMembers(location, openLock);
    undo.push(() => members.leave());
    const gone = members.gone([...members.everybody(), ...journal.image.limits.owners()]);
    settleGone(journal, members, gone, clock.now());
    await journal.sync();
    await syncFolder(location);
    const queue = new TurnQueue({ journal, lock, members, clock, maxQueued, compactAt, lockTimeout });
    lock.free();
    return new JournalStore({ location, journal, lock, members, queue, clock });
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw stateError(error, location);
  }
}

interface Opened {
  readonly location: string;
  readonly journal: SharedJournal;
  readonly lock: KernelLock;
  readonly members: StoreMembers;
  readonly queue: TurnQueue;
  readonly clock: Clock;
}

class JournalStore implements FileStore {
  readonly location: string;
  readonly incarnation = bootIdentity();
  readonly repaired?: { readonly bytes: number };
  readonly #opened: Opened;
  #closing: Promise<void> | undefined;

  constructor(opened: Opened) {
    this.location = opened.location;
    this.#opened = opened;
    const { repaired } = opened.journal;
    if (repaired > 0) this.repaired = { bytes: repaired };
  }

  async get(key: string): Promise<Versioned | undefined> {
    checkText(key, "A key");
    return this.#do(
      (dirty) => dirty.has(key),
      0,
      (image) => ({ answer: image.get(key) }),
    );
  }

  async list(prefix: string): Promise<readonly Listed[]> {
    checkText(prefix, "A prefix");
    return this.#do(
      (dirty) => dirty.hasAny(prefix),
      0,
      (image) => ({ answer: image.list(prefix) }),
    );
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
    return this.#do("written", 0, (image) => ({ answer: image.read(key, from) }));
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
    return this.#do("written", size, (image) => image.reserve(id, copied, now, this.#opened.members.name));
  }

  async commit(id: string, now: number): Promise<void> {
    checkText(id, "An id");
    checkTime(now);
    // The reservation is what counts where this is lost; `sync` is for who must wait.
    await this.#do("written", 128 + id.length, (image) => image.commit(id, now));
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
    const { queue, journal, members, lock, clock, location } = this.#opened;
    try {
      await queue.settle();
      // Nothing that is reserved can start any more; that it did not is not known here.
      await queue.exclusive(() => settleGone(journal, members, [members.name], clock.now()));
    } catch (error) {
      throw stateError(error, location);
    } finally {
      members.leave();
      journal.close();
      lock.close();
    }
  }

  #do<T>(until: Until, size: number, run: (image: StateImage) => Applied<T>): Promise<T> {
    if (this.#closing !== undefined)
      return Promise.reject(new StateError("state_closed", `The state store ${this.location} was closed.`));
    return new Promise((done, failed) => this.#opened.queue.add(new Turn(until, size, run, done, failed)));
  }
}
