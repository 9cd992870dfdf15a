import { sha256Hex } from "@writ/ir";
import { fromBase64, fromHex, toBase64, toHex } from "./bytes.js";

/** What a checkpoint vouches for (C2SP tlog-checkpoint): the first `size` records of the log `origin` have this root. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 root, 64 lower-case hexadecimal digits. */
  readonly root: string;
}

/** A public key that signs notes (C2SP signed-note, signature type 0x01): Ed25519. */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes, 8 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
}

const ED25519 = 0x01;
const MAX_NOTE = 64 * 1024;
const encoder = new TextEncoder();

/** The first four bytes of SHA-256(name || newline || 0x01 || key), as C2SP signed-note recommends. */
function keyId(name: string, key: Uint8Array): string {
  const prefix = encoder.encode(`${name}\n`);
  const all = new Uint8Array(prefix.length + 1 + key.length);
  all.set(prefix);
  all[prefix.length] = ED25519;
  all.set(key, prefix.length + 1);
  return sha256Hex(all).slice(0, 8);
}

/** A key as text, in the form the ecosystem uses: `<name>+<key id>+<base64 of type and key>`. */
export function formatVerifierKey(name: string, key: Uint8Array): string {
  return `${name}+${keyId(name, key)}+${toBase64(Uint8Array.of(ED25519, ...key))}`;
}

/** Reads what {@link formatVerifierKey} writes; undefined when it is anything else, a wrong key id included. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const match = /^([^\s+]{1,256})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, name = "", id = "", encoded = ""] = match;
  const typed = fromBase64(encoded);
  if (typed === undefined || typed.length !== 33 || typed[0] !== ED25519) return undefined;
  const key = typed.slice(1);
  return keyId(name, key) === id ? { name, id, key } : undefined;
}

/** The text that is signed: origin, size and root, a line each. */
export function checkpointText(head: TreeHead): string {
  return `${head.origin}\n${head.size}\n${toBase64(fromHex(head.root))}\n`;
}

/** The whole note: text, empty line, signature line. `signature` is 64 bytes of Ed25519 over the text's UTF-8. */
export function formatCheckpoint(text: string, name: string, key: Uint8Array, signature: Uint8Array): string {
  return `${text}\n— ${name} ${toBase64(Uint8Array.of(...fromHex(keyId(name, key)), ...signature))}\n`;
}

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Note {
  readonly head: TreeHead;
  readonly text: string;
  readonly signatures: readonly Signature[];
}

function parseNote(note: string): Note | undefined {
  // The format forbids control characters other than the newline.
  if (note.length > MAX_NOTE || !note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) return undefined;
  const text = note.slice(0, split + 1);
  const signatures: Signature[] = [];
  for (const line of note.slice(split + 2, -1).split("\n")) {
    const match = /^— ([^\s+]+) (\S+)$/u.exec(line);
    const bytes = match?.[2] === undefined ? undefined : fromBase64(match[2]);
    if (match?.[1] === undefined || bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({ name: match[1], id: toHex(bytes.slice(0, 4)), bytes: bytes.slice(4) });
  }
  const [origin = "", count = "", encodedRoot = "", ...extensions] = text.slice(0, -1).split("\n");
  const root = fromBase64(encodedRoot);
  const size = Number(count);
  if (origin === "" || !/^(0|[1-9][0-9]{0,15})$/.test(count) || !Number.isSafeInteger(size)) return undefined;
  if (root === undefined || root.length !== 32 || extensions.includes("")) return undefined;
  return { head: { origin, size, root: toHex(root) }, text, signatures };
}

export type CheckedCheckpoint =
  | { readonly ok: true; readonly head: TreeHead }
  | {
      readonly ok: false;
      readonly code: "bad_checkpoint" | "bad_signature";
      readonly message: string;
      readonly head?: TreeHead;
    };

/**
 * Checks a checkpoint against the log's public key: offline, nothing else needed. Signatures of other keys
 * (witnesses) are ignored, as C2SP signed-note says; the log's own must be there and good. Never throws.
 */
export async function verifyCheckpoint(note: string, key: VerifierKey): Promise<CheckedCheckpoint> {
  const parsed = parseNote(note);
  if (parsed === undefined) {
    return {
      ok: false,
      code: "bad_checkpoint",
      message: "The checkpoint is not a signed note of origin, size and root: it was damaged or replaced.",
    };
  }
  const { head, text } = parsed;
  const own = parsed.signatures.filter((signature) => signature.name === key.name && signature.id === key.id);
  if (own.length === 0) {
    return {
      ok: false,
      code: "bad_signature",
      head,
      message: `The checkpoint is not signed by the key ${key.name}+${key.id}: it is of another log, or was forged.`,
    };
  }
  for (const signature of own) {
    if (!(await verifyEd25519(key.key, signature.bytes, encoder.encode(text)))) {
      return {
        ok: false,
        code: "bad_signature",
        head,
        message: "The checkpoint's signature is not good: its text was changed, or it was signed with another key.",
      };
    }
  }
  if (head.origin !== key.name) {
    return {
      ok: false,
      code: "bad_checkpoint",
      head,
      message: "The checkpoint is signed by this log's key and speaks of another log.",
    };
  }
  return { ok: true, head };
}

async function verifyEd25519(
  key: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, text);
  } catch {
    return false; // a key or signature of a wrong form is not a good one
  }
}
