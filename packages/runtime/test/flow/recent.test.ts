import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Recent } from "../../src/flow/recent.js";

it("keeps the last so many that were new, as a plain list would", () => {
  const keys = fc.array(
    fc.integer({ min: 0, max: 40 }).map((n) => `k${n}`),
    { maxLength: 400, size: "max" },
  );
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 12 }), (given, max) => {
      const recent = new Recent<number>(max);
      const plain: { readonly key: string; readonly value: number }[] = [];
      for (const [value, key] of given.entries()) {
        const known = plain.some((one) => one.key === key);
        expect(recent.has(key)).toBe(known);
        expect(recent.add(key, value)).toBe(!known);
        if (known) continue;
        if (plain.length === max) plain.shift();
        plain.push({ key, value });
      }
      for (let n = 0; n <= 40; n += 1)
        expect(recent.get(`k${n}`)).toBe(plain.find(({ key }) => key === `k${n}`)?.value);
    }),
    { numRuns: 4000 },
  );
});
