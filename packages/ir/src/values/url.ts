import { foldHost, isPrivateHost } from "./host.js";
import { hasControlOrSpace } from "./text.js";
import { failed, same, type Reading } from "./value.js";

const SPECIAL_PORTS: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
  ["ws", 80],
  ["wss", 443],
  ["ftp", 21],
]);

/**
 * `Url`: parsed by the WHATWG URL standard, host in punycode and folded as a `Host` is, the default port dropped.
 * Credentials, control characters, spaces and backslashes are faults: parsers disagree about them, and what a rule
 * sees must be what the tool connects to.
 */
export function readUrl(input: string, path: string): Reading {
  if (input.length > 8192) return failed(path, "too_long", "a URL has at most 8192 characters");
  if (hasControlOrSpace(input)) return failed(path, "url", "a URL holds no spaces or control characters");
  if (input.includes("\\")) return failed(path, "url", "a URL holds no backslash");
  let url: URL;
  try {
    url = new URL(input);
  } catch {
    return failed(path, "url", "expected an absolute URL");
  }
  const scheme = url.protocol.slice(0, -1);
  // `https:acme.com` and `https:/acme.com` are hosts to one parser and paths to another.
  if (SPECIAL_PORTS.has(scheme) && !/^[a-z]+:\/\/[^/]/i.test(input))
    return failed(path, "url", `${scheme}: is followed by // and a host`);
  if (url.username !== "" || url.password !== "" || /^[a-z]+:\/\/[^/?#]*@/i.test(input)) {
    return failed(path, "url", "a URL holds no user name or password");
  }
  if (SPECIAL_PORTS.has(scheme)) {
    const host = foldHost(url.hostname);
    if (host === undefined) return failed(path, "url", "the URL's host is not a host name or an IP address");
    if (host !== url.hostname) url.hostname = host;
    // The parser keeps the host it has where the new one does not fit.
    if (url.hostname !== host) return failed(path, "url", "the URL's host is not a host name or an IP address");
  }
  const again = safeParse(url.href);
  if (again !== url.href) return failed(path, "url", "the URL does not stay the same when it is read again");
  return same(url.href);
}

function safeParse(text: string): string | undefined {
  try {
    return new URL(text).href;
  } catch {
    return undefined;
  }
}

/** The scheme of a canonical URL, without its colon. */
export function urlScheme(url: string): string {
  return url.slice(0, url.indexOf(":"));
}

/** The host of a canonical URL; empty where its scheme has none (`data:`, `file:`). */
export function urlHost(url: string): string {
  return new URL(url).hostname;
}

/** The port, the scheme's own where none is written; undefined where the scheme has none. */
export function urlPort(url: string): number | undefined {
  const parsed = new URL(url);
  return parsed.port === "" ? SPECIAL_PORTS.get(urlScheme(url)) : Number(parsed.port);
}

/** The path as it is sent, still percent-encoded. */
export function urlPath(url: string): string {
  return new URL(url).pathname;
}

/** The query without its question mark; empty where there is none. */
export function urlQuery(url: string): string {
  return new URL(url).search.slice(1);
}

/** {@link isPrivateHost} of the URL's host; true where the scheme is not one that names an Internet host. */
export function urlPrivateHost(url: string): boolean {
  return !SPECIAL_PORTS.has(urlScheme(url)) || isPrivateHost(urlHost(url));
}
