import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cloneJson } from "../src/duties/clone-json.js";

test("a clone of JSON is equal to it and shares nothing with it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const clone = cloneJson(JSON.parse(text));
      expect(JSON.stringify(clone)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
  const given = { list: [{ a: 1 }] };
  const clone = cloneJson(given);
  given.list.push({ a: 2 });
  expect(clone).toEqual({ list: [{ a: 1 }] });
});

test("a key named __proto__ is data, and changes no prototype", () => {
  const clone: unknown = cloneJson(JSON.parse('{"__proto__":{"polluted":true},"b":1}'));
  expect(Object.getPrototypeOf(clone)).toBe(Object.prototype);
  expect(JSON.stringify(clone)).toBe('{"__proto__":{"polluted":true},"b":1}');
});
