import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalIp, formatCidr, ipInCidr, parseCidr, readIp } from "../src/values/ip.js";
import { isPrivateIp } from "../src/values/private-address.js";

describe("Ip", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::ffff:a00:1", "10.0.0.1"],
    ["0:0:0:0:0:ffff:169.254.169.254", "169.254.169.254"],
  ])("%s is %s", (input, canonical) => {
    expect(readIp(input, "ip")).toEqual({ ok: true, wire: canonical, value: canonical });
  });

  test.each([
    "",
    " 10.0.0.1",
    "10.0.0.1 ",
    "10.0.0.1\n",
    "10.0.0",
    "10.0.0.1.",
    "10.0.0.256",
    "010.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "017700000001",
    "10.0.0.1:80",
    "[::1]",
    "::1%eth0",
    "fe80::1%25eth0",
    ":::",
    "1::2::3",
    "::ffff:010.0.0.1",
    "::ffff:0x7f.1",
    "１０.0.0.1",
    "10。0.0.1",
    "localhost",
    "::g",
    "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1/128",
    "1.2.3.4\0",
    "10.0.0.-1",
    "1e1.0.0.1",
  ])("refuses %j", (input) => {
    expect(readIp(input, "ip")).toMatchObject({ ok: false, fault: { path: "ip", code: "ip" } });
  });

  test.each([
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2002:a00:1::",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
    "2001:0:a00:1::",
    "2a00:1450::5efe:a00:1",
    "2001:db8::1",
  ])("%s is private", (input) => {
    expect(isPrivateIp(canonicalIp(input) ?? "none")).toBe(true);
  });

  test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111"])("%s is public", (input) => {
    expect(isPrivateIp(input)).toBe(false);
  });

  test.each<[string, string, boolean | undefined]>([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.0.0.0", "10.0.0.0/8", false],
    ["192.168.1.129", "192.168.1.128/25", true],
    ["192.168.1.127", "192.168.1.128/25", false],
    ["1.2.3.4", "0.0.0.0/0", true],
    ["10.0.0.1", "10.0.0.1", true],
    ["10.0.0.1", "::ffff:10.0.0.0/104", true],
    ["2001:db8::1", "2001:db8::/32", true],
    ["2001:db9::1", "2001:db8::/32", false],
    ["10.0.0.1", "::/0", false],
    ["64:ff9b::a00:1", "10.0.0.0/8", undefined],
    ["2002:a00:1::", "10.0.0.0/8", undefined],
    ["::10.0.0.1", "10.0.0.0/8", undefined],
    ["2606:4700::1", "10.0.0.0/8", false],
  ])("%s in %s: %s", (ip, block, expected) => {
    const cidr = parseCidr(block);
    expect(cidr && ipInCidr(canonicalIp(ip) ?? "", cidr)).toBe(expected);
  });

  test.each([
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10/8",
    "10.0.0.0/8/8",
    "::/129",
    "::ffff:10.0.0.0/90",
    "2001:db8::1/32",
    "/8",
    "",
  ])("%j is no block", (text) => expect(parseCidr(text)).toBeUndefined());

  test("canonical is canonical, and lies in its own blocks", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => {
        const once = canonicalIp(ip);
        if (once === undefined) return;
        expect(canonicalIp(once)).toBe(once);
        const own = parseCidr(once);
        expect(own && formatCidr(own)).toBe(once);
        expect(own && ipInCidr(once, own)).toBe(true);
      }),
    );
  });

  test("no text makes it throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789abcdefx:./%[] \0".split("")) }), (text) => {
        canonicalIp(text);
        const cidr = parseCidr(text);
        if (cidr !== undefined) expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
        isPrivateIp(text);
      }),
    );
  });
});
