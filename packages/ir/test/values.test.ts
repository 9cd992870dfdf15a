import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { runs } from "./runs.js";
import type { Json, Type } from "../src/index.js";
import {
  calculate,
  compileGlob,
  compilePattern,
  CURRENCIES,
  Decimal,
  equalValues,
  globMatches,
  hostMatches,
  isPrivateHost,
  loadEngines,
  Money,
  orderValues,
  parseDecimal,
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
    ["/%252e%252e/x", "/%252e%252e/x"],
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

describe("Money", () => {
  const money = (input: Json, currency?: string): Json =>
    canonical(currency === undefined ? { kind: "Money" } : { kind: "Money", currency }, input);

  it.each<[Json, Json]>([
    [
      { amount: 19.99, currency: "EUR" },
      { amount: 19.99, currency: "EUR" },
    ],
    [
      { amount: "19.990", currency: "EUR" },
      { amount: 19.99, currency: "EUR" },
    ],
    [
      { amount: 500, currency: "JPY" },
      { amount: 500, currency: "JPY" },
    ],
    [
      { amount: 0.125, currency: "BHD" },
      { amount: 0.125, currency: "BHD" },
    ],
    [
      { amount: 0, currency: "USD" },
      { amount: 0, currency: "USD" },
    ],
    [{ amount: 0.5, currency: "JPY" }, "refused"],
    [{ amount: 0.001, currency: "USD" }, "refused"],
    [{ amount: -1, currency: "USD" }, "refused"],
    [{ amount: 1e18, currency: "USD" }, "refused"],
    [{ amount: "1e400", currency: "USD" }, "refused"],
    [{ amount: "0x10", currency: "USD" }, "refused"],
    [{ amount: "1,000", currency: "USD" }, "refused"],
    [{ amount: "", currency: "USD" }, "refused"],
    [{ amount: 5, currency: "usd" }, "refused"],
    [{ amount: 5, currency: "XXX" }, "refused"],
    [{ amount: 5 }, "refused"],
    [{ amount: 5, currency: "USD", to: "x" }, "refused"],
    [5, "refused"],
    ["5 USD", "refused"],
    [null, "refused"],
    [[], "refused"],
  ])("%j is %j", (input, expected) => {
    expect(money(input)).toEqual(expected);
  });

  it("takes a bare number where the currency is declared, and no other currency", () => {
    expect(money(12.5, "USD")).toBe(12.5);
    expect(money({ amount: 12.5, currency: "USD" }, "USD")).toEqual({ amount: 12.5, currency: "USD" });
    expect(money({ amount: 12.5, currency: "EUR" }, "USD")).toBe("refused");
  });

  it("knows the exponents of ISO 4217", () => {
    expect([CURRENCIES.get("USD"), CURRENCIES.get("JPY"), CURRENCIES.get("KWD"), CURRENCIES.get("CLF")]).toEqual([
      2, 0, 3, 4,
    ]);
  });

  it("is never rounded: any cents read back as the same minor units", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999_999 }), (cents) => {
        const read = readValue(
          { kind: "Money" },
          { amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`, currency: "USD" },
          new Map(),
        );
        expect(read.ok && read.value).toEqual(new Money(BigInt(cents), "USD"));
        const again = read.ok ? readValue({ kind: "Money" }, read.wire, new Map()) : read;
        expect(again).toEqual(read);
      }),
    );
  });
});

describe("other scalars", () => {
  it.each<[Type, Json, Json]>([
    [{ kind: "Bool" }, "true", "refused"],
    [{ kind: "Int" }, 1.5, "refused"],
    [{ kind: "Int" }, 2 ** 53, "refused"],
    [{ kind: "Int" }, "5", "refused"],
    [{ kind: "Int" }, -3, -3],
    [{ kind: "Decimal" }, 0.1, 0.1],
    [{ kind: "Decimal" }, "1e3", "1000"],
    [{ kind: "Decimal" }, "0.50", "0.5"],
    [{ kind: "Decimal" }, "1e999", "refused"],
    [{ kind: "Decimal" }, "NaN", "refused"],
    [{ kind: "Line" }, "a\u2028b", "refused"],
    [{ kind: "Line" }, "a\tb", "refused"],
    [{ kind: "Line" }, "e\u0301", "é"],
    [{ kind: "Line", max: 3 }, "abcd", "refused"],
    [{ kind: "Text" }, "a\nb", "a\nb"],
    [{ kind: "Text", max: 3 }, "abcd", "refused"],
    [{ kind: "Id" }, "a b", "refused"],
    [{ kind: "Id" }, "", "refused"],
    [{ kind: "Id" }, "a\u200bb", "refused"],
    [{ kind: "Id" }, "a\u202eb", "refused"],
    [{ kind: "Id" }, "x".repeat(257), "refused"],
    [{ kind: "Time" }, "2026-01-05T10:00:00+02:00", "2026-01-05T08:00:00Z"],
    [{ kind: "Time" }, "2026-02-30T00:00:00Z", "refused"],
    [{ kind: "Time" }, "2026-01-05", "refused"],
    [{ kind: "Time" }, "2026-01-05T24:00:00Z", "refused"],
    [{ kind: "Duration" }, "120s", "2m"],
    [{ kind: "Duration" }, "1.5h", "refused"],
    [{ kind: "Duration" }, "0s", "0ms"],
    [{ kind: "Duration" }, "999999999999d", "refused"],
    [{ kind: "Bytes" }, "aGk=", "aGk="],
    [{ kind: "Bytes" }, "aGk", "refused"],
    [{ kind: "Bytes" }, "aGl=", "refused"],
    [{ kind: "Bytes" }, "a-_=", "refused"],
    [{ kind: "Enum", values: ["low", "high"] }, "low", "low"],
    [{ kind: "Enum", values: ["low"] }, "toString", "refused"],
    [{ kind: "Named", name: "toString" }, {}, "refused"],
  ])("%j of %j is %j", (type, input, expected) => {
    expect(canonical(type, input)).toEqual(expected);
  });

  it("every canonical value reads as itself, whatever the text", () => {
    const kinds = [
      "Text",
      "Line",
      "Id",
      "Path",
      "Url",
      "Host",
      "Email",
      "Bytes",
      "Time",
      "Duration",
      "Decimal",
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.emailAddress(), fc.webUrl(), fc.ipV6()),
        (kind, input) => {
          const once = canonical({ kind }, input);
          if (once !== "refused" || input === "refused") expect(canonical({ kind }, once)).toEqual(once);
        },
      ),
      { numRuns: runs(3000) },
    );
  });
});

describe("records", () => {
  const type: Type = {
    kind: "Record",
    fields: [
      { name: "a", type: { kind: "Int" } },
      { name: "b", type: { kind: "List", of: { kind: "Email" } }, optional: true },
      { name: "constructor", type: { kind: "Int" }, optional: true },
    ],
  };

  it("refuse what is not declared and keep prototype names as names", () => {
    expect(canonical(type, { a: 1, c: 2 })).toBe("refused");
    expect(canonical(type, { a: 1 })).toEqual({ a: 1 });
    expect(canonical(type, { a: 1, b: null })).toEqual({ a: 1 });
    expect(canonical(type, { b: [] })).toBe("refused");
    expect(canonical(type, JSON.parse('{"a":1,"__proto__":{}}') as Json)).toBe("refused");
    expect(canonical(type, { a: 1, constructor: 7 })).toEqual({ a: 1, constructor: 7 });
  });

  it("name the place of a fault and not the value", () => {
    const read = readValue(type, { a: 1, b: ["x@y.de", "SECRET"] }, new Map());
    expect(read).toMatchObject({ ok: false, fault: { path: "b[1]", code: "email" } });
    expect(JSON.stringify(read)).not.toContain("SECRET");
  });
});

describe("arithmetic and order", () => {
  it("is exact on decimals", () => {
    const d = (text: string): Decimal => parseDecimal(text) ?? new Decimal(0n, 0);
    expect(calculate("+", d("0.1"), d("0.2"))).toEqual(d("0.3"));
    expect(calculate("/", 1, 3)).toBeUndefined();
    expect(calculate("/", 1, 4)).toEqual(d("0.25"));
    expect(calculate("/", 1, 0)).toBeUndefined();
    expect(orderValues(d("0.30"), d("0.3"))).toBe(0);
  });

  it("overflow, mixed currencies and odd pairs are unknown", () => {
    expect(calculate("+", Number.MAX_SAFE_INTEGER, 1)).toBeUndefined();
    expect(calculate("+", new Money(1n, "USD"), new Money(1n, "EUR"))).toBeUndefined();
    expect(calculate("*", new Money(3n, "USD"), 2)).toEqual(new Money(6n, "USD"));
    expect(calculate("*", new Money(1n, "USD"), new Decimal(5n, 1))).toBeUndefined();
    expect(calculate("+", "a", 1)).toBeUndefined();
    expect(equalValues(new Money(1n, "USD"), new Money(1n, "EUR"))).toBeUndefined();
    expect(orderValues("a", "b")).toBeUndefined();
    expect(equalValues("1", 1)).toBeUndefined();
  });
});

describe("globs", () => {
  it.each([
    ["**/.env*", "/repo/.env", true],
    ["**/.env*", "/.env.local", true],
    ["**/.env*", "/repo/a.env", false],
    ["**/hr/**", "/x/hr/y/z", true],
    ["**/hr/**", "/x/hrm/y", false],
    ["agent/*", "agent/fix", true],
    ["agent/*", "agent/a/b", false],
    ["*.ts", "a.ts", true],
    ["*.ts", "/a.ts", false],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["**", "/any/thing", true],
    ["", "", true],
    ["*", "", true],
  ])("%s fits %s: %s", (glob, text, fits) => {
    const compiled = compileGlob(glob);
    expect(compiled.ok && globMatches(compiled.glob, text)).toBe(fits);
  });

  it.each(["a[bc]", "{a,b}", "a***", "!a", "a\\b", "x".repeat(2000)])("%s is refused", (glob) => {
    expect(compileGlob(glob).ok).toBe(false);
  });

  it("agree with the obvious backtracking matcher", () => {
    const naive = (glob: string, text: string): boolean => {
      if (glob === "") return text === "";
      if (glob.startsWith("*"))
        return naive(glob.slice(1), text) || (text !== "" && !text.startsWith("/") && naive(glob, text.slice(1)));
      return (
        text !== "" &&
        (glob.startsWith("?") ? !text.startsWith("/") : glob.charAt(0) === text.charAt(0)) &&
        naive(glob.slice(1), text.slice(1))
      );
    };
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "/", "*", "?"), { maxLength: 6 }),
        fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 7 }),
        (parts, chars) => {
          const glob = parts.join("").replaceAll(/\*+/g, "*");
          const compiled = compileGlob(glob);
          expect(compiled.ok && globMatches(compiled.glob, chars.join(""))).toBe(naive(glob, chars.join("")));
        },
      ),
      { numRuns: runs(3000) },
    );
  });
});

describe("patterns", () => {
  it("are RE2: linear, whole, and nothing that backtracks", () => {
    const compiled = compilePattern("(a|aa)+");
    expect(compiled.ok && compiled.pattern.matches(`${"a".repeat(20_000)}!`)).toBe(false);
    expect(compiled.ok && compiled.pattern.matches("xaax")).toBe(false);
    for (const bad of ["(?=a)", "(a)\\1", "(", "a{99999}", "x".repeat(5000)])
      expect(compilePattern(bad).ok).toBe(false);
  });
});
