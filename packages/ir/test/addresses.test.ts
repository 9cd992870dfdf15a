import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Json, Type } from "../src/index.js";
import {
  hostMatches,
  isPrivateHost,
  loadEngines,
  parseHostPattern,
  readMember,
  readValue,
  registrableDomain,
} from "../src/values/index.js";

beforeAll(() => loadEngines({ patterns: true, domains: true }));

/** The canonical form, or `refused`. */
function canonical(type: Type, input: Json): Json {
  const read = readValue(type, input, new Map());
  return read.ok ? read.wire : "refused";
}

describe("Path", () => {
  it.each([
    ["/repo/../etc/shadow", "/etc/shadow"],
    ["/repo/sub/../a.ts", "/repo/a.ts"],
    ["/..", "/"],
    ["//a//./b/", "/a/b"],
    ["/", "/"],
    ["/e\u0301", "/é"],
    ["a/b", "refused"],
    ["", "refused"],
    ["~/x", "refused"],
    ["C:\\x", "refused"],
    ["/a\\..\\b", "refused"],
    ["/a\u0000b", "refused"],
    ["/a\nb", "refused"],
    ["/a/%2e%2e/b", "refused"],
    ["/a/%2E%2e%2Fb", "refused"],
    ["/a%00", "refused"],
    ["/a/．．/b", "refused"],
    ["/a∕b", "refused"],
    ["/a/‥/b", "refused"],
    // Decoded twice, as two servers in a row do.
    ["/%252e%252e/x", "refused"],
    ["/%%32%65%%32%65%%32%66x", "refused"],
    ["/%25252fx", "refused"],
    ["/a%2500b", "refused"],
    [`/${"%25".repeat(1000)}2e`, "refused"],
    // Overlong UTF-8, and the escapes of some servers.
    ["/%c0%ae%C0%AE/x", "refused"],
    ["/%e0%80%ae/x", "refused"],
    ["/%f0%80%80%af", "refused"],
    ["/%c1%9cx", "refused"],
    ["/%u002e%U002e/x", "refused"],
    ["/%25u2215x", "refused"],
    ["/%ef%bc%8fx", "refused"],
    // None of these.
    ["/100%25 of it", "/100%25 of it"],
    ["/50% off", "/50% off"],
    ["/%2541%", "/%2541%"],
    ["/%c3%a9t%e9", "/%c3%a9t%e9"],
    ["/%u00e9", "/%u00e9"],
    [`/${"a".repeat(5000)}`, "refused"],
  ])("%j is %j", (input, expected) => {
    expect(canonical({ kind: "Path" }, input)).toBe(expected);
  });

  it("has members", () => {
    const member = (name: string, path: string): unknown => readMember("Path", name, path);
    expect([member("dir", "/a/b.ts"), member("name", "/a/b.ts"), member("ext", "/a/b.ts")]).toEqual([
      "/a",
      "b.ts",
      "ts",
    ]);
    expect([member("dir", "/"), member("name", "/"), member("ext", "/a/.env")]).toEqual(["/", "", ""]);
  });
});

describe("Url", () => {
  it.each([
    ["HTTPS://ACME.com:443/a/../b?q#f", "https://acme.com/b?q#f"],
    ["http://acme.com.", "http://acme.com/"],
    ["http://münchen.de", "http://xn--mnchen-3ya.de/"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["http://0177.0.0.1/", "http://127.0.0.1/"],
    ["http://2130706433", "http://127.0.0.1/"],
    ["http://[::ffff:7f00:1]/", "http://127.0.0.1/"],
    ["http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"],
    ["http://127.0.0.1./", "http://127.0.0.1/"],
    ["http://１２７.0.0.1/", "http://127.0.0.1/"],
    ["http://acme.com/%2e%2e/a", "http://acme.com/a"],
    ["file:///etc/passwd", "file:///etc/passwd"],
    ["data:text/html,x", "data:text/html,x"],
    ["https://user:pw@acme.com/", "refused"],
    ["https://acme.com@evil.test/", "refused"],
    ["https://@evil.test/", "refused"],
    ["https:acme.com", "refused"],
    ["https:/acme.com", "refused"],
    ["https:///acme.com", "refused"],
    ["https://acme.com\\@evil.test", "refused"],
    ["https://a\tcme.com", "refused"],
    [" https://acme.com", "refused"],
    ["//acme.com/x", "refused"],
    ["acme.com", "refused"],
    ["http://", "refused"],
    ["http://a b/", "refused"],
    ["http://1.2.3.4.5/", "refused"],
    ["http://256.1.1.1/", "refused"],
    ["http://[::1", "refused"],
    ["http://a\r\nHost: evil/", "refused"],
    [`http://a.de/${"x".repeat(9000)}`, "refused"],
  ])("%j is %j", (input, expected) => {
    expect(canonical({ kind: "Url" }, input)).toBe(expected);
  });

  it("has members", () => {
    const members = (url: string): unknown[] =>
      ["scheme", "host", "port", "path", "query", "domain", "private_host"].map((name) => readMember("Url", name, url));
    expect(members("https://docs.acme.co.uk/a?b=1#c")).toEqual([
      "https",
      "docs.acme.co.uk",
      443,
      "/a",
      "b=1",
      "acme.co.uk",
      false,
    ]);
    expect(members("http://127.0.0.1:8080/")).toEqual(["http", "127.0.0.1", 8080, "/", "", undefined, true]);
    expect(members("file:///x")).toEqual(["file", undefined, undefined, "/x", "", undefined, true]);
  });

  it("a canonical URL reads as itself", () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const once = canonical({ kind: "Url" }, url);
        if (once !== "refused") expect(canonical({ kind: "Url" }, once)).toBe(once);
      }),
    );
  });
});

describe("Host and its patterns", () => {
  it.each([
    ["127.0.0.1", true],
    ["10.1.2.3", true],
    ["172.16.0.1", true],
    ["192.168.1.1", true],
    ["169.254.169.254", true],
    ["100.64.0.1", true],
    ["0.0.0.0", true],
    ["224.0.0.1", true],
    ["[::1]", true],
    ["[::]", true],
    ["[fe80::1]", true],
    ["[fc00::1]", true],
    ["[64:ff9b::a00:1]", true],
    ["[2002:a00:1::]", true],
    // IPv4 inside, in the forms of RFC 4291 2.5.5.1 and RFC 5214.
    ["[::7f00:1]", true],
    ["[2606:4700::5efe:a00:1]", true],
    ["localhost", true],
    ["x.localhost", true],
    ["db.internal", true],
    ["printer.local", true],
    ["intranet", true],
    ["8.8.8.8", false],
    ["acme.com", false],
    ["[2606:4700::1111]", false],
    ["localhost.acme.com", false],
  ])("%s is private: %s", (host, expected) => {
    expect(isPrivateHost(host)).toBe(expected);
  });

  it.each([
    ["acme.com", "acme.com", true],
    ["acme.com", "x.acme.com", false],
    ["*.acme.com", "x.acme.com", true],
    ["*.acme.com", "a.b.acme.com", true],
    ["*.acme.com", "acme.com", false],
    ["*.acme.com", "evilacme.com", false],
    ["*.acme.com", "acme.com.evil.test", false],
    ["ACME.com.", "acme.com", true],
  ])("%s fits %s: %s", (text, host, fits) => {
    const pattern = parseHostPattern(text);
    expect(pattern !== undefined && hostMatches(host, pattern)).toBe(fits);
  });

  it.each(["*", "*.*", "a.*", "*acme.com", "http://a.de", "a.de/x", "a b", "", "*.10.0.0.1", "a..de"])(
    "%j is no pattern",
    (text) => {
      expect(parseHostPattern(text)).toBeUndefined();
    },
  );

  it("knows registrable domains by the public suffix list", () => {
    expect(registrableDomain("a.b.acme.co.uk")).toBe("acme.co.uk");
    expect(registrableDomain("co.uk")).toBeUndefined();
    expect(registrableDomain("10.0.0.1")).toBeUndefined();
    expect(registrableDomain("me.github.io")).toBe("me.github.io");
  });
});

describe("Email", () => {
  it.each([
    ["Ann <ann@ACME.com>", "ann@acme.com"],
    ['"Ann, B" <ann@acme.com>', "ann@acme.com"],
    ["ann+tag@acme.com", "ann+tag@acme.com"],
    ["<a@b.de>", "a@b.de"],
    ["a@münchen.de", "a@xn--mnchen-3ya.de"],
    ["Ann@acme.com", "Ann@acme.com"],
    ["a@acme.com.", "a@acme.com"],
    ["a@b.de, c@d.de", "refused"],
    ["a@b.de;c@d.de", "refused"],
    ["a@b.de <c@d.de>", "refused"],
    ['"a b"@x.de', "refused"],
    ['"a@evil.test"@acme.com', "refused"],
    ["a@[10.0.0.1]", "refused"],
    ["a@10.0.0.1", "refused"],
    ["a@b.de\r\nBcc: x@y.de", "refused"],
    ["a@b.de\nx", "refused"],
    ["a@localhost", "refused"],
    ["a@b@c.de", "refused"],
    ["@b.de", "refused"],
    ["a@", "refused"],
    ["a", "refused"],
    ["", "refused"],
    ["a%evil.test@acme.com", "refused"],
    ["evil.test!a@acme.com", "refused"],
    ["a..b@acme.com", "refused"],
    ["a\u200b@acme.com", "refused"],
    ["a@ac\u00adme.com", "refused"],
    ["=?utf-8?q?a?=@acme.com", "refused"],
    ["team: a@b.de;", "refused"],
    ["a(comment)@b.de", "refused"],
    [`${"a".repeat(65)}@b.de`, "refused"],
  ])("%j is %j", (input, expected) => {
    expect(canonical({ kind: "Email" }, input)).toBe(expected);
  });

  it("a look-alike is another address", () => {
    expect(canonical({ kind: "Email" }, "аnn@acme.com")).not.toBe("ann@acme.com");
    expect(canonical({ kind: "Email" }, "ann@аcme.com")).toBe("ann@xn--cme-5cd.com");
  });
});
