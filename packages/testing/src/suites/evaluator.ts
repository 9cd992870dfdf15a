import type { Bundle, Decision, Json, Request } from "@writ/ir";
import { requireThat, type Case } from "./case.js";
import {
  caseNames,
  readCase,
  type EvaluatorSample,
  type EvaluatorScene,
  type ExpectedResult,
} from "./evaluator-case.js";

/** One request, what it is decided with, and what the decision may look at. */
export interface EvaluatorQuestion {
  readonly bundle: Bundle;
  readonly request: Request;
  readonly scene: EvaluatorScene;
}

/** `args`: the canonical arguments, as the tool would receive them; absent where the call does not normalise. */
export interface EvaluatorAnswer {
  readonly decision: Decision;
  readonly args?: Json;
  /** What the rules about results left of `scene.returns`, or of the agent's answer (the tool `reply`); absent where the call is refused. */
  readonly result?: ExpectedResult;
}

/** An evaluator under test. It keeps nothing from one question to the next. */
export type Evaluator = (question: EvaluatorQuestion) => EvaluatorAnswer | Promise<EvaluatorAnswer>;

/**
 * What every evaluator of bundles must decide: the cases of a folder such as this repository's `spec/cases`, each with all
 * its requests. Run each case with any test runner; one rejects with an `UnmetRequirement` that lists every request which
 * was decided otherwise.
 */
export function evaluatorCases(evaluate: Evaluator, folder: string | URL): readonly Case[] {
  return caseNames(folder).map((name) => ({
    name,
    run: async () => {
      const { bundle, samples } = readCase(folder, name);
      const problems: string[] = [];
      for (const [i, sample] of samples.entries()) {
        const { request, scene } = sample;
        const wrong = differences(sample, await evaluate({ bundle, request, scene }));
        if (wrong.length > 0)
          problems.push(`request ${i}, ${request.tool}(${JSON.stringify(request.args)}): ${wrong.join("; ")}`);
      }
      requireThat(problems.length === 0, `${name}: ${problems.join("\n  ")}`);
    },
  }));
}

function differences({ expected }: EvaluatorSample, { decision, args, result }: EvaluatorAnswer): readonly string[] {
  const out: string[] = [];
  const same = (what: string, actual: unknown, wanted: unknown): void => {
    const [a, b] = [ordered(actual), ordered(wanted)];
    if (a !== b) out.push(`${what} should be ${b}, is ${a}`);
  };
  same("effect", decision.effect, expected.effect);
  same("reasons", bag(decision.reasons), bag(expected.reasons));
  if (expected.demands !== undefined) demands(decision, expected.demands, out);
  if (expected.limits !== undefined) same("limits", bag(decision.limits), bag(expected.limits));
  if (expected.tier !== undefined) same("tier", decision.tier, expected.tier);
  if (expected.args !== undefined) same("arguments", args, expected.args);
  if (expected.result !== undefined) same("result", result, expected.result);
  const { fault } = decision;
  if (expected.fault !== undefined)
    same("fault", fault === undefined ? undefined : { path: fault.path, code: fault.code }, expected.fault);
  else if (fault !== undefined) out.push(`there should be no fault, is ${ordered(fault)}`);
  return out;
}

/** Each demand is known by its rule; of each, only the members that are expected are compared. */
function demands(decision: Decision, expected: readonly { readonly [member: string]: Json }[], out: string[]): void {
  const names = (list: readonly { readonly [member: string]: unknown }[]): string =>
    list
      .map(({ by }) => String(by))
      .toSorted()
      .join(", ");
  if (names(decision.demands) !== names(expected))
    out.push(`demands should be by ${names(expected) || "nobody"}, are by ${names(decision.demands) || "nobody"}`);
  for (const wanted of expected) {
    const rule = typeof wanted["by"] === "string" ? wanted["by"] : "?";
    const found: { readonly [member: string]: unknown } | undefined = decision.demands.find(({ by }) => by === rule);
    if (found === undefined) continue;
    for (const [member, value] of Object.entries(wanted)) {
      if (ordered(found[member]) !== ordered(value))
        out.push(`${member} of the demand by ${rule} should be ${ordered(value)}, is ${ordered(found[member])}`);
    }
  }
}

/** A list whose order says nothing. */
function bag(list: readonly unknown[]): readonly string[] {
  return list.map(ordered).toSorted();
}

function ordered(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? "absent";
}
