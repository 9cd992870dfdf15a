import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isPlainHost,
  isPlainId,
  isPlainLine,
  isPlainPath,
  isPlainPathFrom,
  isUnder,
  Money,
  plainMinor,
  readValue,
} from "@writ/ir/values";
import { parsedEmail } from "../src/values/email.js";
import { parsedHost } from "../src/values/host.js";
import { parsedId, parsedLine } from "../src/values/text.js";
import { isPlainEmail } from "../src/values/plain.js";
import { runs } from "./runs.js";

const NO_TYPES = new Map();

/** Texts near the edge of being plain: of few characters, those with a meaning among them. */
const near = (characters: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...characters.split("")), maxLength: 40 }),
    fc.string({ unit: "binary" }),
    fc.string(),
  );

describe("what is plain is canonical as it stands", () => {
  it.each([
    ["Path", isPlainPath, "/a.-_%~\\é "],
    ["Host", isPlainHost, "axn0.-_A:[]é"],
    ["Email", isPlainEmail, "aA0.+-_@<>= é"],
    ["Id", isPlainId, "a \u00e9\u200b~!"],
    ["Line", (text: string) => isPlainLine(text, 8), "a \u00e9\n~"],
  ] as const)("%s", (kind, isPlain, characters) => {
    const type = kind === "Line" ? { kind, max: 8 } : { kind };
    fc.assert(
      fc.property(near(characters), (text) => {
        if (!isPlain(text)) return;
        expect(readValue(type, text, NO_TYPES)).toEqual({ ok: true, wire: text, value: text });
      }),
      { numRuns: runs(5000) },
    );
  });

  it("a path below a plain folder is plain by what comes after it", () => {
    const rest = fc.oneof(near("/a.-_%~\\é \0"), near("/.a"));
    fc.assert(
      fc.property(fc.constantFrom("", "/a", "/a/.b", "/work/p-1_2.x"), rest, (folder, more) => {
        const text = folder === "" || more === "" || more.startsWith("/") ? folder + more : `${folder}/${more}`;
        expect(isPlainPathFrom(text, folder.length)).toBe(isPlainPath(text));
      }),
      { numRuns: runs(20_000) },
    );
    expect(isPlainPathFrom(`/a/${"b".repeat(4094)}`, 2)).toBe(false);
    expect(isPlainPathFrom(`/a/${"b".repeat(4093)}`, 2)).toBe(true);
  });

  it("a plain host is what the parser of URLs makes of it, which the reader then does not ask", () => {
    const label = fc.string({ unit: fc.constantFrom(..."axn01-".split("")), minLength: 1, maxLength: 8 });
    const hosts = fc.oneof(
      near("axn0.-_A:[]é"),
      fc.array(label, { minLength: 1, maxLength: 5 }).map((all) => all.join(".")),
    );
    fc.assert(
      fc.property(hosts, (text) => {
        if (isPlainHost(text)) expect(parsedHost(text)).toBe(text);
      }),
      { numRuns: runs(20_000) },
    );
    for (const text of ["localhost", "a.b", "xn.com", "a0.x1y", "acme-corp.example.com", `${"a".repeat(59)}.com`])
      expect([isPlainHost(text), parsedHost(text)]).toEqual([true, text]);
  });

  it("a plain line and a plain identifier are what their readers make of them, which then look no further", () => {
    fc.assert(
      fc.property(near("a \u00e9\u200b\n~!\u0301"), (text) => {
        if (isPlainLine(text, 8)) expect(parsedLine(text, "", 8)).toEqual({ ok: true, wire: text, value: text });
        if (isPlainId(text)) expect(parsedId(text, "")).toEqual({ ok: true, wire: text, value: text });
      }),
      { numRuns: runs(20_000) },
    );
  });

  it("a plain address is what the reader of addresses makes of it, which then looks no further", () => {
    const part = fc.string({ unit: fc.constantFrom(..."axA0._+-1".split("")), minLength: 1, maxLength: 8 });
    const label = fc.string({ unit: fc.constantFrom(..."axn01-".split("")), minLength: 1, maxLength: 8 });
    const addresses = fc
      .tuple(part, fc.array(label, { minLength: 1, maxLength: 4 }))
      .map(([local, labels]) => `${local}@${labels.join(".")}`);
    fc.assert(
      fc.property(fc.oneof(near("aA0.+-_@<>= é"), addresses), (text) => {
        if (isPlainEmail(text)) expect(parsedEmail(text, "")).toEqual({ ok: true, wire: text, value: text });
      }),
      { numRuns: runs(20_000) },
    );
    for (const text of ["ann@x.example", "a.b+c_d-e@mail-1.acme.com", `${"a".repeat(64)}@x.com`])
      expect([isPlainEmail(text), parsedEmail(text, "")]).toEqual([true, { ok: true, wire: text, value: text }]);
    for (const text of [
      "a@localhost",
      "a@1.2.3.4",
      "a@x.0x7f",
      "a@xn--a.com",
      "a@x.com.",
      "a@X.com",
      ".a@x.com",
      "a..b@x.com",
      "a@b@x.com",
      "a%b@x.com",
      "=?utf-8?q?a?=@x.com",
      "a b@x.com",
      "<a@x.com>",
      `${"a".repeat(65)}@x.com`,
      `a@${"a".repeat(60)}.com`,
      "é@x.com",
      "a@x.com\n",
    ])
      expect([text, isPlainEmail(text)]).toEqual([text, false]);
  });

  it("what others disagree about is not", () => {
    for (const path of [
      "/a/../b",
      "/..",
      "/.",
      "//a",
      "/a/",
      "/",
      "a",
      "",
      "/a\u2024",
      "/%2e",
      "/a\\b",
      `/${"a".repeat(4096)}`,
    ])
      expect([path, isPlainPath(path)]).toEqual([path, false]);
    for (const host of [
      "1.2.3.4",
      "0x7f.1",
      "a.0x7f",
      "127.1",
      "xn--a",
      "a.com.",
      "A.com",
      "-a.com",
      "a-.com",
      "a..b",
      "",
      "a".repeat(64),
      "a_b",
    ])
      expect([host, isPlainHost(host)]).toEqual([host, false]);
    for (const id of ["", "a b", "é", "a\u200b", "a".repeat(257)]) expect([id, isPlainId(id)]).toEqual([id, false]);
  });

  it("an amount in minor units is what the reader gives, to the last digit", () => {
    const amounts = fc.oneof(
      fc.double({ noNaN: true }),
      fc.tuple(fc.nat({ max: 10 ** 15 - 1 }), fc.constantFrom(1, 10, 100, 1000)).map(([digits, unit]) => digits / unit),
      fc.bigInt(0n, 10n ** 16n).map((minor) => Number(minor) / 100),
    );
    fc.assert(
      fc.property(amounts, fc.constantFrom("USD", "JPY", "KWD", "CLF"), (amount, currency) => {
        const minor = plainMinor(amount, { USD: 2, JPY: 0, KWD: 3, CLF: 4 }[currency] ?? 0);
        if (minor === undefined) return;
        const read = readValue({ kind: "Money", currency }, amount, NO_TYPES);
        expect(read).toMatchObject({ ok: true, wire: amount === 0 ? 0 : amount });
        expect(read.ok && read.value instanceof Money && read.value.minor).toBe(BigInt(minor));
      }),
      { numRuns: runs(5000) },
    );
    expect(plainMinor(0.29, 2)).toBe(29);
    expect(plainMinor(4.35, 2)).toBe(435);
    expect(plainMinor(0.295, 2)).toBeUndefined();
    expect(plainMinor(-1, 2)).toBeUndefined();
    expect(plainMinor(1e15, 2)).toBeUndefined();
    expect(Object.is(plainMinor(-0, 2), 0)).toBe(true);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) expect(plainMinor(odd, 2)).toBeUndefined();
  });
});

describe("a path below another", () => {
  const paths = near("/ab.").chain((text) =>
    fc.constantFrom("/", `/${text}`, `/a/${text}`, `/a/b/${text}`, `/${text.repeat(4)}`, text),
  );

  it("is that other, or begins with it and a slash, whatever the lengths", () => {
    fc.assert(
      fc.property(paths, paths, fc.boolean(), (outer, tail, joined) => {
        const inner = joined ? `${outer}${tail}` : tail;
        expect(isUnder(inner, outer)).toBe(outer === "/" || inner === outer || inner.startsWith(`${outer}/`));
      }),
      { numRuns: runs(2000) },
    );
  });
});
