import type { Json, Rule } from "@writ/ir";
import { describe, expect, it } from "vitest";
import { allow, AT, bundle, tool } from "./bundle.js";
import { bench } from "./guard-bench.js";

/*
 * Lesson 18: what is to be taken out is taken out of arguments, results, their structured parts, errors, and what the log
 * keeps; and what cannot be looked at whole is not handed out in parts.
 */
const SECRET = "AKIAIOSFODNN7EXAMPLQ";
const CARD = "4111 1111 1111 1111";
const out = (...detectors: string[]): Rule => ({
  kind: "output",
  id: "out",
  tools: ["fetch"],
  when: { op: "and", items: [], at: AT },
  limits: [],
  at: AT,
  steps: [{ kind: "redact", path: ["result"], detectors, at: AT }],
});
const fetch = tool("fetch", [{ name: "body", type: { kind: "Text" } }], { result: { kind: "Json" } });
const policy = bundle(
  [fetch],
  [
    allow("ok", ["fetch"], undefined, {
      transforms: [{ kind: "redact", path: ["body"], detectors: ["cards", "secrets"], at: AT }],
    }),
    out("secrets", "cards"),
  ],
);

async function run(result: () => unknown, body = "hi") {
  const on = await bench(policy);
  let received: Json = null;
  const made = await on.session();
  const outcome = await made.call({ tool: "fetch", args: { body } }, (args) => {
    received = args;
    return result();
  });
  return { outcome, received, log: JSON.stringify(on.audit.records()) };
}

const everything = (value: unknown): string => JSON.stringify(value) ?? "";

describe("lesson 18: redaction", () => {
  it("of arguments: the tool gets them without, and the log has never seen them", async () => {
    const { outcome, received, log } = await run(() => "ok", `key ${SECRET}, card ${CARD}`);
    expect(outcome.status).toBe("done");
    expect(received).toEqual({ body: "key [redacted aws access key], card [redacted card]" });
    for (const secret of [SECRET, CARD]) expect(log).not.toContain(secret);
  });

  it.each<[string, Json]>([
    ["a text", `x ${SECRET} y`],
    ["deep in a structure", { a: [{ b: [`x ${SECRET}`, { c: CARD }] }] }],
    ["a name of a field", { [SECRET]: 1, ok: { [CARD]: [] } }],
    ["a number", { card: 4_111_111_111_111_111 }],
    ["a text that is JSON", JSON.stringify({ key: SECRET, nested: JSON.stringify({ card: CARD }) })],
    ["two of them, one beside the other", `${SECRET}/${CARD} ${CARD};${SECRET},${SECRET}`],
    ["two names that become one", { [SECRET]: 1, [`${SECRET.slice(0, -1)}A`]: 2 }],
  ])("of a result: %s", async (_, result) => {
    const { outcome, log } = await run(() => result);
    for (const secret of [SECRET, CARD, "4111111111111111"]) {
      expect(everything(outcome)).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });

  it("of an error's words, its cause and its fields", async () => {
    const { outcome, log } = await run(() => {
      throw Object.assign(new Error(`no access with ${SECRET}`, { cause: new Error(CARD) }), { card: CARD });
    });
    expect(outcome.status).toBe("failed");
    for (const secret of [SECRET, CARD]) {
      expect(everything(outcome)).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });

  it("of a stream: no part is handed out, so that no secret comes through in halves", async () => {
    const { outcome } = await run(async function* () {
      yield `key ${SECRET.slice(0, 10)}`;
      yield SECRET.slice(10);
    });
    expect(outcome).toMatchObject({ status: "failed", cause: "withheld" });
    expect(everything(outcome)).not.toContain(SECRET.slice(0, 10));
  });

  it("of what the tool still holds: changing it afterwards changes nothing that was handed on", async () => {
    const held = { note: "fine" };
    const { outcome } = await run(() => held);
    held.note = SECRET;
    expect(everything(outcome)).not.toContain(SECRET);
  });
});
