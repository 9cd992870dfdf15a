import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { canonicalize, copyJson, digest, type Json } from "@writ/ir";
import { AuditError } from "../audit/audit-error.js";
import type { IntentRecord } from "../audit/record.js";
import { HpkeSender, hpkeOpen, MAX_MESSAGES } from "./hpke.js";
import type { AuditEntry } from "./read-audit.js";

const INFO = "writ-audit-sealed/1";
const VERSION = 1;
/** Version, encapsulated key, number. */
const HEAD = 1 + 32 + 8;
const MAX_PLAIN = 1024 * 1024;
const BOUNDS = { depth: 64, nodes: 200_000, bytes: MAX_PLAIN };

/** A key pair for sealed arguments (X25519), as PEM: the guard gets the public one, the operator keeps the private one. */
export function makeSealKey(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = generateKeyPairSync("x25519");
  return {
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Encrypts the arguments of calls to a key whose private half this process does not have. */
export class Sealer {
  readonly #recipient: KeyObject;
  readonly #origin: string;
  #sender: HpkeSender;

  /** `pem`: an X25519 public key (SPKI). Throws an {@link AuditError} `audit_key` for anything else. */
  constructor(pem: string, origin: string) {
    this.#recipient = readPublic(pem);
    this.#origin = origin;
    this.#sender = new HpkeSender(this.#recipient, INFO);
  }

  /**
   * The arguments of an intent, encrypted, as base 64; undefined where the record shows them whole. Throws an
   * {@link AuditError} when they are not those that the record has the digest of, or too large.
   */
  seal(body: IntentRecord, args: Json): string | undefined {
    const copied = copyJson(args, BOUNDS);
    if (!copied.ok) throw new AuditError("record_too_large", `The arguments cannot be sealed: ${copied.fault.message}`);
    if (digest(copied.value) !== body.args.digest)
      throw new AuditError("record_invalid", "The arguments to seal are not those that the record has the digest of.");
    if (digest(body.args.masked) === body.args.digest) return undefined;
    const plain = Buffer.from(canonicalize(copied.value));
    if (plain.length > MAX_PLAIN)
      throw new AuditError(
        "record_too_large",
        `The arguments are ${plain.length} bytes long; ${MAX_PLAIN} can be sealed.`,
      );
    if (this.#sender.sequence >= MAX_MESSAGES) this.#sender = new HpkeSender(this.#recipient, INFO);
    const head = Buffer.alloc(HEAD);
    head[0] = VERSION;
    this.#sender.encapsulated.copy(head, 1);
    head.writeBigUInt64BE(BigInt(this.#sender.sequence), 33);
    const sealed = this.#sender.seal(plain, associated(this.#origin, body));
    return Buffer.concat([head, sealed]).toString("base64");
  }
}

/** What the ciphertext belongs to: moved to another record, it does not open. The record names it by its hash in turn. */
function associated(
  origin: string,
  record: { readonly session: string; readonly call: string; readonly args: { readonly digest: string } },
): Buffer {
  return Buffer.from(JSON.stringify([INFO, origin, "intent", record.session, record.call, record.args.digest]));
}

/**
 * Decrypts the arguments of a record that `readAudit` gave. `privateKey` is PEM (PKCS #8), `origin` the log's name, the
 * first part of `log.pub`. Undefined where the record has none; throws an {@link AuditError} `audit_key` when the key
 * does not open them, and `audit_corrupt` when what it opens is not what the record has the digest of.
 */
export function unsealArguments(entry: AuditEntry, origin: string, privateKey: string): Json | undefined {
  const { record, sealed, seq } = entry;
  if (record?.type !== "intent" || sealed === undefined) return undefined;
  const key = readPrivate(privateKey);
  const bytes = Buffer.from(sealed, "base64");
  let text: string;
  try {
    if (bytes[0] !== VERSION || bytes.length < HEAD + 16) throw new Error("another version");
    const message = {
      encapsulated: bytes.subarray(1, 33),
      sequence: Number(bytes.readBigUInt64BE(33)),
      sealed: bytes.subarray(HEAD),
      associated: associated(origin, record),
      info: INFO,
    };
    text = hpkeOpen(key, message).toString("utf8");
  } catch (error) {
    throw new AuditError("audit_key", `This key does not open the sealed arguments of record ${seq}.`, {
      cause: error,
    });
  }
  const copied = copyJson(parse(text), BOUNDS);
  if (copied.ok && digest(copied.value) === record.args.digest) return copied.value;
  throw new AuditError("audit_corrupt", `What is sealed for record ${seq} is not what it has the digest of.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readPublic(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) {
    throw new AuditError(
      "audit_key",
      "The key to seal arguments with is a private one: a guard that holds it can read everything that it seals. Give it the public half, and keep this one elsewhere.",
    );
  }
  return check(() => createPublicKey(pem), "public");
}

function readPrivate(pem: string): KeyObject {
  return check(() => createPrivateKey(pem), "private");
}

function check(read: () => KeyObject, half: string): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === "x25519") return key;
  } catch {
    // said below
  }
  throw new AuditError("audit_key", `This is no ${half} key for sealed arguments (X25519, PEM).`);
}
