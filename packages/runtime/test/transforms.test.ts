import type { Expression, Json, Rule } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtinDetectors } from "../src/detect/builtin.js";
import { transformArguments } from "../src/duties/transform.js";
import { decideFor } from "../src/evaluate/decide.js";
import { lowerOf } from "../src/evaluate/lower.js";
import { loadProgram } from "../src/evaluate/program.js";
import { createGuard, memoryAudit, memoryStore, type GuardOptions } from "../src/index.js";
import { Inquiry } from "../src/call/inquiry.js";
import { runs } from "./runs.js";
import { allow, arg, ask, AT, bundle, forbid, tool, unknown } from "./bundle.js";
import { flow, labelledBundle, STD_LABELS } from "./flow/labelled.js";

type Transform = NonNullable<Extract<Rule, { kind: "allow" }>["transforms"]>[number];
const int = { kind: "Int" } as const;
const text = { kind: "Text" } as const;
const lit = (value: number): Expression => ({ op: "literal", type: int, value, at: AT });
const send = tool(
  "send",
  [
    { name: "body", type: text },
    { name: "n", type: int, optional: true },
    {
      name: "parts",
      type: { kind: "List", of: { kind: "Record", fields: [{ name: "text", type: text }] } },
      optional: true,
    },
  ],
  { effects: ["egress"] },
);
const grant = (transforms: Transform[], when?: Expression, id = "a"): Rule =>
  ({ ...allow(id, ["send"], when), transforms }) as Rule;
const redact = (path: string[], detectors = ["cards", "secrets"]): Transform => ({
  kind: "redact",
  path,
  detectors,
  at: AT,
});
const clamp = (low: number, high: number): Transform => ({
  kind: "clamp",
  path: ["n"],
  type: int,
  low: lit(low),
  high: lit(high),
  at: AT,
});

async function sender(rules: Rule[], more: Partial<GuardOptions> = {}, of = bundle([send], rules)) {
  const audit = memoryAudit();
  const guard = await createGuard({ policy: of, audit, state: memoryStore(), ...more });
  const session = await guard.session({ user: { id: "u" } });
  let given: Json | undefined;
  return {
    guard,
    session,
    audit,
    call: async (args: Json) => {
      given = undefined;
      const outcome = await session.call({ tool: "send", args }, (canonical) => void (given = canonical));
      return { outcome, given };
    },
  };
}

describe("a transform", () => {
  it("redacts what detectors find, in lists too, and the tool gets nothing else", async () => {
    const { call, audit } = await sender([grant([redact(["body"]), redact(["parts", "text"])])]);
    const made = await call({
      body: "card 4111 1111 1111 1111, thanks",
      parts: [{ text: "AKIAIOSFODNN7EXAMPLQ" }, { text: "x" }],
    });
    expect(made.given).toEqual({
      body: "card [redacted card], thanks",
      parts: [{ text: "[redacted aws access key]" }, { text: "x" }],
    });
    // Twelve digits: four of them stand in one of a thousand logs by chance, as a part of a digest.
    expect(audit.text().replaceAll(" ", "")).not.toContain("411111111111");
  });

  it("clamps, sets and drops", async () => {
    const { call } = await sender([
      grant([
        clamp(1, 10),
        {
          kind: "set",
          path: ["body"],
          type: text,
          value: { op: "literal", type: text, value: "fixed", at: AT },
          at: AT,
        },
        { kind: "drop", path: ["parts"], at: AT },
      ]),
    ]);
    expect((await call({ body: "x", n: 99, parts: [{ text: "y" }] })).given).toEqual({ body: "fixed", n: 10 });
    expect((await call({ body: "x", n: -5 })).given).toEqual({ body: "fixed", n: 1 });
    expect((await call({ body: "x" })).given).toEqual({ body: "fixed" });
  });

  it("where nothing came of it, deciding once gives what deciding twice gives", async () => {
    const at = (operator: ">" | "<=", n: number): Expression => ({
      op: "compare",
      operator,
      type: int,
      left: arg("n"),
      right: lit(n),
      at: AT,
    });
    const condition = fc.tuple(fc.constantFrom(">" as const, "<=" as const), fc.integer({ min: 0, max: 12 }));
    const rules = fc.record({
      low: fc.integer({ min: 0, max: 6 }),
      high: fc.integer({ min: 6, max: 12 }),
      more: fc.array(fc.record({ kind: fc.constantFrom("allow", "ask", "forbid", "unknown"), when: condition }), {
        maxLength: 4,
      }),
    });
    const card = fc.constantFrom("4111 1111 1111 1111", "4111 1111 1111 1112", "hello", "");
    const given = fc.record(
      {
        body: fc.tuple(card, fc.string({ maxLength: 4 })).map((parts) => parts.join(" ")),
        n: fc.integer({ min: -1, max: 13 }),
      },
      { requiredKeys: ["body"] },
    );
    let [skipped, made] = [0, 0];
    await fc.assert(
      fc.asyncProperty(rules, fc.array(given, { minLength: 1, maxLength: 6 }), async ({ low, high, more }, calls) => {
        const all = more.map(({ kind, when: [operator, n] }, i): Rule => {
          if (kind === "unknown") return forbid(`r${i}`, ["send"], unknown);
          const when = at(operator, n);
          return kind === "allow"
            ? grant([{ kind: "clamp", path: ["n"], type: int, low: lit(0), high: lit(5), at: AT }], when, `r${i}`)
            : (kind === "ask" ? ask : forbid)(`r${i}`, ["send"], when);
        });
        const of = bundle([send], [grant([clamp(low, high), redact(["body"], ["cards"])]), ...all]);
        const program = await loadProgram(of);
        const compiled = program.tools.get("send");
        if (compiled === undefined) throw new Error("the bundle has the tool");
        const { call } = await sender([], {}, of);
        for (const args of calls) {
          const inquiry = new Inquiry(program, new Map(), builtinDetectors());
          const question = { args, identity: { user: { id: "u" }, agent: {}, session: {} }, now: 0, answers: inquiry };
          const first = decideFor(program, compiled, question);
          const { outcome, given: got } = await call(args);
          if (first.decision.effect === "forbid") {
            expect(outcome.decision).toEqual(first.decision);
            continue;
          }
          const changed = transformArguments(first, inquiry);
          made += 1;
          if (!changed.ok) {
            expect(outcome.decision.effect).toBe("forbid");
            continue;
          }
          if (changed.args === first.args) skipped += 1;
          const both = lowerOf(program, first, decideFor(program, compiled, { ...question, args: changed.args }));
          expect(outcome.decision).toEqual(both.decision);
          if (outcome.status === "done") expect(got).toEqual(both.args);
        }
      }),
      { numRuns: runs(400) },
    );
    expect(skipped).toBeGreaterThan(made / 20);
    expect(skipped).toBeLessThan(made);
  });

  it("is decided again: the lower decision holds, with what both ask for", async () => {
    const big: Expression = { op: "compare", operator: ">", type: int, left: arg("n"), right: lit(10), at: AT };
    const { call } = await sender([grant([clamp(1, 10)]), forbid("large", ["send"], big)]);
    expect((await call({ body: "x", n: 99 })).outcome).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "large" }] },
    });
    const small: Expression = { op: "compare", operator: "<=", type: int, left: arg("n"), right: lit(10), at: AT };
    const after = await sender([grant([clamp(1, 10)]), forbid("few", ["send"], small)]);
    expect((await after.call({ body: "x", n: 99 })).outcome).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "few" }] },
    });
    const asks = await sender([grant([clamp(1, 10)]), ask("before", ["send"], big), ask("after", ["send"], small)]);
    expect((await asks.call({ body: "x", n: 99 })).outcome).toMatchObject({
      status: "waiting",
      decision: { effect: "ask" },
      approval: {
        demands: [{ rule: "after" }, { rule: "before" }],
        show: [{ name: "body" }, { name: "n", text: "10" }],
      },
    });
  });

  it("of a grant that does not match changes nothing; of one that is unknown, refuses", async () => {
    const no = await sender([
      grant([clamp(1, 10)], { op: "literal", type: { kind: "Bool" }, value: false, at: AT }),
      allow("b", ["send"]),
    ]);
    expect((await no.call({ body: "x", n: 99 })).given).toEqual({ body: "x", n: 99 });
    const maybe = await sender([grant([clamp(1, 10)], unknown), allow("b", ["send"])]);
    expect((await maybe.call({ body: "x", n: 99 })).outcome).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "a", truth: "unknown" }] },
    });
  });

  it("that meets another at one place, or whose detector is unavailable, refuses (lesson 5)", async () => {
    const two = await sender([grant([clamp(1, 10)]), grant([clamp(1, 5)], undefined, "b")]);
    expect((await two.call({ body: "x", n: 3 })).outcome).toMatchObject({ status: "refused" });
    const missing = await sender([grant([redact(["body"], ["nobody"])])]);
    expect((await missing.call({ body: "x" })).outcome).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "a" }] },
    });
    const broken = await sender([grant([redact(["body"], ["mine"])])], {
      detectors: { mine: () => Promise.reject(new Error("down")) },
    });
    expect((await broken.call({ body: "x" })).outcome.status).toBe("refused");
    const lying = await sender([grant([redact(["body"], ["mine"])])], {
      detectors: { mine: () => [{ kind: "k", start: 0, end: 99, confidence: 1 }] },
    });
    expect((await lying.call({ body: "x" })).outcome.status).toBe("refused");
  });

  it("uses a host's detector, at once or later", async () => {
    const name = (found: string) => (body: string) => [
      { kind: "name", start: body.indexOf(found), end: body.indexOf(found) + found.length, confidence: 1 },
    ];
    for (const mine of [name("Ann"), (body: string) => Promise.resolve(name("Ann")(body))]) {
      const { call } = await sender([grant([redact(["body"], ["mine"])])], { detectors: { mine } });
      expect((await call({ body: "to Ann, hi" })).given).toEqual({ body: "to [redacted name], hi" });
    }
  });

  it("lowers no label: what was redacted still carries what it did", async () => {
    const vault = tool("vault", [], { result: text, labels: ["secret", "trusted"] });
    const policy = labelledBundle(
      [send, vault],
      [grant([redact(["body"])]), allow("v", ["vault"]), flow("f", ["send"], [["secret"]], "forbid")],
      { taint: "value", labels: STD_LABELS },
    );
    const { call, session } = await sender([], {}, policy);
    session.heard("user", "send it");
    await session.call({ tool: "vault", args: {} }, () => "AKIAIOSFODNN7EXAMPLQ");
    expect((await call({ body: "AKIAIOSFODNN7EXAMPLQ" })).outcome).toMatchObject({
      status: "refused",
      decision: { reasons: [{ by: "f" }] },
    });
  });

  it("an approval is bound to what the tool gets", async () => {
    const { call, guard } = await sender([{ ...ask("q", ["send"]), transforms: [clamp(1, 10)] } as Rule]);
    const waiting = await call({ body: "x", n: 50 });
    if (waiting.outcome.status !== "waiting") throw new Error("it should wait");
    await guard.approvals.resolve(waiting.outcome.approval.id, {
      by: { id: "boss", groups: ["managers"] },
      grant: true,
    });
    expect((await call({ body: "x", n: 10 })).given).toEqual({ body: "x", n: 10 });
  });
});
