import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { addressBytes, samePrefix, unmapped } from "../src/values/address.js";
import { canonicalHost } from "../src/values/index.js";
import { isSpecial } from "../src/values/private-address.js";

/** Every range that ipaddr.js knows, as bytes and bits. */
const RANGES = [ipaddr.IPv4, ipaddr.IPv6].flatMap((family) => {
  const ranges: unknown = Reflect.get(family.prototype, "SpecialRanges");
  const found: { readonly bytes: number[]; readonly bits: number }[] = [];
  const visit = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    const first: unknown = node[0];
    const bits: unknown = node[1];
    if ((first instanceof ipaddr.IPv4 || first instanceof ipaddr.IPv6) && typeof bits === "number")
      found.push({ bytes: first.toByteArray(), bits });
    else node.forEach(visit);
  };
  Object.values(ranges ?? {}).forEach(visit);
  return found;
});

const toBig = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

function toBytes(number: bigint, length: number): number[] {
  const all = BigInt.asUintN(length * 8, number);
  return Array.from({ length }, (_, i) => Number((all >> BigInt((length - 1 - i) * 8)) & 0xffn));
}

const bytes = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(255), { minLength: length, maxLength: length });

/** Any address, and often one at the edge of a range or with many zeros. */
const address = fc.oneof(
  bytes(4),
  bytes(16),
  fc.array(fc.constantFrom(0, 0, 0, 1, 0x64, 0x20, 0xff), { minLength: 16, maxLength: 16 }),
  fc.tuple(fc.constantFrom(...RANGES), fc.bigInt({ min: -2n, max: 2n }), fc.boolean()).map(([range, step, end]) => {
    const size = 1n << BigInt(range.bytes.length * 8 - range.bits);
    return toBytes(toBig(range.bytes) + (end ? size : 0n) + step, range.bytes.length);
  }),
);

const known = (given: readonly number[]): ipaddr.IPv4 | ipaddr.IPv6 => ipaddr.fromByteArray([...given]);

describe("addresses, beside ipaddr.js", () => {
  test("it knows ranges of both families", () => {
    expect(RANGES.filter((range) => range.bytes.length === 4).length).toBeGreaterThan(15);
    expect(RANGES.filter((range) => range.bytes.length === 16).length).toBeGreaterThan(20);
  });

  test("what is public unicast there is so here, and nothing else", () => {
    fc.assert(
      fc.property(address, (given) => {
        expect(isSpecial(given)).toBe(known(given).range() !== "unicast");
      }),
      { numRuns: 5000 },
    );
  });

  test("what the URL parser writes is read as the same bytes", () => {
    fc.assert(
      fc.property(address, (given) => {
        const text = known(given).toString();
        const host = new URL(given.length === 4 ? `http://${text}/` : `http://[${text}]/`).hostname;
        expect(addressBytes(host.replace(/^\[|\]$/g, ""))).toEqual(given);
      }),
      { numRuns: 2000 },
    );
  });

  test("a mapped address is its IPv4 address, and no other is", () => {
    fc.assert(
      fc.property(bytes(4), address, (inner, other) => {
        const mapped = [...Array.from({ length: 10 }, () => 0), 255, 255, ...inner];
        expect(unmapped(mapped)).toBe(inner.join("."));
        expect(canonicalHost(`[${known(mapped).toString()}]`)).toBe(inner.join("."));
        expect(unmapped(other) === undefined).toBe(known(other).range() !== "ipv4Mapped");
      }),
      { numRuns: 500 },
    );
  });

  test("a prefix is compared as there", () => {
    fc.assert(
      fc.property(address, address, fc.nat(128), (a, b, bits) => {
        const [one, two] = [known(a), known(b)];
        const width = Math.min(bits, a.length * 8);
        const same = one.kind() === two.kind() && one.match(two, width);
        expect(samePrefix(a, b, width)).toBe(same);
      }),
    );
  });

  test.each([
    "",
    ":",
    ":::",
    "1::2::3",
    "::g",
    "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8:9",
    "::1%eth0",
    "[::1]",
    "::ffff:10.0.0.1",
    "010.0.0.1",
    "1.2.3",
    "1.2.3.4.",
    "256.1.1.1",
    "FE80::1",
    "0".repeat(10_000),
    ":".repeat(10_000),
  ])("%j is none in canonical text", (text) => {
    expect(addressBytes(text)).toBeUndefined();
  });
});
