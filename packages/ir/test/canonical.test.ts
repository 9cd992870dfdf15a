import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { canonicalBytes, canonicalize, copyJson, digest, sha256Hex, type Json } from "../src/index.js";
import { runs } from "./runs.js";

function double(hex: string): number {
  return Buffer.from(hex, "hex").readDoubleBE(0);
}

describe("RFC 8785, its own vectors", () => {
  it("section 3.2.2 and 3.2.4: the sample and its bytes", () => {
    const sample = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    const value: Json = JSON.parse(sample) as Json;
    expect(canonicalize(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    expect(Buffer.from(canonicalBytes(value)).toString("hex")).toBe(
      "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c3165" +
        "2b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d",
    );
  });

  it("section 3.2.3: however many keys there are and however they stand, they come out as a sort by code units has them", () => {
    const key = fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.constantFrom("", "a", "aa", "10", "9", "__proto__"),
    );
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 40 }), (keys) => {
        const value = Object.fromEntries(keys.map((name) => [name, 1]));
        const sorted = keys.toSorted().map((name) => `${JSON.stringify(name)}:1`);
        expect(canonicalize(value)).toBe(`{${sorted.join(",")}}`);
      }),
      { numRuns: runs(4000) },
    );
  });

  it("section 3.2.3: keys are sorted by UTF-16 code units", () => {
    const value: Json = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(Object.keys(JSON.parse(canonicalize(value)) as object)).toContain("1");
    expect(canonicalize(value).match(/"(?:[^"\\]|\\.)*":/g)).toEqual([
      '"\\r":',
      '"1":',
      '"\u0080":',
      '"ö":',
      '"€":',
      '"😀":',
      '"\ufb33":',
    ]);
  });

  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("appendix B: %s is written %s", (hex, text) => {
    expect(canonicalize(double(hex))).toBe(text);
  });

  it("appendix B: NaN and Infinity are misuse", () => {
    expect(() => canonicalize(double("7fffffffffffffff"))).toThrow(RangeError);
    expect(() => canonicalize(double("7ff0000000000000"))).toThrow(RangeError);
  });
});

describe("canonical JSON", () => {
  it("gives equal texts for equal values, whatever the order of keys, and reads back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        const shuffled = reverseKeys(json);
        expect(canonicalize(shuffled)).toBe(canonicalize(json));
        expect(JSON.parse(canonicalize(json))).toEqual(json);
        expect(digest(shuffled)).toBe(digest(json));
      }),
    );
  });

  it("SHA-256 of known texts (FIPS 180-4 examples)", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex(new Uint8Array())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(digest(null)).toBe(`sha256:${sha256Hex("null")}`);
  });
});

function reverseKeys(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => reverseKeys(item));
  const out: { [key: string]: Json } = {};
  for (const [key, inner] of Object.entries(value).toReversed()) {
    Object.defineProperty(out, key, {
      value: reverseKeys(inner),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return out;
}

describe("copyJson", () => {
  const refused = (value: unknown): string | undefined => {
    const copied = copyJson(value);
    return copied.ok ? undefined : copied.fault.code;
  };

  it("reads every property once and refuses what is not data", () => {
    let reads = 0;
    const getter = Object.defineProperty({}, "a", { enumerable: true, get: () => (reads += 1) });
    expect(refused(getter)).toBe("not_json");
    expect(reads).toBe(0);
    expect(refused({ toJSON: () => 1 })).toBe("not_json");
    expect(refused(new Date())).toBe("not_json");
    expect(refused(new Map())).toBe("not_json");
    expect(refused(Array(3))).toBe("not_json");
    expect(refused(Number.NaN)).toBe("not_json");
    expect(refused(10n)).toBe("not_json");
    expect(refused("\ud800")).toBe("not_json");
    expect(refused({ "\ud800": 1 })).toBe("not_json");
    expect(refused(undefined)).toBe("not_json");
  });

  it("survives a proxy that throws or changes its mind", () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    expect(refused(hostile)).toBe("not_json");
    let turn = 0;
    const fickle = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: () => ({ value: (turn += 1), enumerable: true, configurable: true, writable: true }),
      },
    );
    const copied = copyJson(fickle);
    expect(copied.ok && copied.value).toEqual({ a: turn });
  });

  it("survives what a proxy throws being a proxy that throws", () => {
    const thrown = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          // oxlint-disable-next-line typescript/only-throw-error -- a hostile value throws what it likes
          throw thrown;
        },
      },
    );
    const hostile = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: () => {
          // oxlint-disable-next-line typescript/only-throw-error -- as above
          throw thrown;
        },
      },
    );
    expect(refused({ list: [hostile] })).toBe("not_json");
  });

  it.each([
    [{ a: { b: [1, { c: Number.NaN }] } }, "a.b[1].c"],
    [[[], [undefined]], "[1][0]"],
    [{ "": { "": { x: 10n } } }, "x"],
    [{ a: { "b.c": new Date() } }, "a.b.c"],
    [{ a: ["ok", { "\ud800": 1 }] }, "a[1].\ud800"],
    [Object.defineProperty({}, "g", { enumerable: true, get: () => 1 }), "g"],
    [new Map(), ""],
  ])("says where what it refuses is (%#)", (value, path) => {
    const copied = copyJson(value);
    expect(copied.ok ? "accepted" : copied.fault.path).toBe(path);
  });

  it("says where it grew too deep or too large", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 3; i += 1) deep = { in: [deep] };
    const bounds = { depth: 4, nodes: 5, bytes: 1000 };
    expect(copyJson(deep, { ...bounds, nodes: 50 })).toMatchObject({
      fault: { code: "too_deep", path: "in[0].in[0]" },
    });
    const long = ["x".repeat(600), "y".repeat(600)];
    expect(copyJson({ a: long }, bounds)).toMatchObject({ fault: { code: "too_large", path: "a[1]" } });
    expect(copyJson({ a: [1, 2, 3, 4, 5, 6] }, bounds)).toMatchObject({ fault: { code: "too_large", path: "a" } });
  });

  it("keeps a key named __proto__ as data", () => {
    const copied = copyJson(JSON.parse('{"__proto__":{"admin":true},"a":1}'));
    if (!copied.ok) throw new Error("refused");
    expect(Object.keys(copied.value as object)).toEqual(["__proto__", "a"]);
    expect(Reflect.get(copied.value as object, "admin")).toBeUndefined();
    expect(canonicalize(copied.value)).toBe('{"__proto__":{"admin":true},"a":1}');
  });

  it("is bounded in depth, size and count (lesson 29)", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 40; i += 1) deep = [deep];
    expect(refused(deep)).toBe("too_deep");
    expect(refused("x".repeat(2 * 1024 * 1024))).toBe("too_large");
    expect(refused(Array.from({ length: 60_000 }, () => 0))).toBe("too_large");
    expect(refused({ length: 5 })).toBeUndefined();
    const loop: unknown[] = [];
    loop.push(loop);
    expect(refused(loop)).toBe("too_deep");
    expect(refused(Object.assign([], { length: 4_000_000_000 }))).toBe("too_large");
  });

  it("copies any JSON value to itself", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: unknown = JSON.parse(JSON.stringify(value));
        const copied = copyJson(json);
        expect(copied.ok && copied.value).toEqual(json);
      }),
    );
  });
});

describe("SHA-256 without Node's own", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each([
    ["that has no modules of Node", { getBuiltinModule: undefined }],
    [
      "that gives itself out for Node",
      { getBuiltinModule: (): object => ({}), versions: { ...process.versions, bun: "1.0.0" } },
    ],
    ["of another name", { getBuiltinModule: (): undefined => undefined, release: { name: "workerd" } }],
  ])("is the same in a host %s", async (_, host) => {
    vi.stubGlobal("process", { ...process, ...host });
    vi.resetModules();
    const portable = await import("../src/digest.js");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array(), (text, bytes) => {
        expect(portable.sha256Hex(text)).toBe(sha256Hex(text));
        expect(portable.sha256Hex(bytes)).toBe(sha256Hex(bytes));
      }),
      { numRuns: 50 },
    );
  });
});
