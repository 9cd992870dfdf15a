import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Type } from "@writ/ir";
import { loadProgram, type Program, type ToolProgram } from "../../src/evaluate/program.js";
import { keepResult } from "../../src/flow/keep-result.js";
import { raise } from "../../src/flow/labels.js";
import type { MemoryEvent } from "../../src/flow/memory-event.js";
import type { Leaf } from "../../src/flow/result-labels.js";
import { newMemory } from "../../src/flow/session-memories.js";
import type { SessionMemory } from "../../src/flow/session-memory.js";
import { sourceOf } from "../../src/flow/source.js";
import { runs } from "../runs.js";
import { allow, email, flow, id, labelledBundle, text, tool } from "./labelled.js";

const policy = labelledBundle(
  ["read", "list"].map((name) => tool(name, [{ name: "of", type: text, optional: true }], { result: text })),
  [allow("ok", ["read", "list"]), flow("f", ["read"], [["untrusted"]], "forbid")],
  { taint: "value" },
);

const VALUES = ["ann@acme.com", "open", "case-12 of ann@acme.com", "closed", "case-12"];
const TYPES: readonly Type[] = [text, email, { kind: "Ref", of: "case" }, id];
const PATHS = [["status"], ["who", "mail"], []];

const leaf = fc.record({
  value: fc.constantFrom(...VALUES),
  type: fc.constantFrom(...TYPES),
  bad: fc.boolean(),
  path: fc.constantFrom(0, 1, 2),
});
const step = fc.record({ tool: fc.constantFrom("read", "list"), leaves: fc.array(leaf, { maxLength: 4 }) });
/** The same again and again, with pauses in which it may be forgotten. */
const same = fc.record({
  tool: fc.constant("read"),
  leaves: fc.array(fc.constant({ value: "open", type: text, bad: false, path: 0 }), { maxLength: 1 }),
});

/** The same results, for one memory with the same list at each path, for the other with lists that are never seen again. */
function kept(program: Program, many: number) {
  const sets = [
    raise(program.lattice, program.lattice.lowest, []),
    raise(program.lattice, program.lattice.lowest, ["untrusted"]),
  ];
  const memories = [newMemory(program, true), newMemory(program, true)] as const;
  const told: [MemoryEvent[], MemoryEvent[]] = [[], []];
  memories.forEach((memory, i) => (memory.tell = (event) => void told[i]?.push(event)));
  let calls = 0;
  const keep = (memory: SessionMemory, of: ToolProgram, leaves: readonly Leaf[]): void =>
    keepResult(
      memory,
      of,
      { labels: program.lattice.lowest, leaves, value: undefined },
      { call: `c${calls}`, flow: undefined },
    );
  return {
    memories,
    told,
    step(made: {
      readonly tool: string;
      readonly leaves: readonly { value: string; type: Type; bad: boolean; path: number }[];
    }) {
      const of = program.tools.get(made.tool);
      if (of === undefined) throw new Error("the bundle has the tool");
      calls += 1;
      const leaves = made.leaves.map(({ value, type, bad, path }): Leaf => {
        const labels = sets[bad ? 1 : 0] ?? program.lattice.lowest;
        return { value, type, labels, path: PATHS[path] ?? [] };
      });
      keep(memories[0], of, leaves);
      keep(
        memories[1],
        of,
        leaves.map(({ value, type, labels, path }) => ({ value, type, labels, path: [...path] })),
      );
      for (let i = 0; i < many; i += 1)
        for (const memory of memories)
          memory.stands(sourceOf({ from: "read", call: `m${calls}` }, program.lattice.lowest, false), {
            text: `x${calls} ${i}`,
          });
    },
  };
}

test.each([
  ["few results", 0, step, runs(4000)],
  ["results of which the oldest are forgotten", 3000, same, runs(20, "slow")],
])(
  "a value that stood at its place before stands where it would if that were not known: %s",
  async (_, many, steps, numRuns) => {
    const program = await loadProgram(policy);
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 10 }), (all) => {
        const both = kept(program, many);
        const { memories, told } = both;
        for (const made of all) {
          both.step(made);
          const [a, b] = memories.map(({ index }) =>
            VALUES.flatMap((value) => TYPES.map((type) => index?.find(value, type, Number.MAX_SAFE_INTEGER))),
          );
          expect(a).toEqual(b);
          expect(told[0]).toEqual(told[1]);
          told[0].length = 0;
          told[1].length = 0;
        }
      }),
      { numRuns },
    );
  },
);
