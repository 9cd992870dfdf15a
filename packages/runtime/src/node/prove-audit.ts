import { join, resolve } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import type { ChainEntry } from "../audit/chain-check.js";
import { parseVerifierKey, verifyCheckpoint, type TreeHead, type VerifierKey } from "../audit/checkpoint.js";
import { formatProof } from "../audit/proof-file.js";
import { consistencyRanges, inclusionRanges, RangeRoots } from "../audit/tree-proof.js";
import { checkSegments } from "../audit/verify.js";
import { CHECKPOINT_FILE, PUBLIC_KEY_FILE, readBytes, readSmall, segmentsOf } from "./log-files.js";
import { auditError } from "./storage-fault.js";

export interface ProveOptions {
  /** The log's public key as text; the folder's own `log.pub` otherwise. */
  readonly publicKey?: string;
}

/**
 * Makes a file that proves, alone and to anybody with the log's public key, that a record is in the log: C2SP
 * `tlog-proof`, with the record's stored bytes as its extra data, or only their hash (`hashOnly`, and always where
 * retention deleted the record). Reads the log once, and refuses one that does not verify. Throws an `AuditError`:
 * `audit_corrupt`, `audit_unavailable`, `record_missing` when no checkpoint covers such a record (yet).
 */
export async function proveRecord(
  folder: string,
  seq: number,
  options: ProveOptions & { readonly hashOnly?: boolean } = {},
): Promise<string> {
  return proving(folder, options, async (log) => {
    const { head } = log;
    if (!Number.isSafeInteger(seq) || seq < 0 || seq >= head.size) {
      throw new AuditError(
        "record_missing",
        `The checkpoint of ${log.folder} vouches for ${head.size} records, numbered from 0: there is no record ${seq} under it.`,
      );
    }
    let leaf = "";
    const path = await rootsOf(log, inclusionRanges(seq, head.size), (entry) => {
      if (entry.seq === seq) leaf = options.hashOnly === true ? entry.hash : (entry.stored ?? entry.hash);
    });
    return formatProof({ kind: "inclusion", index: seq, path, leaf, checkpoint: log.checkpoint });
  });
}

/**
 * Makes a file that proves that the log only grew since an older checkpoint, which is given as text: the body of a
 * C2SP `tlog-witness` request. Throws as {@link proveRecord}; a log that did not grow from it is `audit_corrupt`.
 */
export async function proveConsistency(folder: string, older: string, options: ProveOptions = {}): Promise<string> {
  return proving(folder, options, async (log) => {
    const from = await verifyCheckpoint(older, log.key);
    if (!from.ok) throw new AuditError("audit_key", `The older checkpoint: ${from.message}`);
    const { size } = from.head;
    if (size > log.head.size) {
      throw new AuditError(
        "audit_corrupt",
        `The older checkpoint vouches for ${size} records, that of ${log.folder} for ${log.head.size}: the log was cut back.`,
      );
    }
    const begin = new RangeRoots(size === 0 ? [] : [{ first: 0, end: size }]);
    const path = await rootsOf(log, consistencyRanges(size, log.head.size), ({ seq, hash }) => begin.leaf(seq, hash));
    const [root = from.head.root] = begin.result() ?? [];
    if (root !== from.head.root) {
      throw new AuditError(
        "audit_corrupt",
        `The first ${size} records of ${log.folder} are not those that the older checkpoint signed: the log was written anew.`,
      );
    }
    return formatProof({ kind: "consistency", older: size, path, checkpoint: log.checkpoint });
  });
}

interface ProvenLog {
  readonly folder: string;
  readonly key: VerifierKey;
  readonly publicKey: string;
  readonly checkpoint: string;
  readonly head: TreeHead;
}

async function proving(
  folder: string,
  options: ProveOptions,
  prove: (log: ProvenLog) => Promise<string>,
): Promise<string> {
  const location = resolve(folder);
  try {
    const checkpoint = await readSmall(join(location, CHECKPOINT_FILE));
    const publicKey = options.publicKey ?? (await readSmall(join(location, PUBLIC_KEY_FILE)));
    const key = publicKey === undefined ? undefined : parseVerifierKey(publicKey);
    if (publicKey === undefined || key === undefined)
      throw new AuditError("audit_key", `${location} has no public key (${PUBLIC_KEY_FILE}) that can be read.`);
    const checked = await verifyCheckpoint(checkpoint ?? "", key);
    if (checkpoint === undefined || !checked.ok)
      throw new AuditError("audit_corrupt", `${location}: ${checked.ok ? "there is no checkpoint." : checked.message}`);
    return await prove({ folder: location, key, publicKey, checkpoint, head: checked.head });
  } catch (error) {
    throw auditError(error, location);
  }
}

async function rootsOf(
  log: ProvenLog,
  ranges: ConstructorParameters<typeof RangeRoots>[0],
  onEntry: (entry: ChainEntry) => void,
): Promise<readonly string[]> {
  const roots = new RangeRoots(ranges);
  const { verification } = await checkSegments(
    (await segmentsOf(log.folder)).map(({ name, path }) => ({ name, bytes: readBytes(path) })),
    log,
    {
      onEntry: (entry) => {
        roots.leaf(entry.seq, entry.hash);
        onEntry(entry);
      },
    },
  );
  const path = roots.result();
  // What comes after the checkpoint, a line that is being written included, is nothing of this proof's.
  if (verification.checkpoint?.verified === true && path !== undefined) return path;
  const [problem] = verification.problems;
  throw new AuditError(
    "audit_corrupt",
    `Nothing can be proven from ${log.folder}: it does not verify. ${problem?.message ?? ""} See all of it with "writ audit verify ${log.folder}".`,
  );
}
