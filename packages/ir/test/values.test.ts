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
  loadEngines,
  Money,
  orderValues,
  parseDecimal,
  readValue,
} from "../src/values/index.js";

beforeAll(() => loadEngines({ patterns: true, domains: true }));

/** The canonical form, or `refused`. */
function canonical(type: Type, input: Json): Json {
  const read = readValue(type, input, new Map());
  return read.ok ? read.wire : "refused";
}

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
