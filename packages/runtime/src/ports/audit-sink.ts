import type { Json } from "@writ/ir";
import type { RecordBody } from "../audit/record.js";

/** Where a record stands in the log. */
export interface Appended {
  /** Its number, from 0, without gaps. */
  readonly seq: number;
  /** RFC 6962 leaf hash of its stored bytes, 64 lower-case hexadecimal digits. */
  readonly hash: string;
}

/** A call whose intent is in the log and whose outcome is not: a crash came between. Nobody may run it again unasked. */
export interface DoubtfulCall {
  /** `seq` of the intent. */
  readonly seq: number;
  readonly session: string;
  readonly call: string;
  readonly tool: string;
  /** When the intent was made, milliseconds since 1970. */
  readonly at: number;
}

export interface AppendOptions {
  readonly durable: boolean;
  /** With an intent, for a sink that is `sealing`: the full arguments, of which the record has the digest. */
  readonly args?: Json;
}

/**
 * The append-only log of a guard. Records stand in the order in which `append` was called.
 * `auditSinkCases` of `@writ/testing` is what any implementation must pass.
 */
export interface AuditSink {
  /**
   * Resolves when the record is written (`durable: false`) or on stable storage (`durable: true`). Rejects with
   * an `AuditError` when it could not be; then the record is not in the log, unless the error says that this
   * cannot be known (`audit_unavailable` after a failed sync: nothing more is accepted until the log is re-opened).
   */
  append(body: RecordBody, options: AppendOptions): Promise<Appended>;
  /** Whether the sink keeps the full arguments of calls, encrypted; only then it is given them. */
  readonly sealing?: boolean;
  /** Intents found at opening that have no outcome, oldest first. */
  readonly doubtful: readonly DoubtfulCall[];
  /** Where a person finds the log, for messages: a folder, or `memory`. */
  readonly location: string;
  /** `file`: survives the process. `memory`: does not, and whoever configured it must be told. */
  readonly durability: "file" | "memory";
  /** Waits for what was appended, writes the last checkpoint, lets go of the log. Safe to call twice. */
  close(): Promise<void>;
}
