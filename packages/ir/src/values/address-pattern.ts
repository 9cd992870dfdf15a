import { formatHostPattern, hostMatches, parseHostPattern, type HostPattern } from "./host.js";
import { canonicalIp, formatCidr, ipInCidr, parseCidr, type Cidr } from "./ip.js";

/** What stands in a list beside a `Host` or an `Ip`: a host pattern, or a block of addresses. */
export type AddressPattern =
  | { readonly kind: "host"; readonly pattern: HostPattern }
  | { readonly kind: "block"; readonly cidr: Cidr };

/** Reads `acme.com`, `*.acme.com`, `192.0.2.1` or `10.0.0.0/8`; undefined where the text is none of these. */
export function parseAddressPattern(text: string): AddressPattern | undefined {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return { kind: "block", cidr };
  const pattern = parseHostPattern(text);
  if (pattern === undefined) return undefined;
  // An address in brackets, or in another spelling, is that address.
  const address = pattern.below ? undefined : parseCidr(bare(pattern.suffix));
  return address === undefined ? { kind: "host", pattern } : { kind: "block", cidr: address };
}

/** The canonical text of a pattern. */
export function formatAddressPattern(pattern: AddressPattern): string {
  return pattern.kind === "host" ? formatHostPattern(pattern.pattern) : formatCidr(pattern.cidr);
}

/**
 * Whether a canonical host or address fits. A name is in no block: what it resolves to is not seen here. Undefined,
 * which is unknown to a rule, where an IPv6 address carries an IPv4 address of the block.
 */
export function addressMatches(host: string, pattern: AddressPattern): boolean | undefined {
  if (pattern.kind === "host") return hostMatches(host, pattern.pattern);
  const ip = canonicalIp(bare(host));
  return ip === undefined ? false : ipInCidr(ip, pattern.cidr);
}

/** A host without the brackets that it writes an IPv6 address in. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
