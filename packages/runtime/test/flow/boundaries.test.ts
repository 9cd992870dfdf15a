import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { holdsPhrase, keyWord, longestOf, standsIn } from "../../src/flow/boundaries.js";
import { typedTokens } from "../../src/flow/tokens.js";
import { runs } from "../runs.js";

describe("a value stands whole", () => {
  it.each([
    ["case c9", "c9"],
    ["c9.", "c9"],
    ["(c9)", "c9"],
    ["is it c9?!", "c9"],
    ["c9... then", "c9"],
    ['"c9", c10', "c9"],
    ["IBAN: DE89370400440532013000", "DE89370400440532013000"],
    ["mail ann@acme.com.", "ann@acme.com"],
    ["<ann@acme.com>", "ann@acme.com"],
    ["Ann's mail", "Ann"],
    ["John Smith, Berlin", "John Smith"],
    ["/etc/passwd", "/etc/passwd"],
    ["see /repo/a.ts and", "/repo/a.ts"],
    ["naïve 😀 c9 😀", "c9"],
  ])("in %j: %j", (text, value) => expect(standsIn(text, value)).toBe(true));

  it.each([
    ["c91", "c9"],
    ["c9-2", "c9"],
    ["xc9", "c9"],
    ["a-c9", "c9"],
    ["c9@evil.test", "c9"],
    ["c9.evil.test", "c9"],
    ["evil-acme.com", "acme.com"],
    ["ann@acme.com", "acme.com"],
    ["joann@acme.com", "ann@acme.com"],
    ["ann@acme.com.evil.test", "ann@acme.com"],
    ["/repo/secret", "/repo"],
    ["/etc/passwd", "etc/passwd"],
    ["https://acme.com/evil", "https://acme.com/"],
    [".env", "env"],
    ["12345.67", "12345"],
    ["-12345", "12345"],
    ["c9\u200b5", "c9"],
    ["c9\u200b", "c9"],
    ["c9\u0301", "c9"],
    ["C9", "c9"],
    ["user:c9", "c9"],
    ["id=c9", "c9"],
    ["c9_x", "c9"],
    ["c9'x", "c9"],
    ["", "c9"],
    ["c9", ""],
    ["a\u{E0041}c9", "c9"],
  ])("not in %j: %j", (text, value) => expect(standsIn(text, value)).toBe(false));

  it("never as a fragment of a longer word, whatever stands around it", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    fc.assert(
      fc.property(
        word,
        word,
        word,
        fc.constantFrom("", "-", "_", ".", "@", "/", ":", "=", "\u200b", "\u00ad", "\u2060"),
        (before, value, after, joint) => {
          expect(standsIn(`${before}${joint}${value}`, value) && !standsIn(before, value)).toBe(false);
          expect(standsIn(`${value}${joint}${after}`, value) && !standsIn(after, value)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("typed tokens of a text", () => {
  const keys = (text: string): readonly string[] => [...typedTokens(text).keys].toSorted();

  it.each<[string, readonly string[]]>([
    ["write to Ann <ann@ACME.com>, please", ["Email:ann@acme.com"]],
    ["see (https://Acme.com/a/../b).", ["Url:https://acme.com/b"]],
    ["[here](https://acme.com/x)", ["Url:https://acme.com/x"]],
    ["open /repo/sub/../a.ts", ["Path:/repo/a.ts"]],
    ["refund 20 USD now", ["Money:2000 USD"]],
    ["USD 20.50", ["Money:2050 USD"]],
    ["20USD", ["Money:2000 USD"]],
    ["pay 500 JPY.", ["Money:500 JPY"]],
    ["a\u200bnn@acme.com", []],
    ["20 usd", []],
    ["$20", []],
    ["120.005 USD", []],
    ["1,000 USD", []],
    ["USD 20 EUR", []],
    ["x20 USD", []],
    ["20 USDX", []],
    ["-20 USD", []],
    ["20 ABC", []],
  ])("%j", (text, expected) => expect(keys(text)).toEqual(expected));
});

test("the word that says most about a value is its longest, the first of several, cut where a word is", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("a".repeat(47), "b".repeat(48), "c".repeat(60), "é", "_"),
  );
  const value = fc.oneof(
    fc.array(word, { maxLength: 6 }).map((words) => words.join(" ")),
    fc.array(word, { maxLength: 6 }).map((words) => words.join("\0")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(value, (text) => {
      expect(keyWord(text)).toBe(longestOf(text));
    }),
    { numRuns: runs(20_000) },
  );
  expect(keyWord(`${"c".repeat(60)} ${"b".repeat(48)}`)).toBe("c".repeat(48));
  expect(keyWord("-- !")).toBe(undefined);
});

describe("an intent's phrase", () => {
  it.each([
    ["Please PAY him", "pay", true],
    ["send  the\nmoney; send money", "send money", true],
    ["repay", "pay", false],
    ["payment", "pay", false],
    ["pay-pal", "pay", true],
    ["p\u200bay", "pay", false],
    ["anything", "...", false],
  ])("in %j: %j", (text, phrase, holds) => expect(holdsPhrase(text, phrase)).toBe(holds));
});
