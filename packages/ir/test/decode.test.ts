import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "./runs.js";
import { decodeBundle, decodeDecision, decodeRequest } from "../src/decode/index.js";
import { canonicalize, type Bundle, type Expression, type Json } from "../src/index.js";
import { BundleSchema } from "../src/schema/index.js";
import { validator } from "../src/decode/validator.js";

const at: [number, number, number, number, number] = [0, 0, 1, 1, 1];
const yes: Expression = { op: "literal", type: { kind: "Bool" }, value: true, at };

function small(): Bundle {
  return {
    format: "writ.bundle/1",
    policy: { name: "acme.p", version: 3 },
    sources: [{ name: "p.policy", digest: `sha256:${"a".repeat(64)}` }],
    taint: "context",
    params: [],
    facts: [],
    intents: [],
    endorsements: [],
    labels: [{ name: "category", ordered: false, values: ["pii"], at }],
    types: [{ name: "Customer", type: { kind: "Record", fields: [{ name: "id", type: { kind: "Id" } }] }, at }],
    identity: { user: [{ name: "id", type: { kind: "Id" } }], agent: [], session: [] },
    roles: [{ name: "boss", when: yes, at }],
    tiers: [{ name: "low", isolate: "inline", network: [], read: [], write: [], env: [], time: 5000, at }],
    tools: [
      {
        name: "crm.lookup",
        params: [{ name: "id", type: { kind: "Id" } }],
        result: { kind: "Named", name: "Customer" },
        effects: ["read"],
        risk: "low",
        labels: ["pii"],
        sinks: [],
        at,
      },
    ],
    rules: [
      {
        kind: "allow",
        id: "a",
        tools: ["crm.lookup"],
        when: { op: "and", items: [{ op: "role", name: "boss", at }, yes], at },
        limits: [{ kind: "calls", count: 5, window: "session", by: [], at }],
        at,
      },
      {
        kind: "ask",
        id: "b",
        tools: ["crm.lookup"],
        when: yes,
        limits: [],
        demand: { from: ["boss"], requester: false, quorum: 1, expires: 1000, show: [] },
        at,
      },
    ],
  };
}

function change(edit: (draft: Record<string, unknown>) => void): unknown {
  const draft = structuredClone(small()) as unknown as Record<string, unknown>;
  edit(draft);
  return draft;
}

function faultOf(input: unknown): { code: string; path: string } | undefined {
  const decoded = decodeBundle(input);
  return decoded.ok ? undefined : { code: decoded.fault.code, path: decoded.fault.path };
}

const path = (draft: Record<string, unknown>, ...steps: (string | number)[]): Record<string, unknown> =>
  steps.reduce<Record<string, unknown>>((node, step) => Reflect.get(node, step) as Record<string, unknown>, draft);

describe("decoding a bundle is strict", () => {
  it("takes a good one, as a value, a text or bytes", () => {
    const text = JSON.stringify(small());
    for (const input of [small(), text, new TextEncoder().encode(text)]) {
      const decoded = decodeBundle(input);
      expect(decoded.ok && decoded.value).toEqual(small());
    }
  });

  it.each<[string, (draft: Record<string, unknown>) => void, string, string]>([
    ["an unknown version", (d) => (d["format"] = "writ.bundle/2"), "unknown_format", "format"],
    ["no version", (d) => delete d["format"], "unknown_format", "format"],
    ["an unknown key at the top", (d) => (d["extra"] = 1), "unknown_key", "extra"],
    ["an unknown key inside a rule", (d) => (path(d, "rules", 0)["priority"] = 1), "unknown_key", "rules[0].priority"],
    [
      "a prototype name as a key",
      (d) => Object.defineProperty(d, "__proto__", { value: {}, enumerable: true }),
      "unknown_key",
      "__proto__",
    ],
    ["an unknown kind of rule", (d) => (path(d, "rules", 0)["kind"] = "permit"), "unknown_kind", "rules[0].kind"],
    ["an unknown node", (d) => (path(d, "rules", 0, "when")["op"] = "xor"), "unknown_kind", "rules[0].when.op"],
    [
      "an unknown type",
      (d) => (path(d, "tools", 0, "params", 0, "type")["kind"] = "Str"),
      "unknown_kind",
      "tools[0].params[0].type.kind",
    ],
    ["a missing key", (d) => delete path(d, "rules", 0)["when"], "invalid", "rules[0]"],
    ["a wrong type", (d) => (path(d, "rules", 0)["limits"] = {}), "invalid", "rules[0].limits"],
    [
      "a number out of range",
      (d) => (path(d, "rules", 1, "demand")["quorum"] = 0),
      "invalid",
      "rules[1].demand.quorum",
    ],
    ["a fraction", (d) => (path(d, "policy")["version"] = 1.5), "invalid", "policy.version"],
    ["a name that is none", (d) => (path(d, "roles", 0)["name"] = "a b"), "invalid", "roles[0].name"],
    ["two rules of one id", (d) => (path(d, "rules", 1)["id"] = "a"), "invalid", "rules"],
    ["a rule for no known tool", (d) => (path(d, "rules", 0)["tools"] = ["x"]), "invalid", "rules[0].tools"],
    [
      "a role that is not there",
      (d) => (path(d, "rules", 1, "demand")["from"] = ["ceo"]),
      "invalid",
      "rules[1].demand.from",
    ],
    ["a type that is not there", (d) => (path(d, "tools", 0, "result")["name"] = "X"), "invalid", "tools[0]"],
    ["a tier that is not there", (d) => (path(d, "tools", 0)["risk"] = "high"), "invalid", "tools[0].risk"],
    ["a label that is not there", (d) => (path(d, "tools", 0)["labels"] = ["pci"]), "invalid", "tools[0].labels"],
    [
      "a type that contains itself",
      (d) => (path(d, "types", 0)["type"] = { kind: "List", of: { kind: "Named", name: "Customer" } }),
      "invalid",
      "types",
    ],
  ])("refuses %s", (_, edit, code, where) => {
    expect(faultOf(change(edit))).toEqual({ code, path: where });
  });

  it.each([
    ["no JSON", "{"],
    ["another value", "[]"],
    ["null", null],
    ["nothing", undefined],
    ["bad UTF-8", new Uint8Array([0xff, 0x7b])],
    ["a function", () => 1],
  ])("refuses %s", (_, input) => {
    expect(faultOf(input)).toBeDefined();
  });

  it("is bounded in depth", () => {
    const deep = change((d) => {
      let node: Json = yes as unknown as Json;
      for (let i = 0; i < 500; i += 1) node = { op: "not", of: node, at };
      path(d, "rules", 0)["when"] = node;
    });
    expect(faultOf(deep)?.code).toBe("too_deep");
    expect(faultOf("[".repeat(1_000_000))?.code).toBe("not_json");
    expect(faultOf(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)?.code).toBe("too_deep");
  });

  it("requests and decisions as well", () => {
    const request = {
      format: "writ.request/1",
      tool: "t",
      args: {},
      identity: { user: {}, agent: {}, session: {} },
      now: 0,
    };
    expect(decodeRequest(request).ok).toBe(true);
    expect(decodeRequest({ ...request, role: "admin" }).ok).toBe(false);
    const decision = {
      format: "writ.decision/1",
      effect: "allow",
      reasons: [{ by: "a", kind: "allow", truth: "true" }],
      demands: [],
      limits: [],
    };
    expect(decodeDecision(decision).ok).toBe(true);
    expect(decodeDecision({ ...decision, effect: "maybe" }).ok).toBe(false);
  });
});

describe("the decoder agrees with the schemas it is made from", () => {
  it("on bundles with one thing changed at random", () => {
    const text = canonicalize(small() as unknown as Json);
    fc.assert(
      fc.property(fc.nat(), fc.jsonValue(), fc.constantFrom("replace", "add", "drop"), (seed, value, how) => {
        const draft: unknown = JSON.parse(text);
        const places: [Record<string, unknown>, string][] = [];
        const visit = (node: unknown): void => {
          if (typeof node !== "object" || node === null) return;
          for (const key of Object.keys(node)) {
            places.push([node as Record<string, unknown>, key]);
            visit(Reflect.get(node, key));
          }
        };
        visit(draft);
        const found = places[seed % places.length];
        if (found === undefined) return;
        const [node, key] = found;
        if (how === "replace") node[key] = JSON.parse(JSON.stringify(value));
        else if (how === "add" && !Array.isArray(node)) node["zzz"] = value;
        else if (!Array.isArray(node)) Reflect.deleteProperty(node, key);
        const zod = BundleSchema.safeParse(draft).success;
        const ours = decodeBundle(draft);
        // References are checked beyond the schema, so ours may refuse more, never less.
        if (ours.ok) expect(zod).toBe(true);
        if (!zod) expect(ours.ok).toBe(false);
      }),
      { numRuns: runs(2000, "slow") },
    );
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
          withTypedArray: true,
        }),
        (input) => {
          expect(decodeBundle(input).ok).toBe(false);
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (input) => !decodeBundle(input).ok));
  });

  it("a schema keyword it does not know is refused when it compiles", () => {
    expect(() => validator({ type: "object", minProperties: 1 })).toThrow(/minProperties/);
  });
});
