import { addressBytes, isDottedDecimal, unmapped } from "./address.js";
import { isPlainHost } from "./plain.js";
import { isPrivateIp } from "./private-address.js";
import { hasControlOrSpace, hasInvisible } from "./text.js";
import { failed, same, type Reading } from "./value.js";

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * `Host`: a host name or an IP address, lower-case, punycode, without a trailing dot, every numeric spelling of an
 * IPv4 address folded (WHATWG URL host parser), an IPv4-mapped IPv6 address folded to IPv4, IPv6 in brackets.
 */
export function readHost(input: string, path: string): Reading {
  const host = canonicalHost(input);
  return host === undefined ? failed(path, "host", "expected a host name or an IP address") : same(host);
}

/** The canonical host, or undefined where the text is none. */
export function canonicalHost(input: string): string | undefined {
  return isPlainHost(input) ? input : parsedHost(input);
}

/** The same of any text, by the parser of URLs. */
export function parsedHost(input: string): string | undefined {
  if (input === "" || input.length > 1024 || hasControlOrSpace(input) || hasInvisible(input)) return undefined;
  if (/[/\\?#@%]/.test(input) || (input.includes(":") && !input.startsWith("["))) return undefined;
  let parsed: string;
  try {
    parsed = new URL(`http://${input}/`).hostname;
  } catch {
    return undefined;
  }
  return foldHost(parsed);
}

/** Folds what the WHATWG parser leaves apart: the trailing dot and IPv4-mapped addresses. */
export function foldHost(parsed: string): string | undefined {
  const host = parsed.endsWith(".") ? parsed.slice(0, -1) : parsed;
  if (host === "") return undefined;
  if (host.startsWith("[")) {
    const bytes = addressBytes(host.slice(1, -1));
    return bytes === undefined ? undefined : (unmapped(bytes) ?? host);
  }
  if (isDottedDecimal(host)) return host;
  if (host.length > 253 || !host.split(".").every((label) => LABEL.test(label))) return undefined;
  return host;
}

const LOCAL_SUFFIXES = [
  "localhost",
  "local",
  "internal",
  "intranet",
  "lan",
  "home.arpa",
  "localdomain",
  "corp",
  "home",
];

/**
 * Whether a canonical host may lead into the machine, its network or a cloud's metadata service: every address
 * that is not public unicast (those that embed an IPv4 address included), a single label, and
 * the names reserved for local use (RFC 6761, RFC 6762, RFC 8375, ICANN `.internal`). A name that resolves to a
 * private address is not seen here: that takes a look-up, which the egress broker makes.
 */
export function isPrivateHost(host: string): boolean {
  if (host === "") return true;
  if (host.startsWith("[")) return isPrivateIp(host.slice(1, -1));
  if (isDottedDecimal(host)) return isPrivateIp(host);
  if (!host.includes(".")) return true;
  return LOCAL_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/** A pattern for hosts: a name itself, or `*.name` for one or more labels before it. */
export interface HostPattern {
  readonly suffix: string;
  readonly below: boolean;
}

/** Reads `acme.com` or `*.acme.com`; undefined where the text is neither. */
export function parseHostPattern(text: string): HostPattern | undefined {
  const below = text.startsWith("*.");
  const suffix = canonicalHost(below ? text.slice(2) : text);
  if (suffix === undefined) return undefined;
  // `*.` before an address has no meaning.
  if (below && (suffix.startsWith("[") || isDottedDecimal(suffix))) return undefined;
  return { suffix, below };
}

/** The canonical text of a pattern. */
export function formatHostPattern(pattern: HostPattern): string {
  return pattern.below ? `*.${pattern.suffix}` : pattern.suffix;
}

/** Whether a canonical host fits a pattern. */
export function hostMatches(host: string, pattern: HostPattern): boolean {
  if (!pattern.below) return host === pattern.suffix;
  return host.length > pattern.suffix.length + 1 && host.endsWith(`.${pattern.suffix}`);
}
