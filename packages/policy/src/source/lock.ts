import { decodeText } from "./decode-text.js";
import type { ModuleHost } from "./module-host.js";

/** A policy that comes from elsewhere, as it was when somebody reviewed it. */
export interface LockedSource {
  readonly name: string;
  /** The name and version in its header. */
  readonly policy: string;
  readonly version?: number;
  /** `sha256:` and the SHA-256 of its text. */
  readonly digest: string;
}

/** What a policy takes from outside its folder, and its tools' pins, by name. */
export interface Lock {
  readonly sources: ReadonlyMap<string, LockedSource>;
  readonly tools: ReadonlyMap<string, string>;
}

export type LockReading =
  | { readonly kind: "none" }
  | { readonly kind: "lock"; readonly lock: Lock }
  | { readonly kind: "invalid"; readonly reason: string };

const FORMAT = "writ.lock/1";
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads the lock file of a host. What is not exactly a lock file is none that anything could rest on. */
export function readLock(host: ModuleHost): LockReading {
  const read = host.lock?.();
  if (read === undefined) return { kind: "none" };
  if (!read.ok) return { kind: "invalid", reason: read.reason };
  const decoded = decodeText(read.content);
  if (!decoded.ok) return { kind: "invalid", reason: "it is no UTF-8 text, or too large" };
  let json: unknown;
  try {
    json = JSON.parse(decoded.text);
  } catch {
    return { kind: "invalid", reason: "it is not JSON" };
  }
  const lock = lockOf(json);
  return lock === undefined ? { kind: "invalid", reason: `it is no \`${FORMAT}\`` } : { kind: "lock", lock };
}

/** The text of a lock file: sorted, so that the same things give the same bytes. */
export function writeLock(lock: Lock): string {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  const sources: Record<string, Omit<LockedSource, "name">> = {};
  for (const [name, { policy, version, digest }] of [...lock.sources].toSorted(byName))
    sources[name] = { policy, ...(version === undefined ? {} : { version }), digest };
  const document = {
    format: FORMAT,
    sources,
    tools: Object.fromEntries([...lock.tools].toSorted(byName)),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function lockOf(json: unknown): Lock | undefined {
  if (!isRecord(json) || json["format"] !== FORMAT) return undefined;
  const { sources, tools } = json;
  if (!isRecord(sources) || !isRecord(tools) || Object.keys(json).length !== 3) return undefined;
  const found = new Map<string, LockedSource>();
  for (const [name, one] of Object.entries(sources)) {
    if (!isRecord(one)) return undefined;
    const { policy, version, digest } = one;
    if (typeof policy !== "string" || typeof digest !== "string" || !DIGEST.test(digest)) return undefined;
    if (version !== undefined && typeof version !== "number") return undefined;
    found.set(name, { name, policy, digest, ...(version === undefined ? {} : { version }) });
  }
  const pins = new Map<string, string>();
  for (const [name, pin] of Object.entries(tools)) {
    if (typeof pin !== "string" || !DIGEST.test(pin)) return undefined;
    pins.set(name, pin);
  }
  return { sources: found, tools: pins };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
