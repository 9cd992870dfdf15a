import { generateKeyPairSync, sign } from "node:crypto";
import { checkpointText, formatCheckpoint, formatVerifierKey } from "../../src/audit/checkpoint.js";
import { encodeRecord, FIRST_PREV, sealRecord } from "../../src/audit/encode-record.js";
import { MerkleFrontier } from "../../src/audit/merkle.js";
import type { RecordBody } from "../../src/audit/record.js";

/** A key pair with a name, and what it signs. */
export interface Signer {
  readonly publicKey: string;
  checkpoint(hashes: readonly string[], origin?: string): string;
}

export function signer(name = "writ-audit/test"): Signer {
  const pair = generateKeyPairSync("ed25519");
  const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    publicKey: formatVerifierKey(name, raw),
    checkpoint: (hashes, origin = name) => {
      const tree = new MerkleFrontier();
      for (const hash of hashes) tree.append(hash);
      const text = checkpointText({ origin, size: tree.size, root: tree.root() });
      return formatCheckpoint(text, name, raw, sign(null, Buffer.from(text), pair.privateKey));
    },
  };
}

/** The lines of a log and their hashes. */
export function chain(bodies: readonly RecordBody[]): {
  readonly lines: readonly string[];
  readonly hashes: readonly string[];
} {
  const lines: string[] = [];
  const hashes: string[] = [];
  let prev = FIRST_PREV;
  for (const [seq, body] of bodies.entries()) {
    const sealed = sealRecord(encodeRecord(body), seq, prev);
    lines.push(sealed.line);
    hashes.push(sealed.hash);
    prev = sealed.hash;
  }
  return { lines, hashes };
}
