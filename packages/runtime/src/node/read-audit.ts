import { resolve } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import { ChainCheck, type ChainEntry } from "../audit/chain-check.js";
import { LineSplitter } from "../audit/line-splitter.js";
import { isRecord } from "../audit/record-fields.js";
import type { StoredRecord } from "../audit/record.js";
import { MAX_LINE } from "../audit/stored-line.js";
import { readBytes, segmentsOf } from "./log-files.js";
import { auditError } from "./storage-fault.js";

/** A record of a log as a reader gets it. */
export interface AuditEntry {
  /** Its number, from 0, without gaps. */
  readonly seq: number;
  /** RFC 6962 leaf hash, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  /** When it was made, milliseconds since 1970; undefined where retention deleted the record. */
  readonly at: number | undefined;
  /** The record; undefined where retention deleted it and only the hash is left. */
  readonly record: StoredRecord | undefined;
  /** Canonical JSON (RFC 8785) of the record: the bytes that the hash is made of. */
  readonly stored: string | undefined;
  /** Encrypted arguments, base 64, where the log keeps them. */
  readonly sealed: string | undefined;
}

export interface ReadAuditOptions {
  /** Number of the first record to give; those before are read and checked all the same. */
  readonly from?: number;
}

/**
 * The records of an audit folder in order, over all its segments, in memory that does not grow with the log. Works
 * beside a process that writes: an incomplete last line is not there yet. Each hash, number and link is checked on
 * the way; signatures are not (that is `verifyAudit`). Throws an `AuditError`: `audit_corrupt` at the first record
 * that is not as it was written, `audit_unavailable` and its like where the folder cannot be read.
 */
export async function* readAudit(folder: string, options: ReadAuditOptions = {}): AsyncGenerator<AuditEntry, void> {
  const location = resolve(folder);
  const from = options.from ?? 0;
  let found: ChainEntry[] = [];
  const chain = new ChainCheck({
    onEntry: (entry) => {
      if (entry.seq >= from) found.push(entry);
    },
  });
  try {
    for (const { name, path } of await segmentsOf(location)) {
      chain.file(name);
      const splitter = new LineSplitter(MAX_LINE, (line) => {
        // What a writer has not finished, or a crash cut off, is not a record.
        if (line.ended) chain.line(line);
      });
      for await (const chunk of readBytes(path)) {
        splitter.push(chunk);
        const ready = found;
        found = [];
        for (const entry of ready) yield toEntry(entry);
        stopAtProblem(chain, location);
      }
    }
  } catch (error) {
    throw auditError(error, location);
  }
}

function stopAtProblem(chain: ChainCheck, location: string): void {
  const [problem] = chain.problems;
  if (problem === undefined) return;
  throw new AuditError(
    "audit_corrupt",
    `The audit log in ${location} is not read further. ${problem.message} See all of it with "writ audit verify ${location}".`,
  );
}

function toEntry({ seq, hash, stored, record, sealed }: ChainEntry): AuditEntry {
  const at = record?.["at"];
  return {
    seq,
    hash,
    at: typeof at === "number" ? at : undefined,
    record: record !== undefined && isStored(record) ? record : undefined,
    stored,
    sealed,
  };
}

/** Narrows what the log's encoder checked when it was written; the chain holds that it is unchanged. */
function isStored(value: unknown): value is StoredRecord {
  return isRecord(value) && typeof value["type"] === "string" && typeof value["at"] === "number" && "seq" in value;
}
