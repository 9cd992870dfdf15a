import { MAX_RECORD_BYTES } from "./encode-record.js";
import { fromBase64, fromHex, toBase64, toHex } from "./bytes.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_EXTRA = Math.ceil(MAX_RECORD_BYTES / 3) * 4;
/** A tree of 2^53 leaves is not deeper; a consistency proof has one hash more. */
const MAX_PATH = 54;
/** The longest proof, in characters. */
export const MAX_PROOF = MAX_EXTRA + 128 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** That a record is in the log (C2SP tlog-proof): a file that needs nothing beside it but the log's public key. */
export interface InclusionProof {
  readonly kind: "inclusion";
  readonly index: number;
  /** Hashes from the leaf's sibling up, 64 hexadecimal digits each. */
  readonly path: readonly string[];
  /** The record's stored JSON, or its leaf hash as 64 hexadecimal digits; not trusted before the path is checked. */
  readonly leaf: string;
  /** The signed checkpoint, as it is. */
  readonly checkpoint: string;
}

/** That the log only grew since an older checkpoint: the body of an `add-checkpoint` request to a witness (C2SP tlog-witness). */
export interface ConsistencyProof {
  readonly kind: "consistency";
  /** Size of the older tree. */
  readonly older: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

export function formatProof(proof: InclusionProof | ConsistencyProof): string {
  const path = proof.path.map((hash) => `${toBase64(fromHex(hash))}\n`).join("");
  const head =
    proof.kind === "inclusion"
      ? `${HEADER}\nextra ${toBase64(encoder.encode(proof.leaf))}\nindex ${proof.index}\n`
      : `old ${proof.older}\n`;
  return `${head}${path}\n${proof.checkpoint}`;
}

/** Reads what {@link formatProof} writes; undefined when it is anything else. Takes any text. */
export function parseProof(text: string): InclusionProof | ConsistencyProof | undefined {
  if (text.length > MAX_PROOF) return undefined;
  const split = text.indexOf("\n\n");
  if (split < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, split).split("\n");
  const checkpoint = text.slice(split + 2);
  if (first !== HEADER) {
    const older = number(/^old (.+)$/.exec(first)?.[1]);
    const path = readPath(lines);
    return older === undefined || path === undefined ? undefined : { kind: "consistency", older, path, checkpoint };
  }
  const [extra = "", place = "", ...hashes] = lines;
  const leaf = readLeaf(/^extra (.+)$/.exec(extra)?.[1]);
  const index = number(/^index (.+)$/.exec(place)?.[1]);
  const path = readPath(hashes);
  if (leaf === undefined || index === undefined || path === undefined) return undefined;
  return { kind: "inclusion", index, path, leaf, checkpoint };
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function readPath(lines: readonly string[]): readonly string[] | undefined {
  if (lines.length > MAX_PATH) return undefined;
  const hashes = lines.map((line) => fromBase64(line));
  if (!hashes.every((hash) => hash?.length === 32)) return undefined;
  return hashes.map((hash) => toHex(hash ?? new Uint8Array()));
}

function readLeaf(text: string | undefined): string | undefined {
  const bytes = text === undefined ? undefined : fromBase64(text, MAX_EXTRA);
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
