import { canonicalize } from "./canonical.js";
import type { Json } from "./schema/json.js";

const encoder = new TextEncoder();

interface NodeCrypto {
  hash(algorithm: string, data: string | Uint8Array, encoding: "hex"): string;
}

interface Host {
  readonly process?: {
    readonly getBuiltinModule?: (id: string) => unknown;
    readonly release?: { readonly name?: unknown };
    readonly versions?: { readonly [of: string]: unknown };
  };
}

/** Whether this is Node, which has what {@link NodeCrypto} says; others give themselves out for it. */
function isNode({ process }: Host): boolean {
  const { getBuiltinModule, release, versions } = process ?? {};
  return (
    getBuiltinModule !== undefined &&
    release?.name === "node" &&
    versions?.["bun"] === undefined &&
    versions?.["deno"] === undefined
  );
}

/**
 * Node's own SHA-256 is eight times as fast as any in JavaScript. It is asked for without an import, so that
 * this module also loads in a browser, a worker and at the edge, where the portable one serves.
 */
function nodeCrypto({ process }: Host): NodeCrypto | undefined {
  const found = process?.getBuiltinModule?.("node:crypto");
  return isNodeCrypto(found) ? found : undefined;
}

function isNodeCrypto(value: unknown): value is NodeCrypto {
  return typeof value === "object" && value !== null && "hash" in value && typeof value.hash === "function";
}

/** In Node it is loaded when something is hashed: that takes as long as reading all of this package. */
let native = isNode(globalThis) ? undefined : nodeCrypto(globalThis);

/** Loaded only where the host has none of its own, since importing it takes longer than the rest of this package. */
const portable = native === undefined && !isNode(globalThis) ? await portableSha256() : undefined;

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
  if (portable === undefined) return loaded().hash("sha256", data, "hex");
  return portable(typeof data === "string" ? encoder.encode(data) : data);
}

function loaded(): NodeCrypto {
  native = nodeCrypto(globalThis);
  if (native === undefined) throw new Error("this Node has no crypto.hash: it is older than any that is supported");
  return native;
}

/** `sha256:` and the SHA-256 of the value's canonical bytes. */
export function digest(value: Json): string {
  return `sha256:${sha256Hex(canonicalize(value))}`;
}
