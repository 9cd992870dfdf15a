import { Refusal } from "../refusal.js";

/** Headers of a request, names in lower case. */
export type Headers = ReadonlyMap<string, string>;

const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Visible ASCII, spaces and tabs within (RFC 9110 5.5, without its obsolete part). */
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const MAX_HEADERS = 64;
const MAX_SIZE = 16 * 1024;

/** What frames the message, chooses its server or speaks to one on the way: it belongs to the broker. */
const OWN: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "forwarded",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** Whether a program, or a credential, may set a header. */
export function maySet(name: string): boolean {
  return NAME.test(name) && !OWN.has(name) && !/^(?:proxy-|x-forwarded-|x-http-method|x-method-)/.test(name);
}

export function isHeaderValue(value: string): boolean {
  return value.length <= MAX_SIZE && VALUE.test(value);
}

/** The headers that a program gave, or a {@link Refusal} that says what is wrong with them. */
export function readHeaders(given: unknown): Headers {
  const headers = new Map<string, string>();
  if (given === undefined) return headers;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Refusal("headers: expected a record");
  let size = 0;
  for (const key of Object.keys(given)) {
    const name = key.toLowerCase();
    const value: unknown = Reflect.get(given, key);
    if (!NAME.test(name)) throw new Refusal("headers: a name that is none");
    if (!maySet(name)) throw new Refusal(`headers: ${name} is not for a program to set`);
    if (headers.has(name)) throw new Refusal(`headers: ${name} is there twice`);
    if (typeof value !== "string" || !isHeaderValue(value))
      throw new Refusal(`headers: ${name} has a value that is none`);
    size += name.length + value.length;
    headers.set(name, value);
  }
  if (headers.size > MAX_HEADERS || size > MAX_SIZE) throw new Refusal("headers: more than a request may have");
  return headers;
}

/** What a request loses when it is sent on to another origin. */
const OF_ONE_ORIGIN: ReadonlySet<string> = new Set(["authorization", "cookie", "x-api-key", "api-key", "x-auth-token"]);

export function forOtherOrigin(headers: Headers): Headers {
  return new Map([...headers].filter(([name]) => !OF_ONE_ORIGIN.has(name)));
}

/** What a request loses when it is sent on without its body. */
export function withoutBody(headers: Headers): Headers {
  return new Map([...headers].filter(([name]) => !name.startsWith("content-")));
}

/** Headers of an answer that are of the connection, or that would put a session of the host's into the sandbox. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "set-cookie",
  "set-cookie2",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of an answer that a program sees. */
export function visibleHeaders(raw: readonly string[]): Headers {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? "").toLowerCase();
    if (!NAME.test(name) || KEPT_BACK.has(name) || name.startsWith("proxy-")) continue;
    // Bytes beyond ASCII have no meaning that two readers share.
    const value = (raw[i + 1] ?? "").replace(/[^\t\x20-\x7e]/g, "?");
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
