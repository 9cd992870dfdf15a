import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standsIn } from "../../src/flow/boundaries.js";
import { atMost, integrityOf, latticeOf, raise, withIntegrity, type LabelSet } from "../../src/flow/labels.js";
import { ValueIndex } from "../../src/flow/value-index.js";
import { bundle } from "../bundle.js";
import { STD_LABELS } from "./labelled.js";

const lattice = latticeOf(bundle([], [], { labels: STD_LABELS }));
const labels = (...names: string[]): LabelSet => raise(lattice, lattice.lowest, names);
const source = (set: LabelSet, own = false) => ({ labels: set, own, from: "x" });
const id = { kind: "Id" } as const;
const of = (index: ValueIndex, value: string): LabelSet | undefined =>
  index.labelsOf(index.find(value, id, index.size));

const word = fc.stringMatching(/^[a-c1-2.@/:_-]{2,6}$/);
const textual = fc
  .array(fc.oneof(word, fc.constantFrom(" ", ", ", "(", ")", "\u200b", "\n", "'s ", "é")), { maxLength: 8 })
  .map((parts) => parts.join(""));
const set = fc
  .subarray(["confidential", "secret", "claimed", "untrusted", "pii", "pci"])
  .map((names) => labels(...names));

describe("where values stand", () => {
  it("finds just the texts in which a value stands whole", () => {
    fc.assert(
      fc.property(fc.array(textual, { maxLength: 5 }), word, (texts, value) => {
        const index = new ValueIndex(lattice);
        for (const [i, text] of texts.entries()) index.addText(text, { ...source(lattice.lowest), from: String(i) });
        const found = new Set(index.find(value, { kind: "Text" }, index.size).map(({ from }) => from));
        const normal = texts.map((text) => text.normalize("NFC"));
        const letters = /[\p{L}\p{M}]/u.test(value) || (value.match(/\p{N}/gu)?.length ?? 0) >= 5;
        for (const [i, text] of normal.entries()) {
          if (found.has(String(i))) expect(standsIn(text, value)).toBe(true);
          else if (letters && standsIn(text, value)) expect(normal.slice(0, i).includes(text)).toBe(true); // kept once
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("a further source never makes a value less confidential, and worsens no integrity", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(textual, set), { minLength: 1, maxLength: 6 }), word, (sources, value) => {
        const index = new ValueIndex(lattice);
        let before: LabelSet | undefined;
        for (const [text, its] of sources) {
          index.addText(text, source(its));
          const now = of(index, value);
          if (before !== undefined) {
            expect(now).toBeDefined();
            if (now === undefined) return;
            expect(integrityOf(lattice, now)).toBeLessThanOrEqual(integrityOf(lattice, before));
            expect(atMost(withIntegrity(lattice, before, 0), now)).toBe(true);
          }
          before = now;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("a value split over two results stands in neither", () => {
    const index = new ValueIndex(lattice);
    index.addText("eve_", source(labels()));
    index.addText("1 is the account", source(labels()));
    expect(of(index, "eve_1")).toBeUndefined();
  });

  it("what no longer fits makes nothing looser: its labels are on every value that stands somewhere", () => {
    const index = new ValueIndex(lattice);
    index.addText("the code is x-1", source(labels(), true));
    for (let i = 0; i < 50_000; i += 1) index.addKey(`Number:${i}`, source(labels()));
    index.addText("x-1 is secret", source(labels("secret", "untrusted")));
    index.addText("y-2 is secret too", source(labels("pii")));
    const known = of(index, "x-1");
    expect(known).toEqual(labels("secret", "pii"));
    expect(of(index, "y-2")).toBeUndefined();
    expect(index.saidWhole).toBe(false);
  });

  it("forgets the oldest results first, never what was said, and nothing gets looser by it", () => {
    const index = new ValueIndex(lattice);
    const result = (its: LabelSet, n: number) => ({ ...source(its), call: `c_${n}` });
    index.addText("pay bob_7 by x-1", source(labels(), true));
    index.addText("x-1 is secret", result(labels("secret", "untrusted"), 0));
    index.addText("y-2 is secret too", result(labels("pii", "untrusted"), 1));
    expect(of(index, "y-2")).toEqual(labels("pii", "untrusted"));
    const then = index.size;
    for (let n = 2; n < 20_000; n += 1) index.addText(`parcel p-${n}`, result(labels("claimed"), n));
    expect([index.complete, index.saidWhole]).toEqual([false, true]);
    expect(of(index, "y-2")).toBeUndefined();
    expect(of(index, "bob_7")).toEqual(labels("secret", "pii"));
    expect(of(index, "x-1")).toEqual(labels("secret", "pii"));
    expect(of(index, "p-19999")).toEqual(labels("secret", "pii", "claimed"));
    expect(of(index, "p-2")).toBeUndefined();
    // Numbers go on: what a call saw at its moment is still what it may see.
    expect(index.size).toBe(20_001);
    expect(index.find("x-1", id, then)).toHaveLength(1);
    // What is read again stands again.
    expect(index.addText("y-2 is secret too", result(labels("pii", "untrusted"), 20_000))).toBe("kept");
    expect(of(index, "y-2")).toEqual(labels("secret", "pii", "untrusted"));
  });

  it("forgets what was read for a text that is long, and nothing for one that is too long", () => {
    const index = new ValueIndex(lattice);
    const result = (n: number) => ({ ...source(labels("untrusted")), call: `c_${n}` });
    const long = "a ".repeat(600_000);
    expect(index.addText("the code is x-1", result(0))).toBe("kept");
    expect(index.addText(`${long}${long}${long}${long}`, result(1))).toBe("forgotten");
    expect(of(index, "x-1")).toBeDefined();
    for (let n = 0; n < 6; n += 1) expect(index.addText(`${long} ${n}`, result(n))).toBe("kept");
    expect(of(index, "x-1")).toBeUndefined();
  });

  it("whatever is forgotten, no value gets fewer labels or a better integrity than an index without bounds gives", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(textual, set, fc.boolean()), { maxLength: 8 }), word, (sources, value) => {
        const [bounded, whole] = [new ValueIndex(lattice), new ValueIndex(lattice)];
        for (const [i, [text, its, said]] of sources.entries()) {
          const one = said ? source(its, true) : { ...source(its), call: `c_${i}` };
          whole.addText(text, one);
          bounded.addText(text, one);
          if (i % 3 === 1)
            for (let n = 0; n < 8192; n += 1) bounded.addKey(`k${i} ${n}`, { ...source(labels()), call: "c" });
        }
        const [now, all] = [of(bounded, value), of(whole, value)];
        if (now === undefined) return; // it has the labels of all that was read
        expect(all).toBeDefined();
        if (all === undefined) return;
        expect(integrityOf(lattice, now)).toBeGreaterThanOrEqual(integrityOf(lattice, all));
        expect(atMost(withIntegrity(lattice, all, 0), withIntegrity(lattice, now, 0))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("what came later than a call is not seen by it", () => {
    const index = new ValueIndex(lattice);
    index.addText("x-1", source(labels("untrusted")));
    const then = index.size;
    index.addText("now x-1", source(labels(), true));
    expect(index.find("x-1", id, then)).toHaveLength(1);
    expect(index.find("x-1", id, index.size)).toHaveLength(2);
  });

  it("a reference of one character stands in fields of its kind; a text of one character nowhere", () => {
    const index = new ValueIndex(lattice);
    index.addKey("Ref file:7", source(labels("untrusted")));
    index.addText("7", source(labels(), true));
    expect(index.find("7", { kind: "Ref", of: "file" }, index.size)).toHaveLength(1);
    expect(index.find("7", { kind: "Ref", of: "mail" }, index.size)).toEqual([]);
    expect(of(index, "7")).toBeUndefined();
  });

  it("too long a value, an empty one, a short number and a text in another normal form stand nowhere", () => {
    const index = new ValueIndex(lattice);
    const long = `x${"a".repeat(5000)}`;
    index.addText(`${long} 1234 caf\u00e9 a`, source(labels()));
    for (const value of [long, "", "1234", "cafe\u0301", "a"]) expect(of(index, value)).toBeUndefined();
    expect(of(index, "café")).toBeDefined();
  });
});
