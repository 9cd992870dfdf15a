import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";

/*
 * Hybrid public key encryption (RFC 9180), base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM: one
 * key agreement for many messages, and whoever encrypts cannot decrypt. An independent implementation reads it in a test.
 */
const KEM_SUITE = Buffer.concat([Buffer.from("KEM"), Buffer.from([0x00, 0x20])]);
const SUITE = Buffer.concat([Buffer.from("HPKE"), Buffer.from([0x00, 0x20, 0x00, 0x01, 0x00, 0x02])]);
const VERSION = Buffer.from("HPKE-v1");
const TAG = 16;
/** A key may encrypt so many messages and no more: RFC 9180's bound is far higher, this one fits a number exactly. */
export const MAX_MESSAGES = 2 ** 32;

function extract(suite: Buffer, salt: Buffer, label: string, input: Buffer): Buffer {
  return createHmac("sha256", salt)
    .update(Buffer.concat([VERSION, suite, Buffer.from(label), input]))
    .digest();
}

/** At most 32 bytes, which is one block of HKDF-Expand. */
function expand(suite: Buffer, key: Buffer, label: string, info: Buffer, length: number): Buffer {
  const labelled = Buffer.concat([Buffer.from([0, length]), VERSION, suite, Buffer.from(label), info]);
  return createHmac("sha256", key)
    .update(Buffer.concat([labelled, Buffer.from([1])]))
    .digest()
    .subarray(0, length);
}

interface Context {
  readonly key: Buffer;
  readonly baseNonce: Buffer;
}

function context(shared: Buffer, encapsulated: Buffer, recipient: Buffer, info: Buffer): Context {
  const secret = expand(
    KEM_SUITE,
    extract(KEM_SUITE, Buffer.alloc(0), "eae_prk", shared),
    "shared_secret",
    Buffer.concat([encapsulated, recipient]),
    32,
  );
  const empty = Buffer.alloc(0);
  const schedule = Buffer.concat([
    Buffer.from([0]),
    extract(SUITE, empty, "psk_id_hash", empty),
    extract(SUITE, empty, "info_hash", info),
  ]);
  const prk = extract(SUITE, secret, "secret", empty);
  return { key: expand(SUITE, prk, "key", schedule, 32), baseNonce: expand(SUITE, prk, "base_nonce", schedule, 12) };
}

function nonce({ baseNonce }: Context, sequence: number): Buffer {
  const out = Buffer.from(baseNonce);
  for (let i = 0, rest = sequence; i < 8; i += 1, rest = Math.floor(rest / 256))
    out[11 - i] = (out[11 - i] ?? 0) ^ (rest % 256);
  return out;
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
}

function fromRaw(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: "OKP", crv: "X25519", x: raw.toString("base64url") }, format: "jwk" });
}

/** Encrypts messages to a public key, each with a number of its own. */
export class HpkeSender {
  /** 32 bytes that the recipient needs beside the message and its number. */
  readonly encapsulated: Buffer;
  readonly #context: Context;
  #sequence = 0;

  constructor(recipient: KeyObject, info: string) {
    const { privateKey, publicKey } = generateKeyPairSync("x25519");
    this.encapsulated = rawPublic(publicKey);
    const shared = diffieHellman({ privateKey, publicKey: recipient });
    this.#context = context(shared, this.encapsulated, rawPublic(recipient), Buffer.from(info));
  }

  /** How many messages were encrypted. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The ciphertext and its 16 bytes of tag. */
  seal(plain: Buffer, associated: Buffer): Buffer {
    const cipher = createCipheriv("aes-256-gcm", this.#context.key, nonce(this.#context, this.#sequence));
    this.#sequence += 1;
    cipher.setAAD(associated);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Decrypts one message; throws where key, number, associated data or ciphertext are others. */
export function hpkeOpen(
  privateKey: KeyObject,
  message: {
    readonly encapsulated: Buffer;
    readonly sequence: number;
    readonly sealed: Buffer;
    readonly associated: Buffer;
    readonly info: string;
  },
): Buffer {
  const { encapsulated, sequence, sealed, associated, info } = message;
  const shared = diffieHellman({ privateKey, publicKey: fromRaw(encapsulated) });
  const opened = context(shared, encapsulated, rawPublic(createPublicKey(privateKey)), Buffer.from(info));
  const decipher = createDecipheriv("aes-256-gcm", opened.key, nonce(opened, sequence));
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
}
