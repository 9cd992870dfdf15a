import type { Event, Type } from "@writ/ir";
import { suggest } from "../../diagnostics/suggest.js";
import type { EventPattern } from "../../syntax/ast.js";
import { viewOf } from "../resolve.js";
import { parametersOf, resolveTargets } from "../targets.js";
import { durationOf } from "../vocabulary.js";
import { givenWhereTrue } from "./guards.js";
import { notKnownHere, say, type Inference, type Parameter, type Scope } from "./scope.js";

/** `TOOL[(EXPR)] [ok|failed|denied] [within D] [unbroken by TARGETS]`: what `did` and `after` ask the history for. */
export function inferEvent(inference: Inference, pattern: EventPattern, scope: Scope): Event | undefined {
  if (scope.place !== "rule" && scope.place !== "let") return notKnownHere(inference, scope, "did", pattern.at);
  const index = inference.toolsOf(scope.module);
  const tool = index.visible.get(pattern.tool.text);
  if (tool === undefined) {
    if (scope.module.isExcused(pattern.tool.text)) return undefined;
    const all = [...index.visible.keys()];
    const meant = suggest(pattern.tool.text, all);
    return say(inference, scope, "E101", pattern.tool.at, { name: pattern.tool.text, list: all }, meant);
  }
  const outcome = pattern.outcome?.text ?? "ok";
  if (outcome !== "ok" && outcome !== "failed" && outcome !== "denied") return undefined;
  const within = pattern.within === undefined ? undefined : durationOf(pattern.within.text);
  if (pattern.within !== undefined && (within === undefined || within < 1 || within > 1e12)) {
    return say(inference, scope, "E127", pattern.within.at, { what: "a duration", reason: "out of range" });
  }
  const program = viewOf(inference.program, scope.module);
  const unbroken = pattern.unbroken.length === 0 ? [] : resolveTargets(pattern.unbroken, index, program);
  const when =
    pattern.where === undefined
      ? undefined
      : inference.condition(pattern.where, {
          ...scope,
          place: "event",
          parameters: parametersOf([tool], index),
          variables: new Map(),
          given: givenWhereTrue(pattern.where),
          flow: undefined,
          // What did not return has no result.
          result: outcome === "ok" ? resultOf([{ tool: tool.name, type: tool.result }]) : undefined,
          sink: undefined,
        });
  if (pattern.where !== undefined && when === undefined) return undefined;
  if (pattern.unbroken.length > 0 && unbroken.length === 0) return undefined;
  return {
    tool: tool.name,
    ...(when === undefined ? {} : { when }),
    outcome,
    ...(within === undefined ? {} : { within }),
    unbroken: unbroken.map((one) => one.name),
  };
}

/** `result` as a rule for several tools sees it; undefined where none of them returns anything. */
export function resultOf(
  results: readonly { readonly tool: string; readonly type: Type | undefined }[],
): Parameter | undefined {
  const returning = results.flatMap(({ tool, type }) => (type === undefined ? [] : [{ tool, type }]));
  const [first] = returning;
  if (first === undefined) return undefined;
  const shown = (type: Type): string => JSON.stringify(type);
  const agree = returning.every((one) => shown(one.type) === shown(first.type));
  return {
    name: "result",
    type: first.type,
    optional: false,
    missing: results.flatMap(({ tool, type }) => (type === undefined ? [tool] : [])),
    conflict: agree ? undefined : returning.map((one) => one.tool),
  };
}
