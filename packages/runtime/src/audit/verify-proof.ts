import { parseVerifierKey, verifyCheckpoint, type TreeHead, type VerifierKey } from "./checkpoint.js";
import { leafHash } from "./encode-record.js";
import { parseProof, type ConsistencyProof, type InclusionProof } from "./proof-file.js";
import { readLine, type LooseRecord } from "./stored-line.js";
import { isConsistent, rootFromInclusion } from "./tree-proof.js";

export interface VerifyProofOptions {
  /** The log's public key: `<name>+<key id>+<base64>`, got from where the log's keeper cannot change it. */
  readonly publicKey: string;
  /** Of a consistency proof: the older checkpoint, as text, that the log must have grown from. */
  readonly checkpoint?: string;
}

/**
 * Why a proof proves nothing.
 * - `no_key`: the key is not one. `not_a_proof`: the file is something else, or damaged.
 * - `bad_checkpoint`, `bad_signature`: the checkpoint inside it is damaged, or not signed by the key.
 * - `not_included`: the record is not the one at that place of the signed tree.
 * - `no_older`, `bad_older`: the older checkpoint is missing, or not this log's.
 * - `inconsistent`: the newer tree does not contain the older one: the log was rewritten between them.
 */
export type ProofProblemCode =
  | "no_key"
  | "not_a_proof"
  | "bad_checkpoint"
  | "bad_signature"
  | "not_included"
  | "no_older"
  | "bad_older"
  | "inconsistent";

/** What a proof proves, or why it proves nothing. */
export type ProofVerification =
  | {
      readonly ok: true;
      readonly kind: "inclusion";
      readonly checkpoint: TreeHead;
      readonly seq: number;
      /** Leaf hash, 64 hexadecimal digits. */
      readonly hash: string;
      /** The record; undefined when the proof holds only its hash. */
      readonly record?: LooseRecord;
    }
  | { readonly ok: true; readonly kind: "consistency"; readonly checkpoint: TreeHead; readonly older: TreeHead }
  | { readonly ok: false; readonly code: ProofProblemCode; readonly message: string };

function failed(code: ProofProblemCode, message: string): ProofVerification {
  return { ok: false, code, message };
}

/** Verifies a proof alone: no log, no network, only the log's public key. Takes any text; rejects never. */
export async function verifyProof(text: string, options: VerifyProofOptions): Promise<ProofVerification> {
  const key = parseVerifierKey(options.publicKey);
  if (key === undefined) return failed("no_key", "The public key is missing or damaged: nothing can be checked.");
  const proof = parseProof(text);
  if (proof === undefined) return failed("not_a_proof", "This is no proof of an audit log, or it was damaged.");
  const checked = await verifyCheckpoint(proof.checkpoint, key);
  if (!checked.ok) return failed(checked.code, checked.message);
  return proof.kind === "inclusion"
    ? verifyInclusion(proof, checked.head)
    : verifyConsistency(proof, checked.head, key, options.checkpoint);
}

function verifyInclusion(proof: InclusionProof, head: TreeHead): ProofVerification {
  const { leaf, index, path } = proof;
  const hashOnly = /^[0-9a-f]{64}$/.test(leaf);
  const hash = hashOnly ? leaf : leafHash(leaf);
  if (rootFromInclusion(hash, index, head.size, path) !== head.root) {
    return failed(
      "not_included",
      `What the proof holds is not record ${index} of the ${head.size} that were signed: it, or its path, was changed.`,
    );
  }
  const done = { ok: true, kind: "inclusion", checkpoint: head, seq: index, hash } as const;
  if (hashOnly) return done;
  const read = readLine(new TextEncoder().encode(`${hash} ${leaf}`), true);
  if (read.kind === "record" && read.record["seq"] === index) return { ...done, record: read.record };
  return failed("not_included", `What was signed at place ${index} is not a record of an audit log with that number.`);
}

async function verifyConsistency(
  proof: ConsistencyProof,
  head: TreeHead,
  key: VerifierKey,
  note: string | undefined,
): Promise<ProofVerification> {
  if (note === undefined)
    return failed("no_older", "This proves that a log grew from an older checkpoint: give that checkpoint too.");
  const older = await verifyCheckpoint(note, key);
  if (!older.ok) return failed("bad_older", `The older checkpoint: ${older.message}`);
  if (older.head.size !== proof.older) {
    return failed(
      "bad_older",
      `The proof begins at ${proof.older} records, the older checkpoint has ${older.head.size}: they do not belong together.`,
    );
  }
  if (isConsistent(older.head, head, proof.path))
    return { ok: true, kind: "consistency", checkpoint: head, older: older.head };
  return failed(
    "inconsistent",
    `The log of ${head.size} records does not begin with the ${older.head.size} that were signed before, or the proof was changed.`,
  );
}
