import { randomBytes } from "node:crypto";
import { unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import type { ChainCheck } from "../audit/chain-check.js";
import { formatVerifierKey, parseVerifierKey } from "../audit/checkpoint.js";
import { DoubtfulTracker } from "../audit/doubtful.js";
import { MerkleFrontier } from "../audit/merkle.js";
import type { Problem } from "../audit/problem.js";
import { checkLog, checkSegments, type CheckedLog, type VerifyOptions } from "../audit/verify.js";
import { atomicWrite, syncFolder } from "./atomic-write.js";
import { auditKey, type AuditKey } from "./audit-key.js";
import { writeCheckpoint } from "./checkpointer.js";
import { fileSize, openFile } from "./locked-file.js";
import {
  CHECKPOINT_FILE,
  LOG_FILE,
  PUBLIC_KEY_FILE,
  readBytes,
  readSmall,
  segmentsOf,
  type SegmentFile,
} from "./log-files.js";
import { readFirstLine, segmentStart } from "./segment-start.js";

/** A log that may be continued: it verified, or it is new. */
export interface OpenedLog {
  /** The last segment, which is continued. */
  readonly segment: SegmentFile;
  readonly file: FileHandle;
  readonly key: AuditKey;
  readonly origin: string;
  readonly chain: ChainCheck;
  /** Records that the checkpoint on disk vouches for. */
  readonly signed: number;
  readonly tracker: DoubtfulTracker;
  /** When the log began the segment; undefined of the first, which does not say it. */
  readonly began: number | undefined;
  /** Bytes of an incomplete last line that were cut off. */
  readonly repairedBytes: number;
  /** Records after the checkpoint, which no signature covered while the log was closed. */
  readonly unsigned: number;
  /** The key was there before this log was: a log that was expected here has been removed, or the key was provided. */
  readonly suspicious: boolean;
}

/**
 * Opens the log in a folder that this process holds, or begins one. Of a log in several segments only the last is
 * read: its first record says what those before come to, and the signed checkpoint holds it to that. Refuses, with an
 * {@link AuditError}, whatever does not verify back to its checkpoint; an incomplete last line after it is what a
 * crash leaves, and is cut off.
 */
export async function openLog(folder: string, keyPath: string): Promise<OpenedLog> {
  const publicKey = await readSmall(join(folder, PUBLIC_KEY_FILE));
  return publicKey === undefined ? begin(folder, keyPath) : resume(folder, keyPath, publicKey);
}

/** `log.pub` comes last: where it is, all of it is, and a crash on the way here is simply begun again. */
async function begin(folder: string, keyPath: string): Promise<OpenedLog> {
  for (const { path } of await segmentsOf(folder)) {
    if ((await fileSize(path)) === 0) continue;
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
  const segment = { name: LOG_FILE, path: join(folder, LOG_FILE), first: 0 };
  const file = await openFile(segment.path);
  try {
    await file.sync();
    await writeCheckpoint(folder, { origin, size: 0, root: new MerkleFrontier().root() }, key);
    await atomicWrite(join(folder, PUBLIC_KEY_FILE), `${formatVerifierKey(origin, key.publicKey)}\n`, 0o640);
    await syncFolder(folder);
    const { chain } = await checkLog(new Uint8Array(), { checkpoint: undefined, publicKey: undefined });
    return {
      segment,
      file,
      key,
      origin,
      chain,
      signed: 0,
      tracker: new DoubtfulTracker(),
      began: undefined,
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
  const { segments, torn } = await wholeSegments(folder);
  const segment = segments.at(-1);
  if (segment === undefined)
    throw new AuditError(
      "audit_corrupt",
      `${join(folder, LOG_FILE)} is missing: the log was removed. Restore it, or start with a new folder.`,
    );
  const checkpoint = await readSmall(join(folder, CHECKPOINT_FILE));
  const { verification, chain, tracker, began } = await check(folder, segments, segment, { checkpoint, publicKey });
  const length = (await fileSize(segment.path)) ?? 0;
  const file = await openFile(segment.path);
  try {
    if (length > chain.goodBytes) await file.truncate(chain.goodBytes);
    // Records that a killed process wrote and did not sync are continued from here, so they must be safe first.
    await file.sync();
    for (const { path } of torn) await unlink(path);
    await syncFolder(folder);
    return {
      segment,
      file,
      key,
      origin: stated.name,
      chain,
      signed: verification.checkpoint?.size ?? 0,
      tracker,
      began,
      repairedBytes: length - chain.goodBytes + torn.reduce((sum, { bytes }) => sum + bytes, 0),
      unsigned: verification.unsigned,
      suspicious: false,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface TornSegment extends SegmentFile {
  readonly bytes: number;
}

/** A crash while a segment was begun leaves a last file without a whole record: it holds nothing that was acknowledged. */
async function wholeSegments(
  folder: string,
): Promise<{ readonly segments: readonly SegmentFile[]; readonly torn: readonly TornSegment[] }> {
  const segments = await segmentsOf(folder);
  const torn: TornSegment[] = [];
  for (let last = segments.at(-1); last !== undefined && segments.length > 1; last = segments.at(-1)) {
    if ((await readFirstLine(last.path)) !== undefined) break;
    torn.push({ ...last, bytes: (await fileSize(last.path)) ?? 0 });
    segments.pop();
  }
  return { segments, torn };
}

interface Checked extends CheckedLog {
  readonly tracker: DoubtfulTracker;
  readonly began: number | undefined;
}

/** Checks the last segment alone where that says everything, else the whole log, which then also names what is wrong. */
async function check(
  folder: string,
  segments: readonly SegmentFile[],
  last: SegmentFile,
  options: VerifyOptions,
): Promise<Checked> {
  const start = segments.length > 1 ? await segmentStart(last) : undefined;
  if (start !== undefined) {
    const checked = await checkFrom([last], last, options, start);
    // A checkpoint of before the segment does not reach what its first record says, so that proves nothing.
    if (checked.problem === undefined && (checked.verification.checkpoint?.size ?? -1) >= start.size) return checked;
  }
  const checked = await checkFrom(segments, last, options, undefined);
  if (checked.problem !== undefined) throw corrupt(folder, checked.problem);
  return checked;
}

async function checkFrom(
  segments: readonly SegmentFile[],
  last: SegmentFile,
  options: VerifyOptions,
  start: Awaited<ReturnType<typeof segmentStart>>,
): Promise<Checked & { readonly problem: Problem | undefined }> {
  const tracker = new DoubtfulTracker();
  let began: number | undefined;
  const checked = await checkSegments(
    segments.map(({ name, path }) => ({ name: segments.length === 1 ? "" : name, bytes: readBytes(path) })),
    options,
    {
      ...(start === undefined ? {} : { start }),
      onEntry: ({ seq, record = {} }) => {
        // Of the log's own records alone: what a guard writes goes by the guard's clock.
        if (seq === last.first && record["type"] === "segment" && typeof record["at"] === "number")
          began = record["at"];
        tracker.observe(record);
      },
    },
  );
  const { problems, checkpoint } = checked.verification;
  const serious = problems.find(({ code, file }) => code !== "torn" || (file !== undefined && file !== last.name));
  const unproven: Problem = { code: "bad_checkpoint", message: "It does not verify." };
  return { ...checked, tracker, began, problem: serious ?? (checkpoint?.verified === true ? undefined : unproven) };
}

function corrupt(folder: string, problem: Problem): AuditError {
  return new AuditError(
    "audit_corrupt",
    `The audit log in ${folder} is not continued, because it does not verify. ${problem.message} Keep it as it is for whoever investigates, see all of it with "writ audit verify ${folder}", and start with a new folder.`,
  );
}
