import type { Json } from "@writ/ir";
import { AuditError } from "../audit/audit-error.js";
import type { DoubtfulTracker } from "../audit/doubtful.js";
import { encodeOwnRecord, encodeRecord, sealRecord, type EncodedRecord } from "../audit/encode-record.js";
import type { MerkleFrontier } from "../audit/merkle.js";
import { MAX_PENDING, type LogRecord, type RecordBody } from "../audit/record.js";
import { sealedHash } from "../audit/stored-line.js";
import { placingLog, type About } from "../faults/prompt.js";
import type { AppendOptions, Appended, DoubtfulCall } from "../ports/audit-sink.js";
import { systemClock, type Clock } from "../ports/clock.js";
import { Checkpointer } from "./checkpointer.js";
import type { FileAudit } from "./file-audit.js";
import type { FileLock } from "./file-lock.js";
import { GroupCommit, type Entry, type JournalFile, type SealedBatch } from "./group-commit.js";
import { journalFile } from "./journal-file.js";
import { batchCheck, heldFolder, type HeldFolder } from "./locked-file.js";
import { segmentsOf, type SegmentFile } from "./log-files.js";
import { beginSegment } from "./new-segment.js";
import type { OpenedLog } from "./open-audit.js";
import { eraseFrom, lastBefore, type RetainOptions, type Retention } from "./retention.js";
import { Sealer } from "./sealed-arguments.js";
import { auditError, type StorageFault } from "./storage-fault.js";

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** After a segment could not be begun, so many further bytes come before it is tried again. */
const RETRY_BYTES = 1024 * 1024;

/** A record, or what of it has to be known here. */
type Body = RecordBody | LogRecord | About;

interface Encoded {
  readonly body: Body;
  readonly record: EncodedRecord;
  readonly sealed: string | undefined;
}

class LogEntry implements Entry {
  readonly until: "written" | "durable";
  readonly size: number;
  readonly body: Body | undefined;
  readonly record: EncodedRecord | undefined;
  readonly sealed: string | undefined;
  appended: Appended = { seq: 0, hash: "" };
  readonly #resolve: (appended: Appended) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    what: Encoded | undefined,
    durable: boolean,
    done: (appended: Appended) => void,
    failed: (error: unknown) => void,
  ) {
    this.body = what?.body;
    this.record = what?.record;
    this.sealed = what?.sealed;
    this.size = what === undefined ? 0 : what.record.bytes + 160 + (what.sealed?.length ?? 0);
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
  readonly #folder: HeldFolder;
  readonly #sealer: Sealer | undefined;
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
  /** The last records are on their way. */
  #ending = false;
  #retaining: Promise<Retention> | undefined;
  readonly #awaitingRotation: ((begun: boolean) => void)[] = [];

  constructor(
    location: string,
    opened: OpenedLog,
    lock: FileLock,
    limits: { readonly maxQueued: number; readonly bytes: number; readonly age: number },
    clock: Clock,
    sealTo: string | undefined,
  ) {
    const { file, chain, key, origin, signed, segment, tracker, began } = opened;
    this.location = location;
    this.doubtful = tracker.result();
    if (opened.repairedBytes > 0) this.repaired = { bytes: opened.repairedBytes };
    this.#tracker = tracker;
    this.#frontier = chain.frontier;
    this.#lock = lock;
    this.#folder = heldFolder(location);
    this.#clock = clock;
    this.#sealer = sealTo === undefined ? undefined : new Sealer(sealTo, origin);
    this.#limits = limits;
    this.#segment = segment;
    this.#file = journalFile(file);
    this.#began = began;
    this.#rotateAt = limits.bytes;
    this.#seq = chain.lines;
    this.#prev = chain.tip;
    const path = (): string => this.#segment.path;
    this.#commit = new GroupCommit({
      file: this.#file,
      end: chain.goodBytes,
      get name() {
        return path();
      },
      maxEntries: limits.maxQueued,
      maxBytes: MAX_QUEUED_BYTES,
      seal: (batch) => this.#seal(batch),
      check: () => this.#check(),
      failed: () => this.#rotationEnds(false),
    });
    this.#check = batchCheck(segment.path, this.#folder, file.fd, lock, () => this.#commit.end);
    this.#checkpoints = new Checkpointer({
      folder: location,
      origin,
      key,
      signed,
      frontier: chain.frontier,
      barrier: async () => void (await this.#add(undefined, true)),
    });
    // Who seals has to see the record.
    if (this.#sealer === undefined)
      placingLog(this, {
        place: (record, about, durable) => this.#place({ body: about, record, sealed: undefined }, durable),
      });
  }

  get sealing(): boolean {
    return this.#sealer !== undefined;
  }

  async append(body: RecordBody, options: AppendOptions): Promise<Appended> {
    return this.#place(this.#encode(body, options.args), options.durable);
  }

  async #place(what: Encoded, durable: boolean): Promise<Appended> {
    if (this.#closing !== undefined) throw new AuditError("audit_closed", `The audit log ${this.location} was closed.`);
    return this.#add(what, durable);
  }

  #encode(body: RecordBody, args: Json | undefined): Encoded {
    const record = encodeRecord(body);
    if (args === undefined || this.#sealer === undefined || body.type !== "intent")
      return { body, record, sealed: undefined };
    const sealed = this.#sealer.seal(body, args);
    if (sealed === undefined) return { body, record, sealed };
    return {
      body,
      sealed,
      record: encodeOwnRecord({ ...body, args: { ...body.args, sealed: sealedHash(sealed) } }),
    };
  }

  #add(what: Encoded | undefined, durable: boolean): Promise<Appended> {
    return new Promise((done, failed) => this.#commit.add(new LogEntry(what, durable, done, failed)));
  }

  /** Numbers and links are given here, in the order of writing, so that a batch that fails leaves no gap. */
  #seal(batch: readonly LogEntry[]): SealedBatch {
    let seq = this.#seq;
    let prev = this.#prev;
    let text = "";
    const sealed: LogEntry[] = [];
    for (const entry of batch) {
      if (entry.record === undefined) continue;
      const { hash, line } = sealRecord(entry.record, seq, prev, entry.sealed);
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
    // A segment that is begun after the last checkpoint would be left unsigned.
    if (!this.#ending && (this.#commit.end >= this.#rotateAt || old)) this.#commit.replace(() => this.#rotate());
  }

  #observe(body: Body, seq: number): void {
    if (body.type === "intent" || body.type === "outcome" || body.type === "policy") this.#tracker.observe(body, seq);
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
    let begun: { readonly file: JournalFile; readonly end: number } | undefined;
    try {
      begun = await this.#beginNext();
    } finally {
      this.#rotationEnds(begun !== undefined);
    }
    return begun;
  }

  #rotationEnds(begun: boolean): void {
    for (const resolve of this.#awaitingRotation.splice(0)) resolve(begun);
  }

  async #beginNext(): Promise<{ readonly file: JournalFile; readonly end: number } | undefined> {
    if (this.#tracker.size > MAX_PENDING) return this.#notNow();
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
      this.#check = batchCheck(segment.path, this.#folder, file.fd, this.#lock, () => this.#commit.end);
      this.#segment = segment;
      this.#file = journalFile(file);
      this.#frontier.append(hash);
      this.#seq += 1;
      this.#prev = hash;
      this.#began = at;
      this.#rotateAt = this.#limits.bytes;
      return { file: this.#file, end };
    } catch {
      return this.#notNow();
    }
  }

  /** The present segment goes on for a while. */
  #notNow(): undefined {
    this.#rotateAt = this.#commit.end + RETRY_BYTES;
    this.#began = this.#now();
    return undefined;
  }

  /** One after the other: each begins with a segment of its own. */
  retain(options: RetainOptions): Promise<Retention> {
    const before = this.#retaining;
    const work = (async (): Promise<Retention> => {
      await before?.catch(() => undefined);
      return this.#retain(options);
    })();
    this.#retaining = work;
    return work;
  }

  async #retain({ before, by, what = "payloads" }: RetainOptions): Promise<Retention> {
    if (this.#closing !== undefined) throw new AuditError("audit_closed", `The audit log ${this.location} was closed.`);
    if (!Number.isSafeInteger(before) || before < 0 || before > this.#now())
      throw new AuditError("record_invalid", "Retention needs a time before now, in milliseconds since 1970.");
    try {
      // What may be deleted stands in files that are not written any more.
      await this.#rotated();
      const { first } = this.#segment;
      const through = await lastBefore(this.location, before, first);
      if (through === undefined) return { through, records: 0, bytes: 0 };
      // Said and signed before anything is gone: what is gone without it counts as somebody's deed.
      const body: LogRecord = { type: "retention", at: this.#now(), what, before, through, by };
      await this.#add({ body, record: encodeOwnRecord(body), sealed: undefined }, true);
      await this.#checkpoints.sign();
      let [records, bytes] = [0, 0];
      for (const segment of await segmentsOf(this.location)) {
        if (segment.first > through || segment.first >= first) break;
        const done = await eraseFrom(segment, through, what);
        records += done.records;
        bytes += done.bytes;
      }
      return { through, records, bytes };
    } catch (error) {
      throw auditError(error, this.location);
    }
  }

  /** Begins a further segment now, unless the present one has nothing but its first record. */
  async #rotated(): Promise<void> {
    const empty = this.#segment.first + 1;
    if (this.#seq === 0 || (this.#segment.first > 0 && this.#seq <= empty)) return;
    if (this.#commit.poison !== undefined) throw this.#commit.poison;
    const begun = await new Promise<boolean>((resolve) => {
      this.#awaitingRotation.push(resolve);
      this.#commit.replace(() => this.#rotate());
    });
    if (begun) return;
    throw new AuditError(
      "audit_unavailable",
      `${this.location}: a further file could not be begun, so nothing is deleted. Is the disk full, or are more than ${MAX_PENDING} calls open?`,
    );
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
    await this.#retaining?.catch(() => undefined); // whoever asked for it hears of it
    this.#ending = true;
    await attempt(async () => void (await this.#add(undefined, true))); // so that the checkpoint covers all
    await attempt(() => this.#checkpoints.finish());
    await attempt(() => this.#commit.close());
    await attempt(async () => this.#folder.close());
    await attempt(() => this.#lock.release());
    if (failures.length > 0) throw auditError(failures[0], this.location);
  }
}
