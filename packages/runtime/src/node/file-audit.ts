import { join, resolve } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import { encodeRecord, sealRecord, type EncodedRecord } from "../audit/encode-record.js";
import type { IncidentRecord, RecordBody } from "../audit/record.js";
import type { Appended, AuditSink } from "../ports/audit-sink.js";
import { systemClock, type Clock } from "../ports/clock.js";
import { defaultKeyPath } from "./audit-key.js";
import { Checkpointer } from "./checkpointer.js";
import { lockFolder, type FileLock } from "./file-lock.js";
import { GroupCommit, type Entry } from "./group-commit.js";
import { batchCheck, prepareFolder, removeLeftovers } from "./locked-file.js";
import { openLog, type OpenedLog } from "./open-audit.js";
import { auditError, type StorageFault } from "./storage-fault.js";
import { CHECKPOINT_FILE, LOG_FILE, PUBLIC_KEY_FILE } from "./log-files.js";

export interface FileAuditOptions {
  /** File of the Ed25519 signing key; by default `../keys/<folder>.key` beside the folder. Made when there is no log yet. */
  readonly key?: string;
  /** How many records may wait to be written before further ones are refused; 10,000 by default. */
  readonly maxQueued?: number;
  /** Time of the records that the log itself makes. */
  readonly clock?: Clock;
}

/** A log in a folder. */
export interface FileAudit extends AuditSink {
  /** An incomplete last line that a crash had left and that opening cut off, its length in bytes. */
  readonly repaired?: { readonly bytes: number };
}

const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Opens the audit log in a folder, or begins one: `log.jsonl` (a record a line, each linked to the one before),
 * `checkpoint` (a signed tree head) and `log.pub` (the key to verify with). One process at a time. Throws an
 * `AuditError`: `audit_locked`, `audit_corrupt` (it does not verify), `audit_key`, `audit_read_only`,
 * `audit_full`, `audit_unavailable`.
 */
export async function fileAudit(folder: string, options: FileAuditOptions = {}): Promise<FileAudit> {
  const location = resolve(folder);
  let lock: FileLock | undefined;
  try {
    await prepareFolder(location);
    lock = await lockFolder(location);
    await removeLeftovers(location, [CHECKPOINT_FILE, PUBLIC_KEY_FILE]);
    const opened = await openLog(location, options.key ?? defaultKeyPath(location));
    return await start(location, opened, lock, options);
  } catch (error) {
    await lock?.release().catch(() => undefined); // the first error is the one to tell
    throw auditError(error, location);
  }
}

async function start(
  location: string,
  opened: OpenedLog,
  lock: FileLock,
  options: FileAuditOptions,
): Promise<FileAudit> {
  const log = new FileLog(location, opened, lock, options.maxQueued ?? 10_000);
  try {
    for (const incident of incidents(opened, (options.clock ?? systemClock).now()))
      await log.append(incident, { durable: true });
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
  return log;
}

function incidents(opened: OpenedLog, at: number): IncidentRecord[] {
  const made: IncidentRecord[] = [];
  if (opened.repairedBytes > 0) {
    made.push({
      type: "incident",
      at,
      code: "audit.repaired",
      message: `An incomplete last line of ${opened.repairedBytes} bytes was cut off at opening; it was never acknowledged.`,
    });
  }
  if (opened.unsigned > 0) {
    made.push({
      type: "incident",
      at,
      code: "audit.unsigned",
      message: `The log was not closed: its last ${opened.unsigned} records were chained and not signed until now.`,
    });
  }
  if (opened.suspicious) {
    made.push({
      type: "incident",
      at,
      code: "audit.begun_with_old_key",
      message:
        "A new log begins under a signing key that existed before. If a log was expected here, it has been removed.",
    });
  }
  return made;
}

class LogEntry implements Entry {
  readonly until: "written" | "durable";
  readonly size: number;
  readonly record: EncodedRecord | undefined;
  appended: Appended = { seq: 0, hash: "" };
  readonly #resolve: (appended: Appended) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    record: EncodedRecord | undefined,
    durable: boolean,
    done: (appended: Appended) => void,
    failed: (error: unknown) => void,
  ) {
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

class FileLog implements FileAudit {
  readonly location: string;
  readonly durability = "file";
  readonly doubtful: OpenedLog["doubtful"];
  readonly repaired?: { readonly bytes: number };
  readonly #opened: OpenedLog;
  readonly #lock: FileLock;
  readonly #commit: GroupCommit<LogEntry>;
  readonly #checkpoints: Checkpointer;
  #seq: number;
  #prev: string;
  #closing: Promise<void> | undefined;

  constructor(location: string, opened: OpenedLog, lock: FileLock, maxEntries: number) {
    const { file, chain, key, origin, signed } = opened;
    const path = join(location, LOG_FILE);
    this.location = location;
    this.doubtful = opened.doubtful;
    if (opened.repairedBytes > 0) this.repaired = { bytes: opened.repairedBytes };
    this.#opened = opened;
    this.#lock = lock;
    this.#seq = chain.lines;
    this.#prev = chain.tip;
    this.#commit = new GroupCommit({
      file,
      end: chain.goodBytes,
      name: path,
      maxEntries,
      maxBytes: MAX_QUEUED_BYTES,
      seal: (batch) => this.#seal(batch),
      check: batchCheck(path, location, file.fd, lock, () => this.#commit.end),
    });
    this.#checkpoints = new Checkpointer({
      folder: location,
      origin,
      key,
      signed,
      frontier: chain.frontier,
      barrier: async () => void (await this.#add(undefined, true)),
    });
  }

  async append(body: RecordBody, options: { readonly durable: boolean }): Promise<Appended> {
    if (this.#closing !== undefined) throw new AuditError("audit_closed", `The audit log ${this.location} was closed.`);
    return this.#add(encodeRecord(body), options.durable);
  }

  #add(record: EncodedRecord | undefined, durable: boolean): Promise<Appended> {
    return new Promise((done, failed) => this.#commit.add(new LogEntry(record, durable, done, failed)));
  }

  /** Numbers and links are given here, in the order of writing, so that a batch that fails leaves no gap. */
  #seal(batch: readonly LogEntry[]): { text: string; written: () => void; undo: () => void } {
    const first = this.#seq;
    let seq = first;
    let prev = this.#prev;
    let text = "";
    const hashes: string[] = [];
    for (const entry of batch) {
      if (entry.record === undefined) continue;
      const { hash, line } = sealRecord(entry.record, seq, prev);
      entry.appended = { seq, hash };
      hashes.push(hash);
      text += line;
      prev = hash;
      seq += 1;
    }
    return {
      text,
      written: () => {
        if (hashes.length === 0) return;
        this.#seq = seq;
        this.#prev = prev;
        for (const hash of hashes) this.#opened.chain.frontier.append(hash);
        this.#checkpoints.grown();
      },
      undo: () => undefined,
    };
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
    await attempt(async () => void (await this.#add(undefined, true))); // so that the checkpoint covers all
    await attempt(() => this.#checkpoints.finish());
    await attempt(() => this.#commit.close());
    await attempt(() => this.#lock.release());
    if (failures.length > 0) throw auditError(failures[0], this.location);
  }
}
