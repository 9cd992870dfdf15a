import { addressBytes, samePrefix, type AddressBytes } from "./address.js";

/**
 * Whether a canonical address is anything but public unicast: loopback, link-local (cloud metadata among them),
 * RFC 1918, unique local, carrier NAT, multicast, reserved, documentation, and IPv6 ranges that carry an IPv4 address.
 */
export function isPrivateIp(ip: string): boolean {
  const address = addressBytes(ip);
  return address === undefined || isSpecial(address) || embeddedIpv4(address).length > 0;
}

/**
 * What is not public unicast: the special-purpose registries of IANA for IPv4 and IPv6, multicast and the ranges
 * that were taken back.
 */
const SPECIAL = [
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24",
  "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24",
  "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
  "::/128 ::1/128 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32",
  "2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8",
].flatMap((line) => line.split(" "));

let special: readonly { readonly block: AddressBytes; readonly bits: number }[] | undefined;

/** Whether an address is anything but public unicast; the addresses that it carries are not looked at. */
export function isSpecial(address: AddressBytes): boolean {
  special ??= SPECIAL.map((text) => {
    const [block = "", bits] = text.split("/");
    return { block: addressBytes(block) ?? [], bits: Number(bits) };
  });
  return special.some(({ block, bits }) => samePrefix(address, block, bits));
}

/** The IPv4 addresses that an IPv6 address carries: RFC 3056, RFC 6052, RFC 4380, RFC 4291 2.5.5.1, RFC 5214. */
export function embeddedIpv4(bytes: AddressBytes): readonly AddressBytes[] {
  if (bytes.length === 4) return [];
  const starts = (...prefix: number[]): boolean => prefix.every((byte, i) => bytes[i] === byte);
  const found: AddressBytes[] = [];
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
