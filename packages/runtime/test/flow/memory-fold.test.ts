import type { Expression } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import { Money } from "@writ/ir/values";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadProgram, type Program } from "../../src/evaluate/program.js";
import { createScope } from "../../src/evaluate/scope.js";
import { truthOf } from "../../src/evaluate/evaluate.js";
import { labelNames, raise, type LabelSet } from "../../src/flow/labels.js";
import { SessionMemories } from "../../src/flow/session-memories.js";
import type { SessionMemory } from "../../src/flow/session-memory.js";
import { happened } from "../../src/history/happened.js";
import { memoryStore } from "../../src/index.js";
import { allow, AT, flow, id, labelledBundle, text, tool } from "./labelled.js";

const money = { kind: "Money", currency: "USD" } as const;
const run = tool(
  "run",
  [
    { name: "to", type: id },
    { name: "amount", type: money, optional: true },
  ],
  {
    result: {
      kind: "Record",
      fields: [
        { name: "exit", type: { kind: "Int" } },
        { name: "left", type: money, optional: true },
      ],
    },
  },
);
const write = tool("write", [], { effects: ["write"] });
type Did = Extract<Expression, { op: "did" }>;
const lit = (type: "Int" | "Id", value: string | number): Expression => ({
  op: "literal",
  type: { kind: type },
  value,
  at: AT,
});
const did: Did = {
  op: "did",
  event: {
    tool: "run",
    outcome: "ok",
    unbroken: ["write"],
    when: {
      op: "and",
      items: [
        {
          op: "compare",
          operator: "==",
          type: id,
          left: { op: "arg", name: "to", at: AT },
          right: lit("Id", "bob_7"),
          at: AT,
        },
        {
          op: "compare",
          operator: "==",
          type: { kind: "Int" },
          left: { op: "field", of: { op: "result", at: AT }, name: "exit", at: AT },
          right: lit("Int", 0),
          at: AT,
        },
      ],
      at: AT,
    },
  },
  at: AT,
};
const failed: Did = { op: "did", event: { tool: "run", outcome: "failed", unbroken: [] }, at: AT };
const denied: Did = { op: "did", event: { tool: "write", outcome: "denied", unbroken: [] }, at: AT };
const policy = labelledBundle(
  [run, write],
  [
    allow("a", ["run"], did),
    allow("b", ["run"], failed),
    allow("c", ["write"], denied),
    flow("f", ["run"], [["untrusted"]], "forbid"),
  ],
  { taint: "value", intents: [{ name: "pay", phrases: ["pay"], at: AT }] },
);

const labels = fc.constantFrom<readonly string[]>([], ["untrusted"], ["pii"], ["secret", "claimed"], ["pii", "pci"]);
const readers = fc.constantFrom<readonly string[] | undefined>(undefined, [], ["ann@a.de"], ["ann@a.de", "bob@a.de"]);
const words = fc.constantFrom(
  "pay bob_7",
  "pay eve_1 20 USD",
  "look at /a/b and https://a.de/x",
  "Ann Smith <ann@a.de>",
  "",
);
const source = fc.record({
  from: fc.constantFrom("run", "write"),
  call: fc.constantFrom("c1", "c2"),
  path: fc.constantFrom("a.b", "x"),
});
const step = fc.oneof(
  fc.record({
    do: fc.constant("heard" as const),
    words,
    labels,
    readers,
    own: fc.boolean(),
    from: fc.constantFrom("user" as const, "system" as const, "unknown" as const),
  }),
  fc.record({ do: fc.constant("joins" as const), labels: fc.option(labels, { freq: 20 }), readers, source }),
  fc.record({
    do: fc.constant("stands" as const),
    words,
    key: fc.constantFrom(undefined, "Ref mail:m1", "Number:12345"),
    labels,
    readers,
    source,
  }),
  fc.record({
    do: fc.constant("wrote" as const),
    path: fc.constantFrom("/a", "/a/b", "/c"),
    labels: fc.option(labels, { freq: 20 }),
    readers,
  }),
  fc.record({ do: fc.constant("seen" as const), key: fc.constantFrom("k1", "k2", "k3") }),
  fc.record({ do: fc.constant("noted" as const), key: fc.constantFrom("n1", "n2") }),
  fc.record({ do: fc.constant("hand" as const), words, labels, readers, source }),
  fc.record({
    do: fc.constant("begins" as const),
    to: fc.constantFrom("bob_7", "eve_1"),
    tool: fc.constantFrom("run", "write"),
  }),
  fc.record({
    do: fc.constant("ends" as const),
    outcome: fc.constantFrom("ok" as const, "failed" as const, "never" as const),
    exit: fc.constantFrom(0, 1, undefined),
    at: fc.nat(1000),
  }),
  fc.record({ do: fc.constant("denies" as const), tool: fc.constantFrom("run", "write"), at: fc.nat(1000) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function setOf(
  { lattice }: Program,
  names: readonly string[] | null,
  who: readonly string[] | undefined,
): LabelSet | undefined {
  return names === null
    ? undefined
    : { ...raise(lattice, lattice.lowest, names), readers: who === undefined ? undefined : new Set(who) };
}

/** Does one step; calls in flight are ended oldest first. */
function act(program: Program, memory: SessionMemory, one: Step, n: number, open: [id: string, tool: string][]): void {
  switch (one.do) {
    case "heard":
      return memory.heard(
        one.from,
        one.words,
        setOf(program, one.labels, one.readers) ?? program.lattice.lowest,
        one.own,
      );
    case "joins":
      return memory.joins(setOf(program, one.labels, one.readers), one.source);
    case "stands":
      return void memory.stands(
        { ...one.source, own: false, labels: setOf(program, one.labels, one.readers) ?? program.lattice.lowest },
        { text: one.words, ...(one.key === undefined ? {} : { key: one.key }) },
      );
    case "wrote":
      return memory.wrote(one.path, setOf(program, one.labels, one.readers));
    case "seen":
      return void memory.momentOf(one.key);
    case "noted":
      return void memory.note(one.key);
    case "hand":
      return void memory.hand(`$${n}`, {
        value: [one.words],
        labels: setOf(program, one.labels, one.readers),
        source: one.source,
      });
    case "begins": {
      const args = new Map<string, Value>([
        ["to", one.to],
        ["amount", new Money(2050n, "USD")],
      ]);
      open.push([`c${n}`, one.tool]);
      return memory.begins(`c${n}`, one.tool, one.tool === "run" ? args : new Map());
    }
    case "ends": {
      const [call, name] = open.shift() ?? [];
      if (call === undefined || name === undefined) return undefined;
      if (one.outcome === "never") return memory.never(call);
      const result =
        one.exit === undefined
          ? undefined
          : new Map<string, Value>([
              ["exit", one.exit],
              ["left", new Money(1n, "USD")],
            ]);
      return memory.ends(call, name, one.outcome, one.at, name === "run" ? result : undefined);
    }
    case "denies":
      return memory.denies(`d${n}`, one.tool, new Map(one.tool === "run" ? [["to", "bob_7"]] : []), one.at);
  }
}

/** What anybody can see of a memory. */
function view(program: Program, memory: SessionMemory, steps: number): unknown {
  const { lattice } = program;
  const shown = (set: LabelSet | undefined): unknown =>
    set === undefined
      ? "unknown"
      : [labelNames(lattice, set), set.readers === undefined ? null : [...set.readers].toSorted()];
  const now = memory.momentOf(undefined);
  const scope = createScope(program, undefined, new Map(), { user: {}, agent: {}, session: {} }, 2000, {
    history: memory.history,
  });
  const find = (value: Value, type: Parameters<NonNullable<SessionMemory["index"]>["find"]>[1]): unknown =>
    memory.index
      ?.find(value, type, now.sources)
      .map((found) => [found.from, found.call, found.path, found.own, shown(found.labels)]);
  return {
    whole: memory.whole,
    context: shown(now.context),
    raised: memory.contributions(now).map((one) => [one.from, one.call, one.path, shown(one.labels)]),
    moments: ["k1", "k2", "k3"].map((key) => {
      const moment = memory.momentOf(key);
      return [shown(moment.context), moment.raised, moment.sources, moment.words, memory.asked(["pay"], moment)];
    }),
    values: [
      find("bob_7", id),
      find("eve_1", id),
      find("Ann Smith", text),
      find("ann@a.de", { kind: "Email" }),
      find("/a/b", { kind: "Path" }),
      find("m1", { kind: "Ref", of: "mail" }),
      find(12_345, { kind: "Int" }),
      find(new Money(2000n, "USD"), money),
    ],
    written: ["/a", "/a/b", "/a/b/c", "/c", "/d", "/"].map((path) => shown(memory.readOf(path))),
    handles: Array.from({ length: steps }, (_, n) => {
      const handle = memory.handle(`$${n}`);
      return handle === undefined ? null : [handle.value, shown(handle.labels), handle.source];
    }),
    notes: ["n1", "n2"].map((key) => memory.isNoted(key)),
    past: [did, failed, denied].map((event) => String(happened(event, scope, truthOf))),
  };
}

describe("a memory that is folded from its log", () => {
  it("is the memory that wrote it, whatever happened and wherever it is taken up", async () => {
    const program = await loadProgram(policy);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(30), async (steps, cut) => {
        const state = memoryStore();
        const first = await new SessionMemories(program, state).of("s", false);
        const open: [string, string][] = [];
        for (const [n, one] of steps.entries()) {
          act(program, first.memory, one, n, open);
          if (n === cut) await first.keep();
        }
        await first.keep();
        const second = await new SessionMemories(program, state).of("s", true);
        expect(view(program, second.memory, steps.length)).toEqual(view(program, first.memory, steps.length));
      }),
      { numRuns: 300 },
    );
  });
});
