/** An IP address as its bytes in network order: 4, or 16. */
export type AddressBytes = readonly number[];

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IPv4 address as four decimal numbers without leading zeros. */
export function isDottedDecimal(text: string): boolean {
  return V4.test(text);
}

/**
 * The bytes of an address in canonical text: dotted decimal, or IPv6 in hexadecimal groups with one `::` at most (RFC
 * 5952, as the WHATWG URL parser writes it, without brackets). Undefined for any other text.
 */
export function addressBytes(text: string): AddressBytes | undefined {
  if (V4.test(text)) return text.split(".").map(Number);
  if (text.length > 39 || !text.includes(":")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const left = 8 - before.length - after.length;
  if (halves.length === 2 ? left < 1 : left !== 0) return undefined;
  const groups = [...before, ...Array.from({ length: left }, () => "0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}

/** Whether the first `bits` bits of two addresses of one family are the same. */
export function samePrefix(a: AddressBytes, b: AddressBytes, bits: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i * 8 < bits; i += 1) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((a[i] ?? 0) & mask) !== ((b[i] ?? 0) & mask)) return false;
  }
  return true;
}

/** The IPv4 address that an IPv4-mapped IPv6 address is (RFC 4291 2.5.5.2), as dotted decimal; undefined for any other. */
export function unmapped(bytes: AddressBytes): string | undefined {
  const mapped = bytes.length === 16 && bytes.every((byte, i) => i > 11 || byte === (i < 10 ? 0 : 0xff));
  return mapped ? bytes.slice(12).join(".") : undefined;
}
