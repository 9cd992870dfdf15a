import ipaddr from "ipaddr.js";
import { foldHost } from "./host.js";
import { failed, same, type Reading } from "./value.js";

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

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
  if (V4.test(input)) return input;
  if (input.length > 45 || !/^[0-9A-Fa-f:.]+$/.test(input) || !input.includes(":")) return undefined;
  let parsed: string;
  try {
    parsed = new URL(`http://[${input}]/`).hostname;
  } catch {
    return undefined;
  }
  return foldHost(parsed)?.replace(/^\[|\]$/g, "");
}

/**
 * Whether a canonical address is anything but public unicast: loopback, link-local (cloud metadata among them),
 * RFC 1918, unique local, carrier NAT, multicast, reserved, documentation, and IPv6 ranges that carry an IPv4 address.
 */
export function isPrivateIp(ip: string): boolean {
  const address = parse(ip);
  if (address === undefined || address.range() !== "unicast") return true;
  return embeddedIpv4(address).length > 0;
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
  const address = parse(ip);
  if (address === undefined || !hostBitsClear(address.toByteArray(), bits)) return undefined;
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
  const address = parse(ip);
  const block = parse(cidr.address);
  if (address === undefined || block === undefined) return undefined;
  if (inBlock(address.toByteArray(), block.toByteArray(), cidr.bits)) return true;
  if (block.kind() === "ipv6") return false;
  return embeddedIpv4(address).some((inner) => inBlock(inner, block.toByteArray(), cidr.bits)) ? undefined : false;
}

function parse(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (V4.test(ip)) return ipaddr.IPv4.parse(ip);
  return ipaddr.IPv6.isValid(ip) ? ipaddr.IPv6.parse(ip) : undefined;
}

function inBlock(address: readonly number[], block: readonly number[], bits: number): boolean {
  if (address.length !== block.length) return false;
  for (let i = 0; i * 8 < bits; i += 1) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((address[i] ?? 0) & mask) !== ((block[i] ?? 0) & mask)) return false;
  }
  return true;
}

function hostBitsClear(bytes: readonly number[], bits: number): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8));
    return (byte & (0xff >> kept)) === 0;
  });
}

/** The IPv4 addresses that an IPv6 address carries: RFC 3056, RFC 6052, RFC 4380, RFC 4291 2.5.5.1, RFC 5214. */
function embeddedIpv4(address: ipaddr.IPv4 | ipaddr.IPv6): number[][] {
  if (address.kind() === "ipv4") return [];
  const bytes = address.toByteArray();
  const starts = (...prefix: number[]): boolean => prefix.every((byte, i) => bytes[i] === byte);
  const found: number[][] = [];
  const last = bytes.slice(12);
  if (starts(0x20, 0x02)) found.push(bytes.slice(2, 6));
  // The well-known prefix, and the local-use one of RFC 8215 in its /96 form.
  if (starts(0x00, 0x64, 0xff, 0x9b)) found.push(last);
  // Teredo hides the client's address by flipping its bits.
  if (starts(0x20, 0x01, 0x00, 0x00))
    found.push(
      bytes.slice(4, 8),
      last.map((byte) => byte ^ 0xff),
    );
  if (bytes.slice(0, 12).every((byte) => byte === 0) && last.slice(0, 3).some((byte) => byte !== 0)) found.push(last);
  if (bytes.slice(0, 8).every((byte) => byte === 0) && bytes[8] === 0xff && bytes[9] === 0xff) found.push(last);
  if ((bytes[8] === 0x00 || bytes[8] === 0x02) && bytes[9] === 0x00 && bytes[10] === 0x5e && bytes[11] === 0xfe)
    found.push(last);
  return found;
}
