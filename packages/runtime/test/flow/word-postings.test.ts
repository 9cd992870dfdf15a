import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyWord, standsIn, wordsOf } from "../../src/flow/boundaries.js";
import { latticeOf } from "../../src/flow/labels.js";
import { typedKey, typedTokens } from "../../src/flow/tokens.js";
import { ValueIndex } from "../../src/flow/value-index.js";
import { hashesOfWords, hashOfWord, WordPostings } from "../../src/flow/word-postings.js";
import { bundle } from "../bundle.js";
import { STD_LABELS } from "./labelled.js";

const lattice = latticeOf(bundle([], [], { labels: STD_LABELS }));
const piece = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.stringMatching(/^[a-c1-2.@/:_-]{1,8}$/),
  fc.constantFrom(
    "ann@acme.com",
    "https://acme.com/a/../b",
    "/repo/a.ts",
    "20.50 USD",
    "2024-01-01T00:00:00Z",
    "10.0.0.1",
    "w".repeat(60),
    "(a.b)",
    "é",
    "😀",
    "\u200b",
  ),
);
const text = fc
  .array(fc.oneof(piece, fc.constantFrom(" ", "\n", "\t", "\v", "\f", "\r", '"', "'", "`", "<", "|", ", ", ".")), {
    maxLength: 10,
  })
  .map((parts) => parts.join("").normalize("NFC"));

describe("the postings of words", () => {
  it("a text of ASCII is cut as every other: one more character, of another script, changes nothing of the rest", () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(hashesOfWords(given)).toEqual(wordsOf(given).map(hashOfWord));
        expect(hashesOfWords(given)).toEqual(hashesOfWords(`${given}\u00a0\u2028`));
        expect(hashesOfWords(given)).toEqual(hashesOfWords(`${given} 字`).slice(0, -1));
        expect(typedTokens(given)).toEqual(typedTokens(`${given}\u00a0\u2028`));
        expect(typedTokens(given)).toEqual(typedTokens(`${given} 字`));
      }),
      { numRuns: 4000 },
    );
  });

  it("give what a list of all that was added gives, in its order, also when some of it was dropped", () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ hash: fc.integer({ min: -3, max: 700 }), next: fc.boolean() }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1200, size: "max" }), fc.integer({ min: 2, max: 5 }), (steps, part) => {
        const postings = new WordPostings();
        let plain: { readonly hash: number; readonly entry: number }[] = [];
        let entry = 0;
        for (const made of steps) {
          if (made === undefined) {
            plain = plain.filter((one) => one.entry % part === 0);
            expect(postings.prune((one) => one % part === 0)).toBe(plain.length);
            entry += 1;
            continue;
          }
          if (made.next) entry += 1;
          const known = plain.some((one) => one.hash === made.hash && one.entry === entry);
          expect(postings.add(made.hash, entry)).toBe(!known);
          if (!known) plain.push({ hash: made.hash, entry });
        }
        for (let hash = -3; hash <= 700; hash += 1) {
          const entries = plain.filter((one) => one.hash === hash).map((one) => one.entry);
          expect(postings.get(hash)).toEqual(entries);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("very many words of one entry that share a chain take no longer than others, and each is found", () => {
    const postings = new WordPostings();
    const hashes = Array.from({ length: 100_000 }, (_, n) => n << 14);
    for (const hash of hashes) postings.add(hash, 7);
    expect(postings.get(5 << 14)).toContain(7);
    expect(postings.get(1)).toEqual([]);
  });
});

describe("the index of values", () => {
  it("finds what a look into every text finds", () => {
    const value = fc.oneof(piece, fc.constantFrom("Number:12345", "acme.com", "bb", "c1"));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.array(value, { maxLength: 8 }), (texts, values) => {
        const index = new ValueIndex(lattice);
        const kept: { readonly from: string; readonly text: string; readonly keys: ReadonlySet<string> }[] = [];
        for (const [i, given] of texts.entries()) {
          const from = String(i);
          index.addText(given, { from, labels: lattice.lowest, own: false });
          kept.push({ from, text: given, keys: typedTokens(given).keys });
        }
        for (const sought of values) {
          if (sought !== sought.normalize("NFC") || sought.length < 2) continue;
          const key = typedKey("Email", sought);
          const word = keyWord(sought);
          const standing = kept.filter(
            (one) => word !== undefined && wordsOf(one.text).includes(word) && standsIn(one.text, sought),
          );
          const typed = kept.filter((one) => one.keys.has(key));
          const expected = [...new Set([...typed, ...standing])].map(({ from }) => from);
          expect(index.find(sought, { kind: "Email" }, index.size).map(({ from }) => from)).toEqual(expected);
        }
      }),
      { numRuns: 4000 },
    );
  });
});
