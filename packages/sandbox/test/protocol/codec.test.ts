import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeValue, encodeValue } from "../../src/protocol/codec.js";
import { SandboxError } from "../../src/sandbox-error.js";
import { value as runInWasm } from "../wasm/run.js";
import { anyValue } from "./values.js";

const world = readFileSync(new URL("../../guest/world.js", import.meta.url), "utf8");

/** The guest's end in another realm: takes the text of a written value, and writes what it read. */
function guestIn(realm: object): (text: string) => string {
  createContext(realm);
  runInContext(world, realm);
  return (text) => {
    Reflect.set(realm, "text", text);
    return String(runInContext("JSON.stringify(writWorld.encode(writWorld.decode(JSON.parse(text))))", realm));
  };
}

/** What tells values apart, as the codec writes them. */
const written = (value: unknown): string => JSON.stringify(encodeValue(value));

test("what the host writes, it reads", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const text = written(value);
      expect(written(decodeValue(JSON.parse(text)))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test("the guest's end in another realm of Node reads and writes the same", () => {
  const through = guestIn({});
  fc.assert(
    fc.property(anyValue, (value) => {
      const text = written(value);
      expect(written(decodeValue(JSON.parse(through(text))))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test("the guest's end in QuickJS reads and writes the same", async () => {
  const values = fc.sample(anyValue, { numRuns: 400, seed: 7 });
  const back = await runInWasm("return args", { args: values });
  expect(written(back)).toBe(written(values));
});

test("what the guest writes of its own making is what the host reads", async () => {
  const source =
    "[1n, new Date(7), new Uint8Array([1]), undefined, -0, NaN, { $bytes: 1 }, { ['__proto__']: [] }, Object.create(null)]";
  const expected = [
    1n,
    new Date(7),
    new Uint8Array([1]),
    undefined,
    -0,
    Number.NaN,
    { $bytes: 1 },
    { ["__proto__"]: [] },
    {},
  ];
  const realm = {};
  createContext(realm);
  runInContext(world, realm);
  const text: unknown = runInContext(`JSON.stringify(writWorld.encode(${source}))`, realm);
  expect(written(decodeValue(JSON.parse(String(text))))).toBe(written(expected));
  expect(written(await runInWasm(`return ${source}`))).toBe(written(expected));
});

test("errors cross with their names and words, and nothing of the host's", async () => {
  const error = new TypeError("words");
  const back = await runInWasm("return [args instanceof Error, args.name, args.message, args]", { args: error });
  expect(back).toMatchObject([true, "TypeError", "words", { name: "TypeError", message: "words" }]);
  const crossed: unknown = Array.isArray(back) ? back[3] : undefined;
  expect(crossed instanceof Error && crossed.stack).toBe("");
});

test("lesson 16: any JSON is read as data or refused, and never as a prototype", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), anyValue.map(written)),
      fc.nat(),
      fc.string({ maxLength: 3 }),
      (text, at, noise) => {
        const place = at % (text.length + 1);
        for (const candidate of [text, text.slice(0, place) + noise + text.slice(place)]) {
          let parsed: unknown;
          try {
            parsed = JSON.parse(candidate);
          } catch {
            continue;
          }
          try {
            onlyData(decodeValue(parsed));
          } catch (error) {
            if (!(error instanceof SandboxError)) throw error;
            expect(error.code).toBe("bad_value");
          }
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});

/** Throws where a prototype is another than the plain ones. */
function onlyData(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const allowed: unknown[] = [Object.prototype, Array.prototype, Uint8Array.prototype, Date.prototype, Error.prototype];
  if (!allowed.includes(Object.getPrototypeOf(value))) throw new Error("a prototype of its own");
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
    for (const key of Object.keys(value)) onlyData(Reflect.get(value, key));
}

test.each([
  ["depth", (n: number) => `${"[".repeat(n)}${"]".repeat(n)}`, 128, 130],
  ["values", (n: number) => `[${"0,".repeat(n)}0]`, 199_000, 200_001],
  ["text", (n: number) => `["${"x".repeat(n)}"]`, 8_388_608, 8_388_609],
])("lesson 29: the bound of %s holds on both sides of it", (_, make, within, over) => {
  expect(() => decodeValue(JSON.parse(make(within)))).not.toThrow();
  expect(() => decodeValue(JSON.parse(make(over)))).toThrow(SandboxError);
  expect(() => encodeValue(JSON.parse(make(over)))).toThrow(SandboxError);
});

test.each([
  '{"$bytes":"A"}',
  '{"$bytes":"AA=A"}',
  '{"$bytes":7}',
  '{"$date":1e300}',
  '{"$date":"now"}',
  '{"$bigint":"1e9"}',
  '{"$bigint":"0x1"}',
  '{"$bigint":""}',
  '{"$number":"7"}',
  '{"$error":null}',
  '{"$error":{"name":1,"message":""}}',
  '{"$object":[]}',
  '{"$object":null}',
  '{"$unknown":1}',
  '{"$":1}',
  "1e999",
])("a tag that is none is refused: %s", (text) => {
  expect(() => decodeValue(JSON.parse(text))).toThrow(SandboxError);
});

test.each([
  ["a function", () => () => 1],
  ["a symbol", () => Symbol("s")],
  ["an object of a class", () => new Map()],
  [
    "a proxy whose traps throw",
    () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("trap");
          },
        },
      ),
  ],
])("the host hands over no %s", (_, make) => {
  expect(() => encodeValue(make())).toThrow(/handed over|trap/);
});
