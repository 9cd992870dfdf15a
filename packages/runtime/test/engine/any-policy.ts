import type { Bundle, Expression, Field, Json, Rule, Type } from "@writ/ir";
import * as fc from "fast-check";
import { allow, arg, ask, AT, bundle, forbid, tool } from "../bundle.js";
import { STD_LABELS } from "../flow/labelled.js";

/** Policies and calls of every kind, out of few enough values that conditions meet them: for comparing two evaluators. */

const POOLS: Readonly<Record<string, readonly Json[]>> = {
  Path: ["/", "/a", "/a/b", "/a/b/c", "/ab", "/a/./b", "/a/.env", "/a//b/", "/é"],
  Host: ["a.com", "b.a.com", "c.b.a.com", "xa.com", "10.0.0.1", "[::1]", "[2002:a00:1::]", "A.com.", "localhost"],
  Enum: ["r", "w", "x"],
  Int: [0, 1, 2, 5, -3, 2 ** 40],
  Decimal: [0, 1, 2, 0.5, "0.50", 1.1, "1.1000000000000000000001", -3, 5],
  Money: [
    { amount: 5, currency: "USD" },
    { amount: "5.00", currency: "USD" },
    { amount: 0.29, currency: "USD" },
    { amount: 5, currency: "JPY" },
    { amount: 1.5, currency: "USD" },
    { amount: 1, currency: "USD" },
  ],
  Id: ["a", "b", "a.com", "constructor", "__proto__", "é"],
  Text: ["", "a", "r", "/a/b", "a.com", "toString", "aXb", "\u0000"],
  Line: ["a", "b", "aXb", "é"],
  Bool: [true, false],
  Url: ["https://a.com/", "https://b.a.com/x", "http://10.0.0.1/", "HTTPS://A.com"],
  Ip: ["10.0.0.1", "2001:db8::1"],
  Email: ["a@a.com", "b@b.a.com"],
  Duration: ["1s", "1000ms", "2m"],
  Time: ["2026-01-05T10:00:00Z", "2026-01-05T11:00:00+01:00"],
};

const TYPES: readonly Type[] = [
  { kind: "Path" },
  { kind: "Host" },
  { kind: "Enum", values: ["r", "w", "x"] },
  { kind: "Int" },
  { kind: "Decimal" },
  { kind: "Money" },
  { kind: "Money", currency: "USD" },
  { kind: "Id" },
  { kind: "Ref", of: "a" },
  { kind: "Text" },
  { kind: "Text", max: 3 },
  { kind: "Line", max: 3 },
  { kind: "Bool" },
  { kind: "Url" },
  { kind: "Ip" },
  { kind: "Email" },
  { kind: "Duration" },
  { kind: "Time" },
  { kind: "Json" },
  { kind: "Named", name: "Alias" },
  { kind: "List", of: { kind: "Text" } },
  { kind: "Record", fields: [{ name: "inner", type: { kind: "Int" }, optional: true }] },
];

/** Where names are those of every object, they are names like any other. */
const NAMES = ["to", "path", "constructor", "n", "amount", "toString", "host", "tags"];

/** Literals that do not compile would refuse the whole bundle. */
const STRICT: Readonly<Record<string, readonly Json[]>> = {
  ...POOLS,
  Path: ["/", "/a", "/a/b", "/a/.env", "/é"],
  Text: ["", "a", "r", "/a/b", "a.com", "toString"],
  Duration: ["1s", "2m"],
};

function poolOf(type: Type, pools = POOLS): readonly Json[] {
  switch (type.kind) {
    case "Ref":
      return pools["Id"] ?? [];
    case "Named":
      return pools["Int"] ?? [];
    case "Json":
      return [null, 1, "a", { a: [1] }];
    case "List":
      return [[], ["a"], ["a", "b", "toString"], ["b", ""]];
    case "Record":
      return [{}, { inner: 1 }, { inner: 2 }];
    case "Money":
      return type.currency === undefined
        ? (pools["Money"] ?? [])
        : [
            5,
            "5.00",
            0.29,
            1,
            ...(pools["Money"] ?? []).filter((one) => JSON.stringify(one).includes(type.currency ?? "")),
          ];
    default:
      return pools[type.kind] ?? [];
  }
}

const anyType = fc.constantFrom(...TYPES);

const params: fc.Arbitrary<Field[]> = fc
  .tuple(
    fc.subarray(NAMES, { minLength: 1 }),
    fc.array(fc.tuple(anyType, fc.boolean()), { minLength: NAMES.length, maxLength: NAMES.length }),
  )
  .map(([names, kinds]) =>
    names.map((name, i): Field => {
      const [type, optional] = kinds[i] ?? [{ kind: "Bool" }, false];
      return optional ? { name, type, optional: true } : { name, type };
    }),
  );

const literalTypes = TYPES.filter(
  ({ kind }) => kind !== "Named" && kind !== "Record" && kind !== "Json" && kind !== "List",
);

const literal: fc.Arbitrary<Expression> = fc.constantFrom(...literalTypes).chain((type) => {
  const values = poolOf(type, STRICT).filter((value) =>
    type.kind !== "Text" && type.kind !== "Line" ? true : typeof value === "string" && value.length <= 3,
  );
  return fc.constantFrom(...values).map((value): Expression => ({ op: "literal", type, value, at: AT }));
});

const literalList: fc.Arbitrary<Expression> = fc.constantFrom(...literalTypes).chain((type) => {
  const values = poolOf(type, STRICT).filter((value) =>
    type.kind !== "Text" && type.kind !== "Line" ? true : typeof value === "string" && value.length <= 3,
  );
  return fc
    .subarray([...values])
    .map((value): Expression => ({ op: "literal", type: { kind: "List", of: type }, value, at: AT }));
});

const claim = fc
  .constantFrom("id", "groups", "flag", "score", "other")
  .map((name): Expression => ({ op: "claim", of: "user", name, at: AT }));
const argument = fc.constantFrom(...NAMES, "undeclared").map(arg);

const value: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 6, arbitrary: argument },
  { weight: 3, arbitrary: claim },
  { weight: 4, arbitrary: literal },
  argument.map((of): Expression => ({ op: "member", type: { kind: "Url" }, name: "host", of, at: AT })),
  argument.map((of): Expression => ({ op: "field", of, name: "inner", at: AT })),
  argument.map((of): Expression => ({
    op: "index",
    of,
    index: { op: "literal", type: { kind: "Int" }, value: 0, at: AT },
    at: AT,
  })),
  argument.map((only): Expression => ({ op: "function", name: "size", args: [only], at: AT })),
  fc
    .tuple(argument, literal)
    .map(([left, right]): Expression => ({ op: "arithmetic", operator: "/", left, right, at: AT })),
  fc.constantFrom<Expression>(
    { op: "param", name: "p", at: AT },
    { op: "now", at: AT },
    { op: "tool", field: "name", at: AT },
    { op: "fact", name: "fine", args: [], at: AT },
    { op: "variable", name: "x", at: AT },
  ),
);

const lists: fc.Arbitrary<Expression> = fc.oneof(
  literalList,
  argument,
  claim,
  fc.array(literal, { maxLength: 3 }).map((items): Expression => ({ op: "list", items, at: AT })),
);

const flows: readonly Expression[] = [
  { op: "labelled", labels: [["untrusted"]], at: AT },
  { op: "labelled", labels: [["confidential", "pii"], ["secret"]], at: AT },
  { op: "integrity", of: arg("to"), level: "claimed", at: AT },
  { op: "said", of: arg("to"), at: AT },
  { op: "asked", intent: "pay", at: AT },
  { op: "firstSeen", at: AT },
  { op: "detects", of: arg("to"), detectors: ["d"], at: AT },
  { op: "did", event: { tool: "t", outcome: "ok", within: 100, unbroken: ["u"] }, at: AT },
  { op: "readable", by: arg("to"), at: AT },
];

const condition: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            "==" as const,
            "==" as const,
            "!=" as const,
            "<" as const,
            "<=" as const,
            ">" as const,
            ">=" as const,
          ),
          anyType,
          value,
          value,
        )
        .map(([operator, type, left, right]): Expression => ({ op: "compare", operator, type, left, right, at: AT })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(anyType, value, lists)
        .map(([type, left, right]): Expression => ({ op: "in", type, left, right, at: AT })),
    },
    fc
      .tuple(anyType, value, literal, literal)
      .map(([type, left, low, high]): Expression => ({ op: "between", type, left, low, high, at: AT })),
    {
      weight: 2,
      arbitrary: fc
        .tuple(value, fc.subarray(["a.com", "*.a.com", "10.0.0.0/8", "xa.com", "*.b.a.com", "[::1]"], { minLength: 1 }))
        .map(([left, patterns]): Expression => ({ op: "hostIn", left, patterns, at: AT })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(value, fc.constantFrom("/", "/a", "/a/b", "/a/b/c", "/é"))
        .map(([left, path]): Expression => ({
          op: "under",
          left,
          right: { op: "literal", type: { kind: "Path" }, value: path, at: AT },
          at: AT,
        })),
    },
    fc
      .tuple(value, fc.constantFrom("*a*", "/a/**", "?"))
      .map(([left, glob]): Expression => ({ op: "like", left, glob, at: AT })),
    fc
      .tuple(value, fc.constantFrom("a+", "/a/.*"))
      .map(([left, pattern]): Expression => ({ op: "matches", left, pattern, at: AT })),
    fc.tuple(value, value).map(([left, right]): Expression => ({ op: "contains", left, right, at: AT })),
    fc.constantFrom(...NAMES, "undeclared").map((name): Expression => ({ op: "given", path: [name], at: AT })),
    fc.constantFrom(...NAMES).map((name): Expression => ({ op: "given", path: [name, "inner"], at: AT })),
    value,
    fc.boolean().map((given): Expression => ({ op: "literal", type: { kind: "Bool" }, value: given, at: AT })),
    fc.constantFrom("r", "s", "nobody").map((name): Expression => ({ op: "role", name, at: AT })),
    fc.constantFrom(...flows),
    tie("node").map((of): Expression => ({ op: "not", of, at: AT })),
    {
      weight: 2,
      arbitrary: fc.array(tie("node"), { maxLength: 4 }).map((items): Expression => ({ op: "and", items, at: AT })),
    },
    fc.array(tie("node"), { maxLength: 3 }).map((items): Expression => ({ op: "or", items, at: AT })),
    fc
      .tuple(fc.constantFrom("every" as const, "some" as const), lists, tie("node"))
      .map(([op, list, body]): Expression => ({
        op,
        variable: "x",
        list,
        body: {
          op: "or",
          items: [
            {
              op: "compare",
              operator: "==",
              type: { kind: "Text" },
              left: { op: "variable", name: "x", at: AT },
              right: arg("to"),
              at: AT,
            },
            body,
          ],
          at: AT,
        },
        at: AT,
      })),
  ),
})).node;

const RISKY = fc.constantFrom(undefined, undefined, undefined, "low" as const, "medium" as const, "high" as const);

const rule = fc.tuple(
  fc.constantFrom("allow", "allow", "ask", "forbid", "forbid", "demand", "raise", "quota"),
  condition,
  RISKY,
  fc.boolean(),
  fc.boolean(),
);

function makeRule(
  id: string,
  [kind, when, isolate, limited, changes]: [
    string,
    Expression,
    "low" | "medium" | "high" | undefined,
    boolean,
    boolean,
  ],
): Rule {
  const limits = limited ? [{ kind: "calls" as const, count: 1, window: 1000, by: [], at: AT }] : [];
  const more = { limits, ...(isolate === undefined ? {} : { isolate }) };
  const transforms = changes ? { transforms: [{ kind: "drop" as const, path: ["to"], at: AT }] } : {};
  const demand = ask(id, ["t"], when, { from: ["s"] }, more);
  switch (kind) {
    case "allow":
      return { ...allow(id, ["t"], when, more), ...transforms };
    case "ask":
      return { ...demand, ...transforms };
    case "demand":
      return { ...demand, kind: "demand" } as Rule;
    case "raise":
      return { kind: "raise", id, tools: ["t"], when, isolate: "high", at: AT, limits };
    case "quota":
      return { kind: "quota", id, tools: ["t"], when, at: AT, limits };
    default:
      return forbid(id, ["t"], when, more);
  }
}

/** A policy over one tool, with up to forty rules: enough for an index. */
export const anyPolicy: fc.Arbitrary<Bundle> = fc
  .tuple(
    params,
    fc.array(rule, { maxLength: 40 }),
    condition,
    condition,
    fc.constantFrom("low" as const, "high" as const, "critical" as const),
    fc.boolean(),
  )
  .map(([fields, rules, r, s, risk, approve]) => {
    const made = bundle(
      [tool("t", fields, { risk, sinks: fields.slice(0, 1).map(({ name }) => name) }), tool("u")],
      rules.map((one, i) => makeRule(`rule${i}`, one)),
      {
        labels: STD_LABELS,
        taint: "value",
        types: [{ name: "Alias", type: { kind: "Int" }, at: AT }],
        intents: [{ name: "pay", phrases: ["pay"], at: AT }],
        facts: [{ name: "fine", params: [], result: { kind: "Bool" }, timeout: 1, at: AT }],
        params: [{ name: "p", type: { kind: "Text" }, at: AT }],
        identity: {
          user: [
            { name: "id", type: { kind: "Id" } },
            { name: "groups", type: { kind: "List", of: { kind: "Text" } } },
            { name: "flag", type: { kind: "Bool" } },
            { name: "score", type: { kind: "Decimal" } },
          ],
          agent: [],
          session: [],
        },
        roles: [
          { name: "r", when: { op: "or", items: [r, { op: "role", name: "s", at: AT }], at: AT }, at: AT },
          { name: "s", when: s, at: AT },
        ],
      },
    );
    if (approve) for (const tier of made.tiers) tier.approve = "s";
    return made;
  });

/** Arguments for the tool `t` of a policy: mostly such as fit, some that do not. */
export function argumentsFor(policy: Bundle): fc.Arbitrary<Json> {
  const fields = policy.tools[0]?.params ?? [];
  const one = fields.map(({ name, type, optional }) =>
    fc
      .oneof(
        { weight: 30, arbitrary: fc.constantFrom<(Json | undefined)[]>(...poolOf(type)) },
        {
          weight: optional === true ? 15 : 1,
          arbitrary: fc.constantFrom<(Json | undefined)[]>(undefined, undefined, null),
        },
        { weight: 1, arbitrary: fc.constantFrom<(Json | undefined)[]>("zzzz", 1.5, [], {}, -1) },
      )
      .map((given) => [name, given] as const),
  );
  return fc.tuple(fc.tuple(...one), fc.nat(), fc.nat(60)).map(([given, turn, extra]) => {
    const entries = given.filter(([, inner]) => inner !== undefined);
    const turned = entries.map((_, i) => entries[(i + turn) % entries.length] ?? ["", null]);
    return Object.fromEntries(extra === 0 ? [...turned, ["__proto__", 1]] : turned) as Json;
  });
}

/** What the host may have proved. */
export const anyUser: fc.Arbitrary<{ readonly [claim: string]: Json }> = fc
  .record({
    id: fc.constantFrom<(Json | undefined)[]>("a", "b", "é", 1, undefined),
    groups: fc.constantFrom<(Json | undefined)[]>([], ["a"], ["b", "toString"], ["a", 1], "a", undefined),
    flag: fc.constantFrom<(Json | undefined)[]>(true, false, "true", undefined),
    score: fc.constantFrom<(Json | undefined)[]>(0.5, 1, "1.1", undefined),
    other: fc.constantFrom<(Json | undefined)[]>("a", undefined),
  })
  .map((claims) =>
    Object.fromEntries(Object.entries(claims).flatMap(([name, given]) => (given === undefined ? [] : [[name, given]]))),
  );
