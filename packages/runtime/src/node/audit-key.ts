import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { AuditError } from "../audit/audit-error.js";
import { syncFolder } from "./atomic-write.js";
import { systemCode } from "./storage-fault.js";

/** The key that signs a log's checkpoints. */
export interface AuditKey {
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** True when this call made it. */
  readonly created: boolean;
  /** Ed25519 (RFC 8032) signature, 64 bytes. */
  sign(text: string): Uint8Array;
}

/** Beside the audit folder, not in it: handing the folder to an auditor does not hand over the key. */
export function defaultKeyPath(folder: string): string {
  const full = resolve(folder);
  return join(dirname(full), "keys", `${basename(full)}.key`);
}

/**
 * Reads the signing key (PKCS #8, PEM), or makes one when `create` says so. Throws an {@link AuditError}
 * `audit_key` when it is missing, readable by others, not Ed25519, or inside the audit folder.
 */
export async function auditKey(path: string, folder: string, create: boolean): Promise<AuditKey> {
  const inside = relative(resolve(folder), resolve(path));
  if (inside === "" || (inside !== ".." && !inside.startsWith(`..${sep}`) && !/^([A-Za-z]:|[/\\])/.test(inside))) {
    throw new AuditError(
      "audit_key",
      `The signing key ${path} lies inside the audit folder. Choose a place outside, so that the folder can be handed over without it.`,
    );
  }
  const found = await read(path);
  if (found !== undefined) return toKey(found, path, false);
  if (!create) {
    throw new AuditError(
      "audit_key",
      `The signing key ${path} of the audit log ${folder} is missing. Restore it; a log cannot go on under another key.`,
    );
  }
  const made = await make(path);
  return made === undefined ? toKey((await read(path)) ?? "", path, false) : toKey(made, path, true);
}

async function read(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new AuditError(
        "audit_key",
        `The signing key ${path} may be read by others than its owner: anybody with it can forge the log. Run chmod 600 on it.`,
      );
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    if (error instanceof AuditError) throw error;
    throw new AuditError(
      "audit_key",
      `The signing key ${path} cannot be read (${systemCode(error) ?? "unknown error"}).`,
      { cause: error },
    );
  }
}

/** Creates the key whole or not at all; undefined when another process was first. */
async function make(path: string): Promise<string | undefined> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(pem);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
    await syncFolder(dirname(path));
    return pem;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw new AuditError(
      "audit_key",
      `The signing key ${path} cannot be made (${systemCode(error) ?? "unknown error"}).`,
      { cause: error },
    );
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

function toKey(pem: string, path: string, created: boolean): AuditKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (error) {
    throw new AuditError("audit_key", `${path} is not a private key (PKCS #8, PEM).`, { cause: error });
  }
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (privateKey.asymmetricKeyType !== "ed25519" || x === undefined) {
    throw new AuditError("audit_key", `${path} is not an Ed25519 key.`);
  }
  return { publicKey: Buffer.from(x, "base64url"), created, sign: (text) => sign(null, Buffer.from(text), privateKey) };
}
