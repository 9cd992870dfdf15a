import { join } from "node:path";
import { checkpointText, formatCheckpoint, type TreeHead } from "../audit/checkpoint.js";
import type { MerkleFrontier } from "../audit/merkle.js";
import { atomicWrite } from "./atomic-write.js";
import type { AuditKey } from "./audit-key.js";
import { CHECKPOINT_FILE } from "./log-files.js";

/** Records may stay unsigned this long, milliseconds, and this many. */
const DELAY = 1000;
const RECORDS = 10_000;

export interface CheckpointerOptions {
  readonly folder: string;
  readonly origin: string;
  readonly key: AuditKey;
  readonly frontier: MerkleFrontier;
  /** How many records the checkpoint on disk vouches for. */
  readonly signed: number;
  /** Resolves when every record so far is on stable storage. */
  readonly barrier: () => Promise<void>;
}

/**
 * Signs the log as it grows: soon after the first record, then at most a second or some thousands of records
 * late, and at the end. Only what is on stable storage is signed: a checkpoint that vouches for records a power
 * cut took would make an honest log look cut back.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #signed: number;
  #first = true;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#signed = options.signed;
  }

  /** Records were written. */
  grown(): void {
    const unsigned = this.#options.frontier.size - this.#signed;
    if (this.#first || unsigned >= RECORDS) {
      this.#first = false;
      this.#later(0);
    } else this.#later(DELAY);
  }

  /** Signs what is there, now; rejects when it could not. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running?.catch(() => undefined);
    if (this.#options.frontier.size > this.#signed) await this.#write();
  }

  /** Signs what is there so far, once all of it is on stable storage. */
  async sign(): Promise<void> {
    if (this.#options.frontier.size > this.#signed) await this.#write();
  }

  #later(delay: number): void {
    if (this.#running !== undefined) return; // looks again when it is through
    if (this.#timer !== undefined) {
      if (delay > 0) return;
      clearTimeout(this.#timer);
    }
    this.#timer = setTimeout(() => this.#run(), delay);
    // A process that has nothing else to do may end; what it leaves unsigned is chained, and said.
    this.#timer.unref();
  }

  #run(): void {
    this.#timer = undefined;
    this.#running = this.#write()
      // The records are safe without it. It is tried again with the next ones, and `finish` tells if that fails.
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
        if (this.#options.frontier.size > this.#signed) this.#later(DELAY);
      });
  }

  /** Signs what is there, all of which the caller knows to be on stable storage. */
  signNow(): Promise<void> {
    const { frontier, origin } = this.#options;
    return this.#put({ origin, size: frontier.size, root: frontier.root() });
  }

  async #write(): Promise<void> {
    const { frontier, origin, barrier } = this.#options;
    const head = { origin, size: frontier.size, root: frontier.root() };
    await barrier();
    await this.#put(head);
  }

  /** One after the other, and never an older one over a newer. */
  #put(head: TreeHead): Promise<void> {
    const before = this.#last;
    const put = (async (): Promise<void> => {
      await before.catch(() => undefined);
      if (head.size <= this.#signed) return;
      await writeCheckpoint(this.#options.folder, head, this.#options.key);
      this.#signed = head.size;
    })();
    this.#last = put;
    return put;
  }
}

/** Signs a tree head and puts it in place of the one before. */
export async function writeCheckpoint(folder: string, head: TreeHead, key: AuditKey): Promise<void> {
  const text = checkpointText(head);
  await atomicWrite(
    join(folder, CHECKPOINT_FILE),
    formatCheckpoint(text, head.origin, key.publicKey, key.sign(text)),
    0o640,
  );
}
