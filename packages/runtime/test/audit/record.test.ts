import { canonicalize, copyJson, sha256Hex, type Json } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/audit/audit-error.js";
import { encodeRecord, FIRST_PREV, MAX_RECORD_BYTES, sealRecord } from "../../src/audit/encode-record.js";
import type { RecordBody } from "../../src/audit/record.js";
import { intentRecord, oneOfEach, outcomeRecord } from "./records.js";

function stored(body: RecordBody, seq = 7, prev = FIRST_PREV): string {
  return sealRecord(encodeRecord(body), seq, prev).line.slice(65, -1);
}

function asJson(value: unknown): Json {
  const copied = copyJson(JSON.parse(JSON.stringify(value)));
  if (!copied.ok) throw new Error(copied.fault.message);
  return copied.value;
}

function code(body: unknown): string {
  try {
    // @ts-expect-error what is not a record must be refused at run time too
    encodeRecord(body);
    return "accepted";
  } catch (error) {
    return error instanceof AuditError ? error.code : String(error);
  }
}

describe("a record", () => {
  it("is stored as canonical JSON of its body, seq and prev, behind its RFC 6962 leaf hash", () => {
    for (const body of oneOfEach()) {
      const plain = asJson({ ...body, seq: 7, prev: FIRST_PREV });
      const { line, hash } = sealRecord(encodeRecord(body), 7, FIRST_PREV);
      expect(line).toBe(`${hash} ${canonicalize(plain)}\n`);
      const bytes = new TextEncoder().encode(line.slice(65, -1));
      expect(hash).toBe(sha256Hex(Uint8Array.of(0, ...bytes)));
    }
  });

  it("keeps any JSON in its free members", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const masked = asJson(value);
        expect(JSON.parse(stored(intentRecord(1, { args: { digest: "d", masked } })))).toMatchObject({
          args: { masked },
        });
      }),
    );
  });

  it("is copied: what the caller changes later is not in it", () => {
    const masked = { amount: 1 };
    const encoded = encodeRecord(intentRecord(1, { args: { digest: "d", masked } }));
    masked.amount = 1_000_000;
    expect(sealRecord(encoded, 0, FIRST_PREV).line).toContain('"masked":{"amount":1}');
  });

  it.each([
    ["nothing", undefined],
    ["a list", []],
    ["no type", { at: 1 }],
    ["an unknown type", { type: "toString", at: 1 }],
    ["an unknown member", { ...outcomeRecord(1), note: "x" }],
    ["a member that only the log may set", { ...outcomeRecord(1), seq: 1 }],
    ["__proto__ as a member", JSON.parse('{"type":"incident","at":1,"code":"c","message":"m","__proto__":1}')],
    ["a missing member", { type: "incident", at: 1, code: "c" }],
    ["a wrong status", { ...outcomeRecord(1), status: "fine" }],
    ["a time that is no integer", { ...outcomeRecord(1), at: 1.5 }],
    ["an endless duration", { ...outcomeRecord(1), ms: Number.POSITIVE_INFINITY }],
    ["a date in the arguments", { ...intentRecord(1), args: { digest: "d", masked: new Date() } }],
    ["an unknown member within", { ...intentRecord(1), args: { digest: "d", masked: 1, raw: 2 } }],
    [
      "an identity that is no object",
      { type: "session", at: 1, session: "s", identity: { user: [], agent: {}, session: {} } },
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new Error("no");
          },
        },
      ),
    ],
  ])("is refused when it is %s", (_what, body) => {
    expect(code(body)).toBe("record_invalid");
  });

  it("does not take what it inherits", () => {
    expect(code(Object.create({ type: "incident", at: 1, code: "c", message: "m" }))).toBe("record_invalid");
  });

  it("lesson 29: has a size limit with an error of its own, in bytes and not in characters", () => {
    expect(code({ ...outcomeRecord(1), error: "x".repeat(64 * 1024 + 1) })).toBe("record_invalid");
    const message = "€".repeat(60_000); // 180 kB as UTF-8
    expect(code(intentRecord(1, { message }))).toBe("accepted");
    expect(code(intentRecord(1, { message, args: { digest: "d", masked: "€".repeat(40_000) } }))).toBe(
      "record_too_large",
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90_000 }), fc.constantFrom("a", "é", "€", "😀", "\u0001"), (n, char) => {
        const body = intentRecord(1, { args: { digest: "d", masked: char.repeat(n) } });
        if (code(body) === "accepted")
          expect(new TextEncoder().encode(stored(body)).length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
      }),
      { numRuns: 50 },
    );
  });

  it("is recorded with a repaired name when a model writes half a surrogate pair", () => {
    expect(JSON.parse(stored(intentRecord(1, { tool: "\ud800", callId: "" })))).toMatchObject({
      tool: "\ufffd",
      callId: "",
    });
  });
});
