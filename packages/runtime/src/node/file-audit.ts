import { requireFolder, requireKnown } from "../known-options.js";
import { resolve } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import type { IncidentRecord } from "../audit/record.js";
import type { AuditSink } from "../ports/audit-sink.js";
import { systemClock, type Clock } from "../ports/clock.js";
import { defaultKeyPath } from "./audit-key.js";
import { FileLog } from "./file-log.js";
import { lockFolder, type FileLock } from "./file-lock.js";
import { prepareFolder, removeLeftovers } from "./locked-file.js";
import { openLog, type OpenedLog } from "./open-audit.js";
import type { RetainOptions, Retention } from "./retention.js";
import { auditError } from "./storage-fault.js";
import { CHECKPOINT_FILE, PUBLIC_KEY_FILE, readSmall, segmentsOf } from "./log-files.js";

export interface FileAuditOptions {
  /** File of the Ed25519 signing key; by default `../keys/<folder>.key` beside the folder. Made when there is no log yet. */
  readonly key?: string;
  /**
   * File of an X25519 public key (SPKI, PEM; `writ audit keygen` makes one). With it the full arguments of each call are
   * kept beside its record, encrypted to that key; without it what the record masks is never on disk.
   */
  readonly sealTo?: string;
  /** How many records may wait to be written before further ones are refused; 10,000 by default. */
  readonly maxQueued?: number;
  /** Time of the records that the log itself makes. */
  readonly clock?: Clock;
  /** When a further file is begun: past a size in bytes (64 MiB by default) or an age in milliseconds (a day). */
  readonly rotate?: { readonly bytes?: number; readonly age?: number };
}

const OPTIONS: { readonly [Option in keyof Required<FileAuditOptions>]: true } = {
  key: true,
  sealTo: true,
  maxQueued: true,
  clock: true,
  rotate: true,
};

/** A log in a folder. */
export interface FileAudit extends AuditSink {
  /** An incomplete last line that a crash had left and that opening cut off, its length in bytes. */
  readonly repaired?: { readonly bytes: number };
  /**
   * Deletes what is old, payloads or sealed arguments, and leaves the hashes, so that all that stays is as provable as
   * before; the log says first what goes, and by whose order. Works while records are appended. Cut off in between, it
   * finishes when it is run again. Rejects with an `AuditError`.
   */
  retain(options: RetainOptions): Promise<Retention>;
}

/**
 * Opens the audit log in a folder, or begins one: `log.jsonl` (a record a line, each linked to the one before), with
 * further segments `log.<number>.jsonl` as it grows, `checkpoint` (a signed tree head) and `log.pub` (the key to verify
 * with). One process at a time. Throws an `AuditError`: `audit_locked`, `audit_corrupt` (it does not verify),
 * `audit_key`, `audit_read_only`, `audit_full`, `audit_unavailable`; a `RangeError` for an option out of its range.
 */
export async function fileAudit(folder: string, options: FileAuditOptions = {}): Promise<FileAudit> {
  requireFolder("fileAudit", folder);
  requireKnown("fileAudit", options, OPTIONS);
  requireKnown("fileAudit: rotate", options.rotate ?? {}, { bytes: true, age: true });
  const location = resolve(folder);
  const limits = {
    maxQueued: inRange("maxQueued", options.maxQueued ?? 10_000),
    bytes: inRange("rotate.bytes", options.rotate?.bytes ?? 64 * 1024 * 1024),
    age: inRange("rotate.age", options.rotate?.age ?? 24 * 60 * 60 * 1000),
  };
  let lock: FileLock | undefined;
  try {
    const sealTo = options.sealTo === undefined ? undefined : await readSealKey(options.sealTo);
    await prepareFolder(location);
    lock = await lockFolder(location);
    const segments = (await segmentsOf(location)).map(({ name }) => name);
    await removeLeftovers(location, [CHECKPOINT_FILE, PUBLIC_KEY_FILE, ...segments]);
    const opened = await openLog(location, options.key ?? defaultKeyPath(location));
    return await start(location, opened, lock, limits, options.clock ?? systemClock, sealTo);
  } catch (error) {
    await lock?.release().catch(() => undefined); // the first error is the one to tell
    throw auditError(error, location);
  }
}

async function readSealKey(path: string): Promise<string> {
  const text = await readSmall(path);
  if (text !== undefined) return text;
  throw new AuditError(
    "audit_key",
    `The key to seal arguments with, ${path}, is missing. Make one with "writ audit keygen", or leave sealTo out.`,
  );
}

function inRange(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`fileAudit: ${name} must be a number above 0`);
}

async function start(
  location: string,
  opened: OpenedLog,
  lock: FileLock,
  limits: { readonly maxQueued: number; readonly bytes: number; readonly age: number },
  clock: Clock,
  sealTo: string | undefined,
): Promise<FileAudit> {
  let log: FileLog;
  try {
    log = new FileLog(location, opened, lock, limits, clock, sealTo);
  } catch (error) {
    await opened.file.close();
    throw error;
  }
  try {
    for (const incident of incidents(opened, clock.now())) await log.append(incident, { durable: true });
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
