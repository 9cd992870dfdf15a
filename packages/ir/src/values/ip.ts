import { addressBytes, isDottedDecimal, samePrefix, type AddressBytes } from "./address.js";
import { foldHost } from "./host.js";
import { embeddedIpv4 } from "./private-address.js";
import { failed, same, type Reading } from "./value.js";

/**
 * `Ip`: one IPv4 or IPv6 address. Canonical: dotted decimal, or RFC 5952 text without brackets; an IPv4-mapped IPv6
 * address is folded to IPv4. Octal, hexadecimal, short and whole-number spellings, zones (`%eth0`), ports and
 * brackets are refused: programs disagree about what they mean.
 */
export function readIp(input: string, path: string): Reading {
  const ip = canonicalIp(input);
  return ip === undefined ? failed(path, "ip", "expected an IP address such as 192.0.2.1 or 2001:db8::1") : same(ip);
}

/** The canonical address, or undefined where the text is none. */
export function canonicalIp(input: string): string | undefined {
  if (isDottedDecimal(input)) return input;
  if (input.length > 45 || !/^[0-9A-Fa-f:.]+$/.test(input) || !input.includes(":")) return undefined;
  let parsed: string;
  try {
    parsed = new URL(`http://[${input}]/`).hostname;
  } catch {
    return undefined;
  }
  return foldHost(parsed)?.replace(/^\[|\]$/g, "");
}

/** A block of addresses, IPv4 or IPv6, by its prefix length in bits. */
export interface Cidr {
  readonly address: string;
  readonly bits: number;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or an address alone (a block of one); undefined where the text is none of
 * these or has bits set below its prefix, which is nearly always a slip (`10.0.0.1/8`).
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const written = slash < 0 ? text : text.slice(0, slash);
  const ip = canonicalIp(written);
  if (ip === undefined) return undefined;
  const width = ip.includes(":") ? 128 : 32;
  const folded = written.includes(":") && width === 32;
  let bits = width;
  if (slash >= 0) {
    const digits = text.slice(slash + 1);
    if (!/^(?:0|[1-9]\d{0,2})$/.test(digits)) return undefined;
    bits = Number(digits) - (folded ? 96 : 0);
  }
  if (bits < 0 || bits > width) return undefined;
  const address = addressBytes(ip);
  if (address === undefined || !hostBitsClear(address, bits)) return undefined;
  return { address: ip, bits };
}

/** The canonical text of a block: `10.0.0.0/8`, or the address alone where it is a block of one. */
export function formatCidr(cidr: Cidr): string {
  return cidr.bits === (cidr.address.includes(":") ? 128 : 32) ? cidr.address : `${cidr.address}/${cidr.bits}`;
}

/**
 * Whether a canonical address lies in a block. Undefined, which is unknown to a rule, where an IPv6 address carries
 * an IPv4 address of that block (6to4, NAT64, Teredo, IPv4-compatible, ISATAP): a gateway may deliver it there.
 */
export function ipInCidr(ip: string, cidr: Cidr): boolean | undefined {
  const address = addressBytes(ip);
  const block = addressBytes(cidr.address);
  if (address === undefined || block === undefined) return undefined;
  if (samePrefix(address, block, cidr.bits)) return true;
  if (block.length === 16) return false;
  return embeddedIpv4(address).some((inner) => samePrefix(inner, block, cidr.bits)) ? undefined : false;
}

function hostBitsClear(bytes: AddressBytes, bits: number): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8));
    return (byte & (0xff >> kept)) === 0;
  });
}
