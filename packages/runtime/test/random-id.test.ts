import { expect, test } from "vitest";
import { randomId } from "../src/random-id.js";

test("identifiers are a letter and 128 bits, and none comes twice, also where fresh bytes are drawn", () => {
  const ids = Array.from({ length: 5000 }, () => randomId("c"));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^c_[0-9a-f]{32}$/);
});

test("every bit of an identifier varies", () => {
  const seen = Array.from({ length: 32 }, () => new Set<string>());
  for (let n = 0; n < 2000; n += 1)
    for (const [place, digit] of randomId("s").slice(2).split("").entries()) seen[place]?.add(digit);
  expect(seen.map((digits) => digits.size)).toEqual(Array.from({ length: 32 }, () => 16));
});

test("bytes are drawn from the system's generator, and never handed out twice", () => {
  const drawn: string[] = [];
  const draw = crypto.getRandomValues.bind(crypto);
  const spy = (array: Uint8Array): Uint8Array => {
    draw(array);
    drawn.push(Buffer.from(array).toString("hex"));
    return array;
  };
  Object.defineProperty(crypto, "getRandomValues", { value: spy, configurable: true });
  try {
    const ids = Array.from({ length: 1000 }, () => randomId("c").slice(2));
    const fresh = drawn.join("").match(/.{32}/g) ?? [];
    expect(drawn.length).toBeGreaterThanOrEqual(3);
    expect(ids.slice(-500).every((id) => fresh.filter((other) => other === id).length === 1)).toBe(true);
  } finally {
    Reflect.deleteProperty(crypto, "getRandomValues");
  }
});
