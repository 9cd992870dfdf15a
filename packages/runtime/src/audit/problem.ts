import type { Retained } from "./erased-ranges.js";

/**
 * What can be wrong with a log.
 * - `edited`: a record's bytes are not those its hash was made of.
 * - `malformed`: a line is no record: garbage, too long, not canonical JSON.
 * - `missing`: records were taken out. `out_of_order`: a record stands where another belongs, or twice.
 * - `replaced`: a record does not follow the one before it.
 * - `torn`: the last line is not complete.
 * - `truncated`: the log is shorter than the checkpoint vouches for.
 * - `erased`: records, or their sealed arguments, are gone and no signed retention record permits it.
 * - `forked`: every link holds, yet this is not the history that was signed.
 * - `no_checkpoint`, `bad_checkpoint`, `bad_signature`, `no_key`, `no_log`, `unreadable`.
 */
export type ProblemCode =
  | "edited"
  | "malformed"
  | "missing"
  | "out_of_order"
  | "replaced"
  | "torn"
  | "erased"
  | "truncated"
  | "forked"
  | "no_checkpoint"
  | "bad_checkpoint"
  | "bad_signature"
  | "no_key"
  | "no_log"
  | "unreadable";

/** Something wrong with a log, said to an auditor. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** The record concerned. */
  readonly seq?: number;
  /** Its line in the file, from 1. */
  readonly line?: number;
  /** The segment's file, where the log has one. */
  readonly file?: string;
}

/** What a verification found. */
export interface Verification {
  /** True when nothing at all is wrong. */
  readonly ok: boolean;
  /** Complete lines in the log. */
  readonly records: number;
  /** Records after the checkpoint: chained to those before, and not yet signed. */
  readonly unsigned: number;
  readonly checkpoint?: {
    /** How many records it vouches for. */
    readonly size: number;
    /** Signed by the key, and the log's first `size` records are those it was signed over. */
    readonly verified: boolean;
    readonly origin: string;
  };
  /** What retention deleted, where it deleted anything: the hashes are there, so the rest stays provable. */
  readonly retained?: Retained;
  readonly problems: readonly Problem[];
  /** Problems found beyond those listed. */
  readonly omitted: number;
}
