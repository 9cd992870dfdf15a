import { egressAdmits, formatEgressPattern, parseEgressPattern } from "@writ/ir/values";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

function canonical(text: string): string {
  const read = parseEgressPattern(text);
  return read.ok ? formatEgressPattern(read.pattern) : `! ${read.reason}`;
}

describe("an entry of `network`", () => {
  test.each([
    ["Acme.com", "acme.com"],
    ["*.acme.com", "*.acme.com"],
    ["https://acme.com", "acme.com"],
    ["https://acme.com:443/**", "acme.com"],
    ["http://acme.com", "http://acme.com"],
    ["http://acme.com:80/v1/*", "http://acme.com/v1/*"],
    ["https://acme.com:8443", "https://acme.com:8443"],
    ["HEAD,GET,GET acme.com", "GET,HEAD acme.com"],
    ["GET https://acme.com/v1/**", "GET https://acme.com/v1/**"],
    ["https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://0x7f.1:8080", "http://127.0.0.1:8080"],
  ])("%s is %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
    expect(canonical(canonical(text))).toBe(expected);
  });

  test.each([
    "",
    "ftp://acme.com",
    "acme.com:443",
    "acme.com/v1",
    "https://acme.com/a?b",
    "https://acme.com/#a",
    "get acme.com",
    "TRACE acme.com",
    "CONNECT acme.com",
    "GET  acme.com",
    " acme.com",
    "https://",
    "https://a@acme.com",
    "*",
    "https://*",
    "https://acme.com:0",
    "https://acme.com:65536",
    "https://acme.com:",
    "https://acme.com/[a]",
    "https://acme.com\\@evil.com",
    "https://acme.com/a b",
    `https://acme.com/${"a".repeat(1100)}`,
  ])("%j is refused", (text) => {
    expect(canonical(text)).toMatch(/^! /);
  });

  test("whatever the text, it reads or gives a reason, and its canonical text reads as the same", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain()), (text) => {
        const once = canonical(text);
        if (!once.startsWith("! ")) expect(canonical(once)).toBe(once);
      }),
    );
  });
});

describe("what a list admits", () => {
  const admits = (entry: string, url: string, method = "GET"): boolean => egressAdmits([entry], method, url);

  test("a host alone is HTTPS on its own port", () => {
    expect(admits("acme.com", "https://acme.com/any?x=1")).toBe(true);
    expect(admits("acme.com", "https://acme.com/", "DELETE")).toBe(true);
    expect(admits("acme.com", "http://acme.com/")).toBe(false);
    expect(admits("acme.com", "https://acme.com:8443/")).toBe(false);
    expect(admits("acme.com", "https://www.acme.com/")).toBe(false);
    expect(admits("acme.com", "https://acme.com.evil.com/")).toBe(false);
    expect(admits("acme.com", "https://evilacme.com/")).toBe(false);
    expect(admits("*.acme.com", "https://acme.com/")).toBe(false);
    expect(admits("*.acme.com", "https://a.b.acme.com/")).toBe(true);
  });

  test("methods, ports and paths narrow it", () => {
    expect(admits("GET,HEAD acme.com", "https://acme.com/", "HEAD")).toBe(true);
    expect(admits("GET,HEAD acme.com", "https://acme.com/", "POST")).toBe(false);
    expect(admits("https://acme.com:8443/v1/**", "https://acme.com:8443/v1/a/b")).toBe(true);
    expect(admits("https://acme.com:8443/v1/**", "https://acme.com:8443/v2/a")).toBe(false);
    expect(admits("https://acme.com/v1/*", "https://acme.com/v1/a/b")).toBe(false);
  });

  test.each([
    "/v1/%2e%2e%2fadmin",
    "/v1/..%2fadmin",
    "/v1/%252e%252e/admin",
    "/v1/..;/admin",
    "/v1/%5cadmin",
    "/v1/a%00",
  ])("a path that somebody below may read as another fits no path: %s", (path) => {
    expect(admits("https://acme.com/v1/**", `https://acme.com${path}`)).toBe(false);
    expect(admits("https://acme.com", `https://acme.com${path}`)).toBe(true);
  });

  test("an entry that does not read admits nothing", () => {
    expect(egressAdmits(["https://*", "", "*"], "GET", "https://acme.com/")).toBe(false);
    expect(egressAdmits([], "GET", "https://acme.com/")).toBe(false);
    expect(egressAdmits(["acme.com"], "GET", "data:text/plain,x")).toBe(false);
  });

  test("a URL that is none, or not canonical, is admitted nowhere", () => {
    for (const url of [
      "",
      "acme.com",
      "https://",
      "https://ACME.com/",
      "https://acme.com",
      "https://acme.com:443/",
      "https://a@acme.com/",
    ])
      expect(admits("acme.com", url)).toBe(false);
  });
});
