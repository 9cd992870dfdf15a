import { join } from "node:path";
import type { Problem, Verification } from "../audit/problem.js";
import { checkSegments } from "../audit/verify.js";
import { CHECKPOINT_FILE, LOG_FILE, PUBLIC_KEY_FILE, readBytes, readSmall, segmentsOf } from "./log-files.js";
import { systemCode } from "./storage-fault.js";

export interface VerifyAuditOptions {
  /** The public key as text (`<name>+<key id>+<base64>`), got from where the log's keeper cannot change it. */
  readonly publicKey?: string;
  /** A checkpoint kept elsewhere, as text: finds a log that was cut back together with its own checkpoint. */
  readonly checkpoint?: string;
}

export interface AuditVerification extends Verification {
  /** `folder`: the key was taken from the folder itself, which whoever could rewrite the log could also do. */
  readonly key: "given" | "folder";
}

/** Verifies an audit folder offline, in memory that does not grow with it. Rejects never: what cannot be read is a problem. */
export async function verifyAudit(folder: string, options: VerifyAuditOptions = {}): Promise<AuditVerification> {
  const key = options.publicKey === undefined ? "folder" : "given";
  try {
    // The checkpoint first: of a log that is being written, the log read later has at least what it vouches for.
    const checkpoint = options.checkpoint ?? (await readSmall(join(folder, CHECKPOINT_FILE)));
    const publicKey = options.publicKey ?? (await readSmall(join(folder, PUBLIC_KEY_FILE)));
    const segments = await segmentsOf(folder);
    const { verification } = await checkSegments(
      segments.map(({ name, path }) => ({ name: segments.length === 1 ? "" : name, bytes: readBytes(path) })),
      { checkpoint, publicKey },
      { canonical: true },
    );
    if (segments.length > 0) return { ...verification, key };
    const none: Problem = { code: "no_log", message: `There is no log at ${join(folder, LOG_FILE)}.` };
    return { ...verification, ok: false, problems: [none, ...verification.problems], key };
  } catch (error) {
    const why = systemCode(error) ?? (error instanceof Error ? error.message : "unknown error");
    const problem: Problem = { code: "unreadable", message: `${folder} could not be read to the end: ${why}.` };
    return { ok: false, records: 0, unsigned: 0, problems: [problem], omitted: 0, key };
  }
}
