import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { SpanStatusCode } from "@opentelemetry/api";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredRecord } from "../../src/audit/record.js";
import { otelObserver, recordedCalls, resultOf, toCsv, toOcsf, toOtlp, type Entry } from "../../src/export/index.js";
import { allow, bundle } from "../bundle.js";
import { bench, pay, read } from "../guard-bench.js";

const HASH = "0".repeat(64);

async function* entries(records: readonly (StoredRecord | undefined)[]): AsyncGenerator<Entry> {
  for (const [seq, record] of records.entries()) yield { seq, hash: HASH, record };
}

const stored = { prev: HASH, seq: 0 } as const;
const session: StoredRecord = {
  ...stored,
  type: "session",
  at: 1,
  session: "s_1",
  identity: { user: { id: "ann" }, agent: { id: "desk" }, session: {} },
};
const intent = (call: string, effect: "allow" | "ask" | "forbid"): StoredRecord => ({
  ...stored,
  type: "intent",
  at: 2,
  session: "s_1",
  call,
  tool: "pay",
  args: { digest: `sha256:${HASH}`, masked: null },
  effect,
  reasons: [{ by: "small", kind: "allow", truth: "true" }],
  policy: `sha256:${HASH}`,
});
const outcome = (call: string): StoredRecord => ({
  ...stored,
  type: "outcome",
  at: 5,
  session: "s_1",
  call,
  tool: "pay",
  status: "done",
  ms: 3,
});

async function callsOf(records: readonly (StoredRecord | undefined)[]): Promise<readonly string[]> {
  const out: string[] = [];
  for await (const call of recordedCalls(entries(records))) out.push(`${call.intent.call} ${resultOf(call)}`);
  return out;
}

describe("the calls of a log", () => {
  it("each is told once: refused and asked where they stand, the others where they ended, cut off ones last", async () => {
    expect(
      await callsOf([
        session,
        intent("a", "allow"),
        intent("b", "forbid"),
        intent("c", "allow"),
        undefined,
        intent("d", "ask"),
        outcome("c"),
        outcome("gone"),
      ]),
    ).toEqual(["b refused", "d asked", "c done", "a unknown"]);
  });
  it("one that paused and was begun again is told twice", async () => {
    expect(await callsOf([intent("a", "allow"), intent("a", "allow"), outcome("a")])).toEqual(["a unknown", "a done"]);
  });
});

describe("OCSF", () => {
  it("has every attribute that API Activity requires, and no argument", async () => {
    for await (const call of recordedCalls(entries([session, intent("a", "allow"), outcome("a")]))) {
      expect(toOcsf(call)).toMatchObject({
        category_uid: 6,
        class_uid: 6003,
        activity_id: 99,
        type_uid: 600_399,
        time: 2,
        severity_id: 1,
        status_id: 1,
        metadata: { version: "1.9.0", product: { vendor_name: "Writ" } },
        actor: { user: { uid: "ann" }, authorizations: [{ decision: "Allowed" }] },
        api: { operation: "pay" },
        src_endpoint: { name: "desk" },
      });
    }
  });
});

describe("OTLP", () => {
  it("a span with ids of the right length, the same for the same log", async () => {
    for await (const call of recordedCalls(entries([session, intent("a", "allow"), outcome("a")]))) {
      const text = JSON.stringify(toOtlp(call));
      expect(text).toMatch(/"traceId":"[0-9a-f]{32}","spanId":"[0-9a-f]{16}","name":"execute_tool pay"/);
      expect(text).toContain('"startTimeUnixNano":"2000000","endTimeUnixNano":"5000000"');
      expect(text).toBe(JSON.stringify(toOtlp(call)));
    }
  });
});

describe("CSV", () => {
  it("no cell is a formula, and no text breaks out of its cell (RFC 4180)", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('=cmd|" /C calc"!A0', "+1", "@x", "-2", '"\r\n,')),
        (message) => {
          const line = toCsv({
            seq: 1,
            hash: HASH,
            record: { ...stored, type: "incident", at: 1, code: "x", message },
          });
          const cells = parse(line);
          expect(cells).toHaveLength(12);
          expect(cells[10]?.replace(/^'(?=[=+\-@\t\r])/, "")).toBe(message);
          for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        },
      ),
    );
  });
  it("a time that is none does not stop it", () => {
    expect(
      toCsv({ seq: 1, hash: HASH, record: { ...stored, type: "incident", at: 1e20, code: "x", message: "m" } }),
    ).toContain("100000000000000000000");
  });
});

/** Reads one line of CSV. */
function parse(line: string): readonly string[] {
  const cells: string[] = [];
  for (const match of line.replace(/\r\n$/, "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"\r\n]*))/gy))
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
  return cells;
}

describe("OpenTelemetry", () => {
  it("the real SDK gets a span a call, with its outcome and without its arguments", async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const on = await bench(bundle([pay, read], [allow("small", ["pay"])]), {
      observe: otelObserver(provider.getTracer("writ")),
    });
    const made = await on.session();
    await made.call({ tool: "pay", args: { to: "ann" } }, () => "ok");
    await made.call({ tool: "read", args: { id: "s3cret" } }, () => "ok");
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name, status, attributes }) => [name, status.code, attributes["writ.result"]])).toEqual([
      ["execute_tool pay", SpanStatusCode.OK, "done"],
      ["execute_tool read", SpanStatusCode.ERROR, "policy"],
    ]);
    expect(spans[0]?.attributes).toMatchObject({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "pay" });
    expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toContain("s3cret");
  });
});
