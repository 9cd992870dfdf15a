import type { Bundle, Json } from "@writ/ir";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide as decideAlone, readCall } from "../../src/decide.js";
import { decideFor, type Question } from "../../src/evaluate/decide.js";
import { loadProgram, type Program } from "../../src/evaluate/program.js";
import { decideByWalk } from "../../src/evaluate/reference/decide-by-walk.js";
import { CallFlow } from "../../src/flow/call-flow.js";
import { raise } from "../../src/flow/labels.js";
import { newMemory } from "../../src/flow/session-memories.js";
import { History } from "../../src/history/history.js";
import { runs } from "../runs.js";
import { anyPolicy, anyUser, argumentsFor } from "./any-policy.js";

/** What is known besides the call: undefined is unknown. */
interface Known {
  readonly session:
    | { readonly labels: readonly string[]; readonly said: readonly string[]; readonly reader: string | undefined }
    | undefined;
  readonly calls: readonly ["t" | "u", "ok" | "failed"][] | undefined;
  readonly fact: boolean | undefined;
  readonly finding: boolean | undefined;
  readonly param: string | undefined;
  readonly supposed: readonly string[] | undefined;
}

const known: fc.Arbitrary<Known> = fc.record({
  session: fc.option(
    fc.record({
      labels: fc.subarray(["confidential", "secret", "claimed", "untrusted", "pii"]),
      said: fc.subarray(["pay a", "a", "b 5"]),
      reader: fc.constantFrom(undefined, "a", "b"),
    }),
    { nil: undefined },
  ),
  calls: fc.option(
    fc.array(fc.tuple(fc.constantFrom("t" as const, "u" as const), fc.constantFrom("ok" as const, "failed" as const)), {
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  fact: fc.constantFrom(true, false, undefined),
  finding: fc.constantFrom(true, false, undefined),
  param: fc.constantFrom("a", "r", undefined),
  supposed: fc.option(fc.subarray(["r", "s"]), { nil: undefined }),
});

const situation = anyPolicy.chain((policy) =>
  fc.tuple(
    fc.constant(policy),
    fc.array(fc.tuple(argumentsFor(policy), anyUser, known), { minLength: 1, maxLength: 4 }),
  ),
);

/** As an evaluator is asked in earnest; each is asked anew, since labels and histories are looked up as they are needed. */
function question(
  program: Program,
  args: Json,
  user: { readonly [claim: string]: Json },
  of: Known,
): Omit<Question, "tool"> {
  const flow: Question["flow"] = (tool, values) => {
    const memory = newMemory(program, of.session !== undefined);
    const labels = raise(program.lattice, program.lattice.lowest, of.session?.labels ?? []);
    memory.joins({ ...labels, readers: of.session?.reader === undefined ? undefined : new Set([of.session.reader]) });
    for (const words of of.session?.said ?? []) memory.heard("user", words, program.lattice.lowest, true);
    return new CallFlow(
      memory,
      memory.momentOf(undefined),
      { taint: "value", types: program.types },
      tool,
      values,
      new Map(),
    );
  };
  const history = new History(program.watched, true);
  for (const [i, [name, outcome]] of (of.calls ?? []).entries()) {
    history.begin(`${i}`, name, new Map());
    history.end(`${i}`, outcome, i, undefined);
  }
  return {
    args,
    identity: { user, agent: {}, session: {} },
    now: 1_700_000_000_000,
    supposed: of.supposed === undefined ? undefined : new Set(of.supposed),
    history: of.calls === undefined ? undefined : history,
    answers: { fact: () => of.fact, detects: () => of.finding },
    flow: of.session === undefined ? undefined : flow,
  };
}

async function load(policy: Bundle, param: string | undefined): Promise<Program> {
  const loaded = await loadProgram(policy, { trial: true });
  return { ...loaded, params: new Map(param === undefined ? [] : [["p", param]]) };
}

describe("the engine and the walk", () => {
  it("decide alike: effect, reasons, demands, limits and tier, the truth of every rule, and the arguments", async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ([policy, calls]) => {
        const [, , first] = calls[0] ?? [];
        const program = await load(policy, first?.param);
        const tool = program.tools.get("t");
        if (tool === undefined) throw new Error("no tool");
        for (const [args, user, of] of calls) {
          const walked = decideByWalk(program, tool, question(program, args, user, of));
          const decided = decideFor(program, tool, question(program, args, user, of));
          expect(decided.decision).toEqual(walked.decision);
          expect(decided.matches).toEqual(walked.matches);
          expect(decided.args).toEqual(walked.args);
          expect(JSON.stringify(decided.args)).toBe(JSON.stringify(walked.args));
          expect(decided.values).toEqual(walked.values);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("decide alike alone, where nothing is known of a session", async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ([policy, calls]) => {
        const program = await load(policy, "a");
        const tool = program.tools.get("t");
        if (tool === undefined) throw new Error("no tool");
        for (const [args, user] of calls) {
          const identity = { user, agent: {}, session: {} };
          const { decision } = decideByWalk(program, tool, { args, identity, now: 7 });
          const ruling = decideAlone(program, { tool: "t", args, identity, now: 7 });
          expect(ruling.decision).toEqual(decision);
          expect(ruling).toMatchObject({ effect: decision.effect, by: decision.reasons[0]?.by });
          const read = readCall(program, { tool: "t", args });
          read.decide({ identity: { user: {}, agent: {}, session: {} }, now: 0 });
          expect(read.decide({ identity, now: 7 }).decision).toEqual(decision);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
