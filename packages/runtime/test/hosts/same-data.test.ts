import { copyJson } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSameData } from "../../src/hosts/same-data.js";

describe("isSameData", () => {
  it("finds what copies alike, and nothing that copies otherwise", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [a, b] = [copyJson(one), copyJson(other)];
        if (!a.ok || !b.ok) return;
        expect(isSameData(one, a.value)).toBe(true);
        if (isSameData(other, a.value)) expect(b.value).toEqual(a.value);
      }),
    );
  });

  it.each<[string, unknown]>([
    ["another claim beside it", { id: "ann", groups: [], admin: true }],
    ["a claim less", { id: "ann" }],
    ["another text", { id: "bob", groups: [] }],
    ["an object where a list was", { id: "ann", groups: {} }],
    ["a list with a hole", { id: "ann", groups: Array.from({ length: 1 }) }],
    ["a claim of a prototype", Object.assign(Object.create({ groups: [] }), { id: "ann" })],
    ["a class's instance", Object.assign(new Map(), { id: "ann", groups: [] })],
    [
      "a claim that is not there for everybody to see",
      Object.defineProperty({ id: "ann" }, "groups", { get: () => [] }),
    ],
    ["a symbol beside it", { id: "ann", groups: [], [Symbol("x")]: 1 }],
    ["a proxy that throws", new Proxy({ id: "ann", groups: [] }, { ownKeys: () => fail() })],
    ["nothing", undefined],
  ])("is false for %s", (_what, given) => {
    expect(isSameData(given, { id: "ann", groups: [] })).toBe(false);
  });

  it("takes a key that is a name of every object for one like any other", () => {
    const odd = copyJson(JSON.parse('{"id":"ann","__proto__":{"admin":true}}'));
    expect(odd.ok && isSameData({ id: "ann" }, odd.value)).toBe(false);
    expect(isSameData({ id: "ann" }, { id: "ann", constructor: "x" })).toBe(false);
  });
});

function fail(): never {
  throw new Error("no");
}
