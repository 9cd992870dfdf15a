import { canonicalize } from "./canonical.js";
import type { Json } from "./schema/json.js";

const encoder = new TextEncoder();

interface NodeCrypto {
  hash(algorithm: string, data: string | Uint8Array, encoding: "hex"): string;
}

/**
 * Node's own SHA-256 is eight times as fast as any in JavaScript. It is asked for without an import, so that
 * this module also loads in a browser, a worker and at the edge, where the portable one serves.
 */
function nodeCrypto(): NodeCrypto | undefined {
  const host: { process?: { getBuiltinModule?: (id: string) => unknown } } = globalThis;
  const found = host.process?.getBuiltinModule?.("node:crypto");
  return isNodeCrypto(found) ? found : undefined;
}

function isNodeCrypto(value: unknown): value is NodeCrypto {
  return typeof value === "object" && value !== null && "hash" in value && typeof value.hash === "function";
}

const native = nodeCrypto();

/** Loaded only where the host has none of its own, since importing it takes longer than the rest of this package. */
const portable = native === undefined ? await portableSha256() : undefined;

async function portableSha256(): Promise<(data: Uint8Array) => string> {
  const [{ sha256 }, { bytesToHex }] = await Promise.all([
    import("@noble/hashes/sha2.js"),
    import("@noble/hashes/utils.js"),
  ]);
  return (data) => bytesToHex(sha256(data));
}

/** SHA-256 of a text's UTF-8 bytes or of bytes, as 64 lower-case hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  if (native !== undefined) return native.hash("sha256", data, "hex");
  if (portable === undefined) throw new Error("no SHA-256 is loaded");
  return portable(typeof data === "string" ? encoder.encode(data) : data);
}

/** `sha256:` and the SHA-256 of the value's canonical bytes. */
export function digest(value: Json): string {
  return `sha256:${sha256Hex(canonicalize(value))}`;
}
