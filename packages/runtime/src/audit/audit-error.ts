/**
 * Why a record is not in the log.
 * - `record_invalid`, `record_too_large`: the record itself; nothing is wrong with the log.
 * - `record_missing`: no such record is in the log, or under its checkpoint.
 * - `audit_overloaded`: more is waiting than the queue holds; later may help.
 * - `audit_full`: no space, a quota or a file size limit; records are accepted again when there is room.
 * - `audit_read_only`: the folder or the log may not be written.
 * - `audit_replaced`: the log's path leads to another file than the one that is open.
 * - `audit_unavailable`: the storage failed; after a failed sync until the log is opened again.
 * - `audit_locked`: another process holds the log.
 * - `audit_corrupt`: the log does not verify; opening is refused.
 * - `audit_key`: the signing key is missing, unreadable, unsafe or another one than the log's.
 * - `audit_closed`: the log was closed.
 * - `audit_timeout`: no answer in time. The record may stand in the log all the same.
 * - `audit_answer`: what it answered is no place in a log.
 * - `audit_failed`: a sink of another make failed, in its own words.
 */
export type AuditErrorCode =
  | "record_invalid"
  | "record_too_large"
  | "record_missing"
  | "audit_overloaded"
  | "audit_full"
  | "audit_read_only"
  | "audit_replaced"
  | "audit_unavailable"
  | "audit_locked"
  | "audit_corrupt"
  | "audit_key"
  | "audit_closed"
  | "audit_timeout"
  | "audit_answer"
  | "audit_failed";

/** An audit log could not be opened or appended to. The message says what happened and what to do. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;
  constructor(code: AuditErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AuditError";
    this.code = code;
  }
}
