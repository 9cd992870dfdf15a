import { ChainCheck, type ChainOptions } from "./chain-check.js";
import { parseVerifierKey, verifyCheckpoint, type TreeHead } from "./checkpoint.js";
import { LineSplitter } from "./line-splitter.js";
import type { Problem, Verification } from "./problem.js";
import { MAX_LINE } from "./stored-line.js";

export interface VerifyOptions {
  /** The signed checkpoint; undefined or empty when there is none, which is a problem. */
  readonly checkpoint: string | undefined;
  /** The log's public key: `<name>+<key id>+<base64>`, as in `log.pub`. */
  readonly publicKey: string | undefined;
}

/** Bytes of a log, whole or as they come. */
export type LogBytes = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A log in several files, in the order of its records. */
export interface LogSegment {
  /** The file's name, for messages; empty where there is only one. */
  readonly name: string;
  readonly bytes: LogBytes;
}

/** A verification, with what opening a log needs further. */
export interface CheckedLog {
  readonly verification: Verification;
  readonly chain: ChainCheck;
}

/**
 * Verifies a log offline: an edit of any byte, a deletion, an insertion, a reorder, a truncation below the
 * checkpoint, a fork, a checkpoint of another key. What comes after the checkpoint is chained and not signed;
 * `unsigned` counts it. A log that was cut back together with its checkpoint to an older signed one is found
 * only with a newer checkpoint kept elsewhere. Takes any bytes; rejects only when `log` itself does.
 */
export async function verifyLog(log: LogBytes, options: VerifyOptions): Promise<Verification> {
  const { verification } = await checkLog(log, options, { canonical: true });
  return verification;
}

/** {@link verifyLog} for opening: also gives the chain, to be continued. */
export async function checkLog(
  log: LogBytes,
  options: VerifyOptions,
  chainOptions: Omit<ChainOptions, "rootAt"> = {},
): Promise<CheckedLog> {
  return checkSegments([{ name: "", bytes: log }], options, chainOptions);
}

/** {@link checkLog} for a log in segments: one chain and one tree over all of them. */
export async function checkSegments(
  segments: Iterable<LogSegment>,
  options: VerifyOptions,
  chainOptions: Omit<ChainOptions, "rootAt"> = {},
): Promise<CheckedLog> {
  const signed = await readCheckpoint(options);
  const chain = new ChainCheck({ ...chainOptions, ...(signed.head === undefined ? {} : { rootAt: signed.head.size }) });
  for (const { name, bytes } of segments) await checkSegment(chain, name, bytes);
  return { chain, verification: conclude(chain, signed) };
}

async function checkSegment(chain: ChainCheck, name: string, bytes: LogBytes): Promise<void> {
  chain.file(name);
  const splitter = new LineSplitter(MAX_LINE, (line) => chain.line(line));
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) splitter.push(chunk);
  splitter.end();
}

interface SignedHead {
  readonly head?: TreeHead;
  readonly good: boolean;
  readonly problem?: Problem;
}

async function readCheckpoint(options: VerifyOptions): Promise<SignedHead> {
  const key = options.publicKey === undefined ? undefined : parseVerifierKey(options.publicKey);
  if (key === undefined) {
    return {
      good: false,
      problem: {
        code: "no_key",
        message: "The log's public key (log.pub) is missing or damaged: without it no signature can be checked.",
      },
    };
  }
  if (options.checkpoint === undefined || options.checkpoint === "") {
    return {
      good: false,
      problem: {
        code: "no_checkpoint",
        message:
          "There is no checkpoint: nothing says how long the log should be, or that this is the log that was written.",
      },
    };
  }
  const checked = await verifyCheckpoint(options.checkpoint, key);
  if (checked.ok) return { good: true, head: checked.head };
  const problem: Problem = { code: checked.code, message: checked.message };
  return checked.head === undefined ? { good: false, problem } : { good: false, problem, head: checked.head };
}

function conclude(chain: ChainCheck, signed: SignedHead): Verification {
  const problems: Problem[] = signed.problem === undefined ? [] : [signed.problem];
  const { head } = signed;
  const covered = head !== undefined && signed.good ? head.size : 0;
  problems.push(...[...chain.problems, ...gone(chain, covered)].toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)));
  let verified = false;
  if (head !== undefined && signed.good) {
    if (chain.rootThere === head.root) verified = true;
    else if (chain.next < head.size) {
      problems.push({
        code: "truncated",
        seq: chain.lines,
        message: `The log has ${count(chain.lines)}, the checkpoint vouches for ${head.size}: the end was taken away.`,
      });
    } else if (chain.rootThere !== undefined) {
      problems.push({
        code: "forked",
        message: `Every record follows the one before, yet these are not the ${count(head.size)} that were signed: the log was written anew.`,
      });
    }
  }
  const retained = chain.erased.result(covered);
  return {
    ok: problems.length === 0,
    ...(retained.payloads + retained.sealed === 0 && retained.through === undefined ? {} : { retained }),
    records: chain.lines,
    unsigned: verified && head !== undefined ? chain.lines - head.size : chain.lines,
    ...(head === undefined ? {} : { checkpoint: { size: head.size, verified, origin: head.origin } }),
    problems,
    omitted: chain.omitted,
  };
}

function gone(chain: ChainCheck, signed: number): Problem[] {
  return chain.erased.withoutLeave(signed).map(({ what, first, last }) => {
    const which = first === last ? `record ${first}` : `records ${first} to ${last}`;
    const subject =
      what === "payloads"
        ? `Of ${which} only the hash is left`
        : `The sealed arguments of some of ${which} are gone`.replace("some of record ", "record ");
    return {
      code: "erased",
      seq: first,
      message: `${subject}, and no signed retention record of this log permits it: somebody deleted it.`,
    };
  });
}

function count(records: number): string {
  return records === 1 ? "1 record" : `${records} records`;
}
