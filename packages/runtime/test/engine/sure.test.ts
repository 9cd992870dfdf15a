import type { Expression, Identity, Json, Rule, Type } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/decide.js";
import { decideFor } from "../../src/evaluate/decide.js";
import { loadProgram } from "../../src/evaluate/program.js";
import { decideByWalk } from "../../src/evaluate/reference/decide-by-walk.js";
import { allow, arg, ask, AT, bundle, forbid, tool } from "../bundle.js";
import { runs } from "../runs.js";

const literal = (type: Type, value: Json): Expression => ({ op: "literal", type, value, at: AT });
const claim = (name: string): Expression => ({ op: "claim", of: "user", name, at: AT });
const equals = (type: Type, left: Expression, value: Json): Expression => ({
  op: "compare",
  operator: "==",
  type,
  left,
  right: literal(type, value),
  at: AT,
});

const TYPES = {
  path: { kind: "Path" },
  host: { kind: "Host" },
  id: { kind: "Id" },
  line: { kind: "Line", max: 4 },
  text: { kind: "Text", max: 4 },
  pick: { kind: "Enum", values: ["a", "b"] },
  n: { kind: "Int" },
} as const satisfies Record<string, Type>;

/** What a rule names, some of it canonical though not plain. */
const NAMED: Readonly<Record<keyof typeof TYPES, readonly Json[]>> = {
  path: ["/", "/a", "/a/b", "/a/.env", "/a/\u00e9"],
  host: ["a.com", "b.a.com", "10.0.0.1", "xn--bcher-kva.example"],
  id: ["a", "b", "\u00e9", "A"],
  line: ["a", "a b", "\u00e9", "long line"],
  text: ["a", "a b", "\u00e9", "e\u0301", "long text"],
  pick: ["a", "b", "c"],
  n: [0, 1, -1],
};

/** What a call gives: the same, and what is the same only once it was read, or is none at all. */
const GIVEN: Readonly<Record<keyof typeof TYPES, readonly Json[]>> = {
  path: [
    "/a",
    "/a/b/c",
    "/a/./b",
    "/a/../a/b",
    "/a//b",
    "/a/b/",
    "/a/..",
    "/a/.env",
    "/a/b\u2024",
    "/a/%2e%2e",
    "/ab",
    "a",
  ],
  host: ["a.com", "A.com", "a.com.", "b.a.com", "c.b.a.com", "0x0a.0.0.1", "10.1", "b\u00fccher.example", "a..com"],
  id: ["a", "b", "\u00e9", "e\u0301", "a\u200b", " a", "", "A"],
  line: ["a", "e\u0301", "\u00e9", "a\nb", "long line", "a b"],
  text: ["a", "e\u0301", "\u00e9", "\ud800", "long text", "a b"],
  pick: ["a", "c", "A", "b"],
  n: [0, -0, 1, 0.5, 2 ** 53, "1"],
};

const names = Object.keys(TYPES).filter((name): name is keyof typeof TYPES => name in TYPES);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc
    .constantFrom(...names)
    .chain((name) => fc.constantFrom(...NAMED[name]).map((value) => equals({ kind: "Text" }, arg(name), value)))
    .filter((node) => node.op === "compare" && node.right.op === "literal" && typeof node.right.value === "string"),
  fc.constantFrom(...NAMED.n).map((value) => equals({ kind: "Int" }, arg("n"), value)),
  fc.constantFrom(...NAMED.path).map((folder): Expression => ({
    op: "under",
    left: arg("path"),
    right: literal({ kind: "Path" }, folder),
    at: AT,
  })),
  fc
    .subarray(["a.com", "*.a.com", "*.b.a.com", "10.0.0.1", "xn--bcher-kva.example"], { minLength: 1 })
    .map((patterns): Expression => ({ op: "hostIn", left: arg("host"), patterns, at: AT })),
  fc.constantFrom("a", "b", "\u00e9").map((value) => equals({ kind: "Id" }, claim("id"), value)),
  fc.constantFrom("a", "b", "e\u0301").map((name): Expression => ({
    op: "in",
    type: { kind: "Text" },
    left: literal({ kind: "Text" }, name),
    right: claim("groups"),
    at: AT,
  })),
);

const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(fc.constantFrom(allow, forbid, ask), fc.array(leaf, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((made) => made.map(([kind, items], i): Rule => kind(`r${i}`, ["t"], { op: "and", items, at: AT })));

const policy = (made: readonly Rule[]) =>
  bundle(
    [
      tool(
        "t",
        names.map((name) => ({ name, type: TYPES[name], optional: true as const })),
      ),
    ],
    [...made],
    {
      identity: {
        user: [
          { name: "id", type: { kind: "Id" } },
          { name: "groups", type: { kind: "List", of: { kind: "Text" } } },
        ],
        agent: [],
        session: [],
      },
    },
  );

const given = fc
  .subarray(names)
  .chain((some) => fc.tuple(...some.map((name) => fc.tuple(fc.constant(name), fc.constantFrom(...GIVEN[name])))))
  .map((entries): { readonly [name: string]: Json } => Object.fromEntries(entries));
const claims = fc.record(
  {
    id: fc.constantFrom<Json[]>("a", "b", "\u00e9", "e\u0301", "a\u200b", 5),
    groups: fc.constantFrom<Json[]>([], ["a"], ["a", "b"], ["e\u0301"], ["\u00e9"], ["a", "\ud800"], ["a", 5], "a"),
  },
  { requiredKeys: [] },
);

describe("values that are put to their columns as they came", () => {
  it("lesson 23: come out as the walk has it, canonical by their looks or only once they are read", async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(fc.tuple(given, claims), { minLength: 1, maxLength: 8 }),
        async (made, calls) => {
          const program = await loadProgram(policy(made));
          const found = program.tools.get("t");
          if (found === undefined) throw new Error("no tool");
          for (const [args, user] of calls) {
            const question = { args, identity: { user, agent: {}, session: {} }, now: 0 };
            const walked = decideByWalk(program, found, question);
            const decided = decideFor(program, found, question);
            expect(decided.decision).toEqual(walked.decision);
            expect(decided.matches).toEqual(walked.matches);
            // A zero has no sign in JSON.
            expect(JSON.stringify(decided.args)).toBe(JSON.stringify(walked.args));
          }
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  const grant = [
    allow("grant", ["t"], {
      op: "and",
      items: [
        { op: "in", type: { kind: "Text" }, left: literal({ kind: "Text" }, "a"), right: claim("groups"), at: AT },
        equals({ kind: "Id" }, claim("id"), "a"),
      ],
      at: AT,
    }),
  ];
  const asked = async (user: Identity["user"]) =>
    decide(await loadProgram(policy(grant)), {
      tool: "t",
      args: {},
      identity: { user, agent: {}, session: {} },
      now: 0,
    });

  const heir = (own: Identity["user"], prototype: object | null): Identity["user"] => {
    const user = { ...own };
    Object.setPrototypeOf(user, prototype);
    return user;
  };

  it("take no claim that an identity only inherits", async () => {
    expect((await asked({ id: "a", groups: ["a"] })).effect).toBe("allow");
    const inherited = heir({}, { groups: ["a"], id: "a" });
    expect((await asked(inherited)).effect).toBe("forbid");
    const half = heir({ id: "a" }, { groups: ["a"] });
    expect((await asked(half)).effect).toBe("forbid");
    const bare = heir({ id: "a", groups: ["a"] }, null);
    expect((await asked(bare)).effect).toBe("allow");
  });

  it.each([
    ["groups", ["a"], true],
    ["groups", ["a"], false],
    ["id", "a", true],
    ["id", "a", false],
  ] as const)("take no claim that all objects were given: %s, %o, enumerable: %s", async (name, value, enumerable) => {
    const program = await loadProgram(policy(grant));
    const { [name]: _, ...user } = { id: "a", groups: ["a"] };
    const effect = (): string =>
      decide(program, { tool: "t", args: {}, identity: { user, agent: {}, session: {} }, now: 0 }).effect;
    Reflect.defineProperty(Object.prototype, name, { value, writable: true, enumerable, configurable: true });
    try {
      expect(effect()).toBe("forbid");
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
    expect(effect()).toBe("forbid");
  });

  it("are looked for among many rules as they came, and read where they are not plain", async () => {
    const one = (name: string, i: number): Rule => allow(`r${i}`, ["t"], equals({ kind: "Id" }, claim("id"), name));
    const many = Array.from({ length: 40 }, (_, i) => one(`u${i}`, i));
    for (const made of [[...many, one("\u00e9", 40)], many]) {
      const program = await loadProgram(policy(made));
      const effect = (id: Json): string =>
        decide(program, { tool: "t", args: {}, identity: { user: { id }, agent: {}, session: {} }, now: 0 }).effect;
      expect([effect("u7"), effect("u77"), effect("u7\u200b"), effect(7)]).toEqual([
        "allow",
        "forbid",
        "forbid",
        "forbid",
      ]);
      // In the normal form that an identifier has.
      expect(effect("e\u0301")).toBe(made.length > 40 ? "allow" : "forbid");
    }
  });

  it("are unknown where looking at them throws", async () => {
    const thrown = (): never => {
      throw new Error("no claims today");
    };
    const user: Identity["user"] = Object.defineProperty({ id: "a" }, "groups", { get: thrown, enumerable: true });
    const { decision } = await asked(user);
    expect(decision).toMatchObject({ effect: "forbid", reasons: [{ by: "default" }] });
    const trap: Identity["user"] = new Proxy({ id: "a", groups: ["a"] }, { ownKeys: thrown, get: thrown, has: thrown });
    expect((await asked(trap)).effect).toBe("forbid");
    const groups: Json = new Proxy(["a"], { get: thrown });
    expect((await asked({ id: "a", groups })).effect).toBe("forbid");
  });
});
