import { canonicalize, digest, sha256Hex, type Json, type Type } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/audit/audit-error.js";
import { encodeRecord, reason, type EncodedRecord } from "../../src/audit/encode-record.js";
import { maskArguments } from "../../src/audit/mask.js";
import { writeArguments } from "../../src/audit/quick-arguments.js";
import { quickIntent, quickOutcome } from "../../src/audit/quick-record.js";
import type { IntentRecord, OutcomeRecord } from "../../src/audit/record.js";
import { tool } from "../bundle.js";
import { runs } from "../runs.js";
import { DIGEST, intentRecord, outcomeRecord } from "./records.js";

/** Texts as hosts and models make them: any length up to the bounds, halves of surrogate pairs, quotes, controls. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom("", "\ud800", 'a"b\\c', "\u2028", "é", "__proto__", "x".repeat(1024), "x".repeat(1025)),
);
const anyTime = fc.oneof(fc.maxSafeNat(), fc.constantFrom(-1, 1.5, Number.NaN, -0, Number.MAX_SAFE_INTEGER + 1));

/** As it comes from a model. */
function plain(value: unknown): Json {
  const parsed: unknown = JSON.parse(JSON.stringify(value));
  return isJson(parsed) ? parsed : null;
}

function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/** What an encoder makes, or that it refuses. */
function made(encode: () => EncodedRecord | undefined): EncodedRecord | "refused" | "unsure" {
  try {
    return encode() ?? "unsure";
  } catch {
    return "refused";
  }
}

function quickly({
  at,
  session,
  call,
  callId,
  tool: of,
  args,
  reasons,
  policy,
  isolation,
}: IntentRecord): ReturnType<typeof made> {
  if (isolation === undefined) return "unsure";
  return made(() =>
    quickIntent({
      at,
      session,
      call,
      callId,
      tool: of,
      digest: args.digest,
      masked: canonicalize(args.masked),
      reasons: reasons.map(reason),
      policy,
      isolation,
    }),
  );
}

describe("the quick encoder of records", () => {
  const reasons = fc.array(
    fc.record({ by: anyText, kind: anyText, truth: anyText, at: anyText }, { requiredKeys: ["by", "kind", "truth"] }),
    { maxLength: 4 },
  );

  it("lesson 11: writes any intent byte for byte as the long way does, or refuses it as that does", () => {
    const intents = fc.record({
      at: anyTime,
      session: anyText,
      call: anyText,
      callId: fc.option(anyText, { nil: undefined }),
      tool: anyText,
      digest: anyText,
      masked: fc.jsonValue(),
      reasons,
      policy: anyText,
      tier: anyText,
      proven: fc.array(anyText, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(intents, ({ callId, digest: of, masked, tier, proven, ...rest }) => {
        const body: IntentRecord = {
          type: "intent",
          effect: "allow",
          ...rest,
          ...(callId === undefined ? {} : { callId }),
          args: { digest: of, masked: plain(masked) },
          isolation: { tier, backend: "inline", proven },
        };
        expect(quickly(body)).toEqual(made(() => encodeRecord(body)));
      }),
      { numRuns: runs(2000) },
    );
  });

  it("lesson 11: writes any outcome byte for byte as the long way does, or refuses it as that does", () => {
    const outcomes = fc.record({
      at: anyTime,
      session: anyText,
      call: anyText,
      tool: anyText,
      ms: fc.oneof(fc.double(), fc.nat()),
      digest: fc.option(anyText, { nil: undefined }),
      labels: fc.array(anyText, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(outcomes, (one) => {
        const { digest: of, labels, ...rest } = one;
        const body: OutcomeRecord = {
          type: "outcome",
          status: "done",
          ...rest,
          ...(of === undefined ? {} : { result: { digest: of } }),
          ...(labels.length === 0 ? {} : { labels }),
        };
        expect(made(() => quickOutcome(one))).toEqual(made(() => encodeRecord(body)));
      }),
      { numRuns: runs(2000) },
    );
  });

  it("remembers no member of another record", () => {
    const isolation = { tier: "low", backend: "inline", proven: [] };
    for (const session of ["s_1", "s_2", "s_1", "\ud800", "s_2"]) {
      const body = intentRecord(1, { session, policy: `${DIGEST}${session}`, isolation });
      expect(quickly(body)).toEqual(encodeRecord(body));
    }
    expect(quickly(intentRecord(1, { session: "", isolation }))).toBe("refused");
    expect(quickly(intentRecord(1, { session: "s_2", isolation }))).toEqual(
      encodeRecord(intentRecord(1, { session: "s_2", isolation })),
    );
  });

  it("refuses what is larger than a record may be, and more than one may hold", () => {
    const isolation = { tier: "low", backend: "inline", proven: [] };
    const large = intentRecord(1, { isolation, args: { digest: DIGEST, masked: "é".repeat(200_000) } });
    expect(() => quickly(large)).not.toThrow();
    expect(quickly(large)).toBe("refused");
    expect(() => encodeRecord(large)).toThrow(AuditError);
    const many = Array.from({ length: 1001 }, () => ({ by: "a", kind: "allow", truth: "true" }));
    expect(quickly(intentRecord(1, { isolation, reasons: many }))).toBe("unsure");
    const { at, session, call, tool: of, ms } = outcomeRecord(1);
    const labels = Array.from({ length: 1001 }, () => "a");
    expect(quickOutcome({ at, session, call, tool: of, ms, digest: undefined, labels })).toBeUndefined();
  });
});

describe("arguments written once", () => {
  const types = new Map<string, Type>([
    [
      "Deep",
      {
        kind: "Record",
        fields: [
          { name: "a", type: { kind: "Text" } },
          { name: "__proto__", type: { kind: "Id" } },
        ],
      },
    ],
  ]);
  const kinds: readonly Type[] = [
    { kind: "Text" },
    { kind: "Line" },
    { kind: "Json" },
    { kind: "Url" },
    { kind: "Id" },
    { kind: "Int" },
    { kind: "Bool" },
    { kind: "Money", currency: "EUR" },
    { kind: "List", of: { kind: "Line" } },
    { kind: "Named", name: "Deep" },
    { kind: "Named", name: "Missing" },
  ];
  const names = ["a", "b", "__proto__", "constructor", "é", "z", "Z", ""];

  it("says what the digest and the mask say, for any tool and any arguments", () => {
    const params = fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), type: fc.constantFrom(...kinds) }), {
      selector: ({ name }) => name,
    });
    const values = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText));
    let sure = 0;
    fc.assert(
      fc.property(params, values, (of, given) => {
        const args = plain(given);
        const declared = tool("t", of);
        const written = writeArguments(declared, args, types);
        if (written === undefined) return;
        sure += 1;
        expect(`sha256:${sha256Hex(written.whole)}`).toBe(digest(args));
        expect(written.whole).toBe(canonicalize(args));
        expect(written.masked).toBe(canonicalize(maskArguments(declared, args, types)));
      }),
      { numRuns: 3000 },
    );
    expect(sure).toBeGreaterThan(100);
  });

  it.each<[string, Json]>([
    ["a list", ["a"]],
    ["nothing", null],
    ["an argument that is no parameter", { id: "a", more: "b" }],
    ["half a surrogate pair", { id: "\ud800" }],
    ["very long ones", { id: "x".repeat(40_000) }],
  ])("leaves %s to the long way", (_, args) => {
    expect(writeArguments(tool("t", [{ name: "id", type: { kind: "Id" } }]), args, types)).toBeUndefined();
  });

  it("takes nothing inherited for an argument", () => {
    const args: Record<string, Json> = { id: "a" };
    Object.setPrototypeOf(args, { note: "b" });
    const declared = tool("t", [
      { name: "id", type: { kind: "Id" } },
      { name: "note", type: { kind: "Id" } },
    ]);
    expect(writeArguments(declared, args, types)).toEqual({ whole: '{"id":"a"}', masked: '{"id":"a"}' });
  });
});
