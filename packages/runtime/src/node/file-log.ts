import { AuditError } from "../audit/audit-error.js";
import type { DoubtfulTracker } from "../audit/doubtful.js";
import { encodeOwnRecord, encodeRecord, sealRecord, type EncodedRecord } from "../audit/encode-record.js";
import type { MerkleFrontier } from "../audit/merkle.js";
import type { LogRecord, RecordBody } from "../audit/record.js";
import type { Appended, DoubtfulCall } from "../ports/audit-sink.js";
import { systemClock, type Clock } from "../ports/clock.js";
import { Checkpointer } from "./checkpointer.js";
import type { FileAudit } from "./file-audit.js";
import type { FileLock } from "./file-lock.js";
import { GroupCommit, type Entry, type JournalFile, type SealedBatch } from "./group-commit.js";
import { batchCheck } from "./locked-file.js";
import type { SegmentFile } from "./log-files.js";
import { beginSegment } from "./new-segment.js";
import type { OpenedLog } from "./open-audit.js";
import { auditError, type StorageFault } from "./storage-fault.js";

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** After a segment could not be begun, so many further bytes come before it is tried again. */
const RETRY_BYTES = 1024 * 1024;

type Body = RecordBody | LogRecord;

class LogEntry implements Entry {
  readonly until: "written" | "durable";
  readonly size: number;
  readonly body: Body | undefined;
  readonly record: EncodedRecord | undefined;
  appended: Appended = { seq: 0, hash: "" };
  readonly #resolve: (appended: Appended) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    body: Body | undefined,
    record: EncodedRecord | undefined,
    durable: boolean,
    done: (appended: Appended) => void,
    failed: (error: unknown) => void,
  ) {
    this.body = body;
    this.record = record;
    this.size = record === undefined ? 0 : record.bytes + 160;
    this.until = durable ? "durable" : "written";
    this.#resolve = done;
    this.#reject = failed;
  }

  done(): void {
    this.#resolve(this.appended);
  }

  failed(fault: StorageFault): void {
    this.#reject(auditError(fault, ""));
  }
}

/** An open log: gives records their places, writes them in batches, signs the tree, begins further segments. */
export class FileLog implements FileAudit {
  readonly location: string;
  readonly durability = "file";
  readonly doubtful: readonly DoubtfulCall[];
  readonly repaired?: { readonly bytes: number };
  readonly #tracker: DoubtfulTracker;
  readonly #frontier: MerkleFrontier;
  readonly #lock: FileLock;
  readonly #clock: Clock;
  readonly #limits: { readonly bytes: number; readonly age: number };
  readonly #commit: GroupCommit<LogEntry>;
  readonly #checkpoints: Checkpointer;
  #segment: SegmentFile;
  #file: JournalFile;
  #check: () => void;
  /** When the segment's first record was made; undefined while it has none. */
  #began: number | undefined;
  #rotateAt: number;
  #seq: number;
  #prev: string;
  #closing: Promise<void> | undefined;

  constructor(
    location: string,
    opened: OpenedLog,
    lock: FileLock,
    limits: { readonly maxQueued: number; readonly bytes: number; readonly age: number },
    clock: Clock,
  ) {
    const { file, chain, key, origin, signed, segment, tracker, began } = opened;
    this.location = location;
    this.doubtful = tracker.result();
    if (opened.repairedBytes > 0) this.repaired = { bytes: opened.repairedBytes };
    this.#tracker = tracker;
    this.#frontier = chain.frontier;
    this.#lock = lock;
    this.#clock = clock;
    this.#limits = limits;
    this.#segment = segment;
    this.#file = file;
    this.#began = began;
    this.#rotateAt = limits.bytes;
    this.#seq = chain.lines;
    this.#prev = chain.tip;
    const path = (): string => this.#segment.path;
    this.#commit = new GroupCommit({
      file,
      end: chain.goodBytes,
      get name() {
        return path();
      },
      maxEntries: limits.maxQueued,
      maxBytes: MAX_QUEUED_BYTES,
      seal: (batch) => this.#seal(batch),
      check: () => this.#check(),
    });
    this.#check = batchCheck(segment.path, location, file.fd, lock, () => this.#commit.end);
    this.#checkpoints = new Checkpointer({
      folder: location,
      origin,
      key,
      signed,
      frontier: chain.frontier,
      barrier: async () => void (await this.#add(undefined, undefined, true)),
    });
  }

  async append(body: RecordBody, options: { readonly durable: boolean }): Promise<Appended> {
    if (this.#closing !== undefined) throw new AuditError("audit_closed", `The audit log ${this.location} was closed.`);
    return this.#add(body, encodeRecord(body), options.durable);
  }

  #add(body: Body | undefined, record: EncodedRecord | undefined, durable: boolean): Promise<Appended> {
    return new Promise((done, failed) => this.#commit.add(new LogEntry(body, record, durable, done, failed)));
  }

  /** Numbers and links are given here, in the order of writing, so that a batch that fails leaves no gap. */
  #seal(batch: readonly LogEntry[]): SealedBatch {
    let seq = this.#seq;
    let prev = this.#prev;
    let text = "";
    const sealed: LogEntry[] = [];
    for (const entry of batch) {
      if (entry.record === undefined) continue;
      const { hash, line } = sealRecord(entry.record, seq, prev);
      entry.appended = { seq, hash };
      sealed.push(entry);
      text += line;
      prev = hash;
      seq += 1;
    }
    return { text, written: () => this.#written(sealed), undo: () => undefined };
  }

  #written(entries: readonly LogEntry[]): void {
    for (const { body, appended } of entries) {
      this.#frontier.append(appended.hash);
      if (body !== undefined) this.#observe(body, appended.seq);
      this.#seq = appended.seq + 1;
      this.#prev = appended.hash;
    }
    if (entries.length === 0) return;
    const now = this.#now();
    this.#began ??= now;
    this.#checkpoints.grown();
    const old = now - this.#began >= this.#limits.age;
    if (this.#commit.end >= this.#rotateAt || old) this.#commit.replace(() => this.#rotate());
  }

  #observe(body: Body, seq: number): void {
    if (body.type === "intent" || body.type === "outcome" || body.type === "policy")
      this.#tracker.observe({ ...body, seq });
  }

  /** A host's clock that throws must not stop the log. */
  #now(): number {
    try {
      return this.#clock.now();
    } catch {
      return systemClock.now();
    }
  }

  /**
   * Begins a further segment. Runs while nothing is written. What is in the old one is made safe and signed first, so
   * that the new one's first record, which says what the old ones come to, is never alone in saying it. Where the new
   * one cannot be begun, as on a full disk, the old one goes on.
   */
  async #rotate(): Promise<{ readonly file: JournalFile; readonly end: number } | undefined> {
    await this.#file.datasync();
    try {
      await this.#checkpoints.signNow();
      const at = this.#now();
      const record = encodeOwnRecord({
        type: "segment",
        at,
        frontier: this.#frontier.roots(),
        shadow: this.#tracker.shadow ? "yes" : "no",
        pending: this.#tracker.result(),
      });
      const { hash, line } = sealRecord(record, this.#seq, this.#prev);
      const { segment, file, end } = await beginSegment(this.location, this.#seq, line);
      this.#check = batchCheck(segment.path, this.location, file.fd, this.#lock, () => this.#commit.end);
      this.#segment = segment;
      this.#file = file;
      this.#frontier.append(hash);
      this.#seq += 1;
      this.#prev = hash;
      this.#began = at;
      this.#rotateAt = this.#limits.bytes;
      return { file, end };
    } catch {
      this.#rotateAt = this.#commit.end + RETRY_BYTES;
      this.#began = this.#now();
      return undefined;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const failures: unknown[] = [];
    const attempt = async (step: () => Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    };
    await attempt(async () => void (await this.#add(undefined, undefined, true))); // so that the checkpoint covers all
    await attempt(() => this.#checkpoints.finish());
    await attempt(() => this.#commit.close());
    await attempt(() => this.#lock.release());
    if (failures.length > 0) throw auditError(failures[0], this.location);
  }
}
