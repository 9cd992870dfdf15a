import * as fc from "fast-check";

/** Names that are no ordinary ones somewhere. */
const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "then",
  "toJSON",
  "length",
  "$bytes",
  "$object",
  "$",
  "0",
  "",
  "a",
];

/** Any value that crosses the wall, but errors. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, undefined, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie("value")), { maxLength: 5 })
      .map((entries) => {
        const made = {};
        for (const [key, value] of entries)
          Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true });
        return made;
      }),
  ),
})).value;
