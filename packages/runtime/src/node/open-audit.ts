import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import type { ChainCheck } from "../audit/chain-check.js";
import { formatVerifierKey, parseVerifierKey } from "../audit/checkpoint.js";
import { DoubtfulTracker } from "../audit/doubtful.js";
import { MerkleFrontier } from "../audit/merkle.js";
import type { Problem } from "../audit/problem.js";
import { checkLog } from "../audit/verify.js";
import type { DoubtfulCall } from "../ports/audit-sink.js";
import { atomicWrite, syncFolder } from "./atomic-write.js";
import { auditKey, type AuditKey } from "./audit-key.js";
import { writeCheckpoint } from "./checkpointer.js";
import { fileSize, openFile } from "./locked-file.js";
import { CHECKPOINT_FILE, LOG_FILE, PUBLIC_KEY_FILE, readBytes, readSmall } from "./log-files.js";

/** A log that may be continued: it verified, or it is new. */
export interface OpenedLog {
  readonly file: FileHandle;
  readonly key: AuditKey;
  readonly origin: string;
  readonly chain: ChainCheck;
  /** Records that the checkpoint on disk vouches for. */
  readonly signed: number;
  readonly doubtful: readonly DoubtfulCall[];
  /** Bytes of an incomplete last line that were cut off. */
  readonly repairedBytes: number;
  /** Records after the checkpoint, which no signature covered while the log was closed. */
  readonly unsigned: number;
  /** The key was there before this log was: a log that was expected here has been removed, or the key was provided. */
  readonly suspicious: boolean;
}

/**
 * Opens the log in a folder that this process holds, or begins one. Refuses, with an {@link AuditError}, whatever
 * does not verify back to its checkpoint; an incomplete last line after it is what a crash leaves, and is cut off.
 */
export async function openLog(folder: string, keyPath: string): Promise<OpenedLog> {
  const publicKey = await readSmall(join(folder, PUBLIC_KEY_FILE));
  return publicKey === undefined ? begin(folder, keyPath) : resume(folder, keyPath, publicKey);
}

/** `log.pub` comes last: where it is, all of it is, and a crash on the way here is simply begun again. */
async function begin(folder: string, keyPath: string): Promise<OpenedLog> {
  const size = await fileSize(join(folder, LOG_FILE));
  if (size !== undefined && size > 0) {
    throw new AuditError(
      "audit_corrupt",
      `${folder} has a log and no ${PUBLIC_KEY_FILE}: the file was removed. Restore it, or start with a new folder.`,
    );
  }
  const checkpoint = await readSmall(join(folder, CHECKPOINT_FILE));
  if (checkpoint !== undefined && !/^[^\n]+\n0\n/.test(checkpoint)) {
    throw new AuditError(
      "audit_corrupt",
      `${folder} has a checkpoint and no records: the log was removed. Restore it, or start with a new folder.`,
    );
  }
  const key = await auditKey(keyPath, folder, true);
  const origin = `writ-audit/${randomBytes(16).toString("hex")}`;
  const file = await openFile(join(folder, LOG_FILE));
  try {
    await file.sync();
    await writeCheckpoint(folder, { origin, size: 0, root: new MerkleFrontier().root() }, key);
    await atomicWrite(join(folder, PUBLIC_KEY_FILE), `${formatVerifierKey(origin, key.publicKey)}\n`, 0o640);
    await syncFolder(folder);
    const { chain } = await checkLog(new Uint8Array(), { checkpoint: undefined, publicKey: undefined });
    return {
      file,
      key,
      origin,
      chain,
      signed: 0,
      doubtful: [],
      repairedBytes: 0,
      unsigned: 0,
      suspicious: !key.created,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function resume(folder: string, keyPath: string, publicKey: string): Promise<OpenedLog> {
  const key = await auditKey(keyPath, folder, false);
  const stated = parseVerifierKey(publicKey);
  if (stated === undefined || Buffer.compare(stated.key, key.publicKey) !== 0) {
    throw new AuditError(
      "audit_key",
      `${join(folder, PUBLIC_KEY_FILE)} is not the public half of ${keyPath}: one of the two was changed.`,
    );
  }
  const path = join(folder, LOG_FILE);
  const length = await fileSize(path);
  if (length === undefined)
    throw new AuditError(
      "audit_corrupt",
      `${path} is missing: the log was removed. Restore it, or start with a new folder.`,
    );
  const tracker = new DoubtfulTracker();
  const checkpoint = await readSmall(join(folder, CHECKPOINT_FILE));
  const { verification, chain } = await checkLog(
    readBytes(path),
    { checkpoint, publicKey },
    { onEntry: ({ record = {} }) => tracker.observe(record) },
  );
  const serious = verification.problems.find((problem) => problem.code !== "torn");
  if (serious !== undefined || verification.checkpoint?.verified !== true) throw corrupt(folder, serious);
  const file = await openFile(path);
  try {
    if (length > chain.goodBytes) await file.truncate(chain.goodBytes);
    // Records that a killed process wrote and did not sync are continued from here, so they must be safe first.
    await file.sync();
    return {
      file,
      key,
      origin: stated.name,
      chain,
      signed: verification.checkpoint.size,
      doubtful: tracker.result(),
      repairedBytes: length - chain.goodBytes,
      unsigned: verification.unsigned,
      suspicious: false,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function corrupt(folder: string, problem: Problem | undefined): AuditError {
  const why = problem?.message ?? "It does not verify.";
  return new AuditError(
    "audit_corrupt",
    `The audit log in ${folder} is not continued, because it does not verify. ${why} Keep it as it is for whoever investigates, see all of it with "writ audit verify ${folder}", and start with a new folder.`,
  );
}
