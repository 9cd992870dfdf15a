import { readFields, type Value } from "@writ/ir/values";
import { combine, type Match } from "../combine.js";
import { matchRule, refusedInput, type Question, type Verdict } from "../decide.js";
import type { Program, ToolProgram } from "../program.js";
import { createScope } from "../scope.js";

/**
 * The decision by the plainest means: every rule of the tool by a walk through its condition, one after the other. No
 * guard decides by it; fuzzing compares the engine with it.
 */
export function decideByWalk(program: Program, tool: ToolProgram, question: Omit<Question, "tool">): Verdict {
  const read = readFields(tool.tool.params, question.args, program.types, "");
  if (!read.ok) return { ...refusedInput(read.fault), tool };
  const values: ReadonlyMap<string, Value> = read.value instanceof Map ? read.value : new Map<string, Value>();
  const { supposed, history, answers } = question;
  const scope = createScope(program, tool, values, question.identity, question.now, {
    supposed,
    history,
    answers,
    flow: question.flow?.(tool, values),
  });
  const matches: readonly Match[] = tool.rules.map((rule) => ({ rule, truth: matchRule(rule, scope) }));
  return { decision: combine(program, tool, matches), tool, args: read.wire, values, matches, scope };
}
