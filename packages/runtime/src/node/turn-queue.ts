import type { Clock } from "../ports/clock.js";
import type { StateChange } from "../state/state-change.js";
import { DirtyKeys } from "./dirty-keys.js";
import { takeWithin, type KernelLock } from "./kernel-lock.js";
import type { SharedJournal } from "./shared-journal.js";
import { StorageFault, storageFault } from "./storage-fault.js";
import type { StoreMembers } from "./store-members.js";
import type { AnyTurn } from "./turn.js";

export interface TurnQueueOptions {
  readonly journal: SharedJournal;
  readonly lock: KernelLock;
  readonly members: StoreMembers;
  readonly clock: Clock;
  readonly maxQueued: number;
  readonly compactAt: number;
  /** Milliseconds to wait for another process that holds the lock. */
  readonly lockTimeout: number;
}

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const BATCH_BYTES = 4 * 1024 * 1024;
/** How often it is looked whether a process that holds places is gone, milliseconds. */
const LOOK_FOR_GONE = 1000;

/**
 * Gives many callers, of many processes, their turn on one store. What waits goes together: under the store's lock the
 * image catches up, the operations are made on it, and their changes are appended in one write. All that wait for
 * stable storage share one fdatasync, which runs beside further turns. Reading where nothing changed takes no lock.
 *
 * A write that fails is cut off and only its operations are refused. After a sync that failed nobody knows what the disk
 * holds, and a second one would report success (fsync(2), "Errors"): everything is refused until the store is opened anew.
 */
export class TurnQueue {
  readonly #options: TurnQueueOptions;
  readonly #dirty = new DirtyKeys();
  #queue: AnyTurn[] = [];
  #queuedBytes = 0;
  #waiting: AnyTurn[] = [];
  #synced: number;
  #epoch: number;
  #compactAt: number;
  #lookedForGone = performance.now();
  #pumping: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #poison: StorageFault | undefined;

  constructor(options: TurnQueueOptions) {
    const { journal, compactAt } = options;
    this.#options = options;
    this.#synced = journal.end;
    this.#epoch = journal.epoch;
    this.#compactAt = Math.max(compactAt, 1024);
  }

  add(turn: AnyTurn): void {
    const fault = this.#refusal(turn);
    if (fault !== undefined) {
      turn.failed(fault);
      return;
    }
    this.#queue.push(turn);
    this.#queuedBytes += turn.size;
    this.#pumping ??= this.#pump();
  }

  /** Waits until all that was added is answered. */
  async settle(): Promise<void> {
    while (this.#pumping !== undefined || this.#syncing !== undefined) {
      await this.#pumping;
      await this.#syncing;
    }
  }

  /** Runs a step under the lock, caught up and with nothing else under way. */
  async exclusive(step: () => void): Promise<void> {
    await this.settle();
    if (this.#poison !== undefined) throw this.#poison;
    await this.#takeLock();
    try {
      this.#catchUp();
      step();
    } finally {
      this.#options.lock.free();
    }
    await this.#options.journal.sync();
  }

  #refusal(turn: AnyTurn): StorageFault | undefined {
    if (this.#poison !== undefined) return this.#poison;
    const { maxQueued, journal } = this.#options;
    // What writes nothing only waits for what is already accepted.
    if (turn.size > 0 && (this.#queue.length >= maxQueued || this.#queuedBytes + turn.size > MAX_QUEUED_BYTES))
      return new StorageFault(
        "overloaded",
        `${journal.path}: ${this.#queue.length} writes are waiting, more are not accepted. Lower the number of calls at once, or use faster storage.`,
      );
    return undefined;
  }

  async #pump(): Promise<void> {
    // After the microtasks that are due: callers who were released together then share a batch.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (this.#queue.length > 0) {
      if (!this.#answerReaders()) await this.#work();
    }
    this.#pumping = undefined;
  }

  /** Where all that wait only read, and nothing changed, no lock is needed. */
  #answerReaders(): boolean {
    const { journal } = this.#options;
    if (this.#poison !== undefined || this.#queue.some((turn) => turn.size > 0)) return false;
    try {
      if (!journal.isCurrent()) return false;
    } catch {
      return false; // whatever it is, it is told under the lock
    }
    const batch = this.#take();
    for (const turn of batch) turn.apply(journal.image);
    this.#answer(batch);
    return true;
  }

  async #work(): Promise<void> {
    const { journal, lock } = this.#options;
    let batch: readonly AnyTurn[] = [];
    try {
      if (this.#poison !== undefined) throw this.#poison;
      await this.#takeLock();
      batch = this.#take();
      this.#catchUp();
      if (batch.some((turn) => turn.size > 0)) this.#settleGone();
      this.#write(batch);
    } catch (error) {
      lock.free();
      const fault = storageFault(error, journal.path);
      for (const turn of batch.length > 0 ? batch : this.#take()) turn.failed(fault);
      return;
    }
    this.#answer(batch);
    if (journal.end >= this.#compactAt) await this.#compact();
    lock.free();
  }

  async #takeLock(): Promise<void> {
    const { lock, lockTimeout, journal } = this.#options;
    if (!lock.tryTake()) await takeWithin(lock, lockTimeout, journal.path);
  }

  #take(): readonly AnyTurn[] {
    let bytes = 0;
    let count = 0;
    for (const turn of this.#queue) {
      if (count > 0 && bytes + turn.size > BATCH_BYTES) break;
      bytes += turn.size;
      count += 1;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  #catchUp(): void {
    const { journal } = this.#options;
    const theirs: StateChange[] = [];
    journal.catchUp((change) => theirs.push(change));
    for (const change of theirs) this.#dirty.add(change, journal.end);
    if (journal.epoch !== this.#epoch) this.#moved();
  }

  /** Another file is in place. What it began with is on stable storage; what came after may not be. */
  #moved(): void {
    const { journal } = this.#options;
    this.#epoch = journal.epoch;
    this.#synced = 0;
    this.#dirty.moved(journal.end);
    this.#compactAt = Math.max(this.#options.compactAt, 1024, journal.end * 4);
  }

  /** What processes that are gone had reserved counts as started. Looked for now and then, for it asks the system. */
  #settleGone(): void {
    const { journal, members, clock } = this.#options;
    if (performance.now() - this.#lookedForGone < LOOK_FOR_GONE) return;
    this.#lookedForGone = performance.now();
    settleGone(journal, members, members.gone(journal.image.limits.owners()), clock.now());
  }

  #write(batch: readonly AnyTurn[]): void {
    const { journal } = this.#options;
    const undos: (() => void)[] = [journal.mark()];
    const waitedFor: StateChange[] = [];
    let text = "";
    for (const turn of batch) {
      const { change, undo } = turn.apply(journal.image);
      if (undo !== undefined) undos.push(undo);
      if (change === undefined) continue;
      text += journal.line(change);
      if (turn.until === "durable") waitedFor.push(change);
    }
    if (text === "") return;
    try {
      journal.write(text);
    } catch (error) {
      for (const undo of undos.toReversed()) undo();
      throw error;
    }
    for (const change of waitedFor) this.#dirty.add(change, journal.end);
  }

  #answer(batch: readonly AnyTurn[]): void {
    for (const turn of batch) {
      if (this.#mustWait(turn)) this.#waiting.push(turn);
      else turn.done();
    }
    if (this.#waiting.length > 0) this.#syncing ??= this.#sync();
  }

  #mustWait({ until }: AnyTurn): boolean {
    if (until === "written") return false;
    return until === "durable" ? this.#options.journal.end > this.#synced : until(this.#dirty);
  }

  async #sync(): Promise<void> {
    const { journal } = this.#options;
    while (this.#waiting.length > 0 && this.#poison === undefined) {
      const batch = this.#waiting;
      this.#waiting = [];
      const { end, epoch } = journal;
      try {
        await journal.sync();
      } catch (error) {
        const why = storageFault(error, journal.path);
        const fault = new StorageFault(
          "unavailable",
          `${journal.path}: the storage did not confirm a write, so what it holds is not known (${why.message}) Nothing more is accepted until it is opened again.`,
          { cause: error },
        );
        for (const turn of batch) turn.failed(fault);
        this.#fail(fault);
        break;
      }
      if (epoch === journal.epoch && epoch === this.#epoch) {
        this.#synced = Math.max(this.#synced, end);
        this.#dirty.synced(end);
      }
      for (const turn of batch) turn.done();
    }
    this.#syncing = undefined;
  }

  #fail(fault: StorageFault): void {
    this.#poison ??= fault;
    for (const turn of this.#waiting.splice(0)) turn.failed(fault);
  }

  /** Under the lock. Where it cannot be done the old journal is whole and goes on; it is tried again when that has doubled. */
  async #compact(): Promise<void> {
    const { journal } = this.#options;
    try {
      await journal.compact();
    } catch (error) {
      this.#compactAt = journal.end * 2;
      // The new one is in place, and a crash of the machine could still bring the old one back.
      if (journal.epoch !== this.#epoch) this.#fail(storageFault(error, journal.path));
    }
    if (journal.epoch === this.#epoch) return;
    this.#moved();
    this.#synced = journal.end;
    this.#dirty.synced(journal.end);
  }
}

/** Counts what they had reserved as started, for good, and deletes their files. Under the lock, caught up. */
export function settleGone(journal: SharedJournal, members: StoreMembers, gone: readonly string[], now: number): void {
  const holding = journal.image.limits.owners();
  for (const name of gone) {
    if (holding.has(name)) {
      const text = journal.line(journal.image.adopt(name, now));
      try {
        journal.write(text);
      } catch (error) {
        journal.discard(); // the image holds what the file does not
        throw error;
      }
    }
    members.forget(name);
  }
}
