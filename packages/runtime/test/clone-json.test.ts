import { copyJson, type Json } from "@writ/ir";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cloneJson } from "../src/duties/clone-json.js";

function parsed(text: string): Json {
  const read = copyJson(JSON.parse(text));
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
}

test("a clone of JSON is equal to it and shares nothing with it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const given = parsed(text);
      expect(JSON.stringify(cloneJson(given))).toBe(JSON.stringify(given));
    }),
  );
  const given = { list: [{ a: 1 }] };
  const clone = cloneJson(given);
  given.list.push({ a: 2 });
  expect(clone).toEqual({ list: [{ a: 1 }] });
});

test("a key named __proto__ is data, and changes no prototype", () => {
  const clone: unknown = cloneJson(parsed('{"__proto__":{"polluted":true},"b":1}'));
  expect(Object.getPrototypeOf(clone)).toBe(Object.prototype);
  expect(JSON.stringify(clone)).toBe('{"__proto__":{"polluted":true},"b":1}');
});
