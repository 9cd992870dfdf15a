import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { GuardError } from "../errors.js";

/** Public keys of an issuer, RFC 7517 section 5. */
export interface KeySet {
  readonly keys: readonly { readonly kty: string; readonly [member: string]: unknown }[];
}

/** How keys are fetched. Times in milliseconds. */
export interface Fetching {
  /** Keys older than this are fetched again, and refuse where they cannot be. Unsaid: 10 minutes. */
  readonly maxAge?: number;
  /** A key that is not known makes the keys be fetched again at most this often. Unsaid: 30 seconds. After a fetch that failed, none for as long, or for 5 seconds. */
  readonly cooldown?: number;
  /** Unsaid: 5 seconds. */
  readonly timeout?: number;
}

/** A set of keys larger than this is none. */
const MAX_KEYS_BYTES = 512 * 1024;
/** A day: what is said in milliseconds, and is longer, was meant otherwise. */
const LONGEST = 24 * 3_600_000;

/** Keys fetched from where the issuer publishes them, over TLS but for this machine's own addresses. */
export function remoteKeys(address: string | URL, fetching: Fetching): JWTVerifyGetKey {
  const url = URL.parse(String(address));
  if (url === null || url.username !== "" || (url.protocol !== "https:" && !isOwnMachine(url)))
    throw new GuardError("misuse", "jwks is an https address without credentials, or the keys themselves");
  const cooldown = duration(fetching.cooldown, 30_000, "cooldown");
  return createRemoteJWKSet(url, {
    cacheMaxAge: duration(fetching.maxAge, 600_000, "maxAge"),
    cooldownDuration: cooldown,
    timeoutDuration: duration(fetching.timeout, 5000, "timeout"),
    [customFetch]: patiently(Math.min(cooldown, 5000)),
  });
}

/** Keys that are at hand. A key that could sign has no place among them. */
export function localKeys(set: KeySet): JWTVerifyGetKey {
  const keys: unknown = set.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new GuardError("misuse", "jwks.keys is a list of public keys");
  if (!keys.every(isPublic))
    throw new GuardError(
      "misuse",
      "jwks.keys holds public keys alone: whoever checks tokens must not be able to make them",
    );
  return createLocalJWKSet({ keys: [...set.keys] });
}

function isPublic(key: unknown): boolean {
  if (typeof key !== "object" || key === null) return false;
  return Reflect.get(key, "kty") !== "oct" && !Object.hasOwn(key, "d") && !Object.hasOwn(key, "k");
}

type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** Fetches with a bound on what comes back, and leaves an issuer alone for a while that has just failed. */
function patiently(pause: number): Fetch {
  let failed = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (performance.now() - failed < pause) throw new Error("the keys could not be fetched a moment ago");
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`the keys were answered with ${response.status}`);
      return new Response(await bounded(response), { status: 200 });
    } catch (error) {
      failed = performance.now();
      throw error;
    }
  };
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  for await (const part of response.body ?? []) {
    const bytes: unknown = part;
    if (!(bytes instanceof Uint8Array)) throw new Error("the keys were answered with no bytes");
    size += bytes.byteLength;
    if (size > MAX_KEYS_BYTES) throw new Error(`the keys are larger than ${MAX_KEYS_BYTES} bytes`);
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

function isOwnMachine({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" && (/^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === "[::1]" || hostname === "localhost")
  );
}

/** A time in milliseconds, as it is given or unsaid. */
export function duration(given: number | undefined, unsaid: number, name: string): number {
  const ms = given ?? unsaid;
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= LONGEST) return ms;
  throw new GuardError("misuse", `${name} is a whole number of milliseconds, from 0 to ${LONGEST}`);
}
