import { children, type Expression } from "@writ/ir";
import { isListValue, type Value } from "@writ/ir/values";
import { join, joinKnown, type LabelSet } from "../flow/labels.js";
import type { Truth } from "./kleene.js";
import type { Scope } from "./scope.js";
import { typeOf } from "./type-of.js";

/** What the evaluator lends to the conditions below, which stand in a file of their own. */
export interface Evaluator {
  truthOf(node: Expression, scope: Scope): Truth;
  valueOf(node: Expression, scope: Scope): Value | undefined;
  listOf(node: Expression, scope: Scope): readonly Value[] | undefined;
}

/** Every value of the tool's sinks. Unknown where it declares none, or none was given: then nobody knows where data goes. */
export function sinksOf(scope: Scope): readonly Value[] | undefined {
  const names = scope.tool?.tool.sinks ?? [];
  const given = names.flatMap((name) => scope.args.get(name) ?? []);
  if (names.length === 0 || !names.some((name) => scope.args.has(name))) return undefined;
  return given.flatMap((value) => (isListValue(value) ? value : [value]));
}

/** `x from LEVEL`: the integrity of a value is that level or worse; for the best level, that level itself. */
export function fromLevel(node: Extract<Expression, { op: "integrity" }>, scope: Scope, evaluator: Evaluator): Truth {
  const place = scope.flow?.lattice.places.get(node.level);
  const labels = labelsOf(node.of, scope, evaluator);
  if (place?.kind !== "level" || labels === undefined) return undefined;
  const level = labels.levels[place.scale] ?? 0;
  return place.level === 0 ? level === 0 : level >= place.level;
}

/** Whether every scalar of a value stands whole in the user's own words. */
export function isSaid(node: Extract<Expression, { op: "said" }>, scope: Scope, evaluator: Evaluator): Truth {
  const value = evaluator.listOf(node.of, scope) ?? evaluator.valueOf(node.of, scope);
  return value === undefined ? undefined : scope.flow?.said(value, typeOf(node.of, scope));
}

/** Whether everything that the call carries may be read by a value. */
export function isReadable(node: Extract<Expression, { op: "readable" }>, scope: Scope, evaluator: Evaluator): Truth {
  const labels = scope.flow?.carried();
  if (labels === undefined) return undefined;
  if (labels.readers === undefined) return true;
  const by = evaluator.valueOf(node.by, scope);
  return typeof by === "string" ? labels.readers.has(by) : undefined;
}

/**
 * The labels of a value in a condition: those of the arguments it is made of. What the policy wrote, what the host
 * proved and what it was asked has the lowest.
 */
function labelsOf(node: Expression, scope: Scope, evaluator: Evaluator): LabelSet | undefined {
  const { flow } = scope;
  if (flow === undefined) return undefined;
  const params = paramsOf(node, scope);
  if (params === undefined) return undefined;
  if (params.size === 0) return flow.lattice.lowest;
  if (isPart(node)) {
    const value = evaluator.listOf(node, scope) ?? evaluator.valueOf(node, scope);
    if (value === undefined) return undefined;
    // A member, such as a host of a URL, is as good as what it is a part of.
    if (node.op === "member") return labelsOf(node.of, scope, evaluator);
    // An element of `sinks` may be of any of them: it is as good as where it stands, and no better than any handle.
    const type = typeOf(node, scope);
    return [...params].reduce<LabelSet | undefined>(
      (all, name) => joinKnown(all, flow.labelsOf(name, value, type)),
      flow.lattice.lowest,
    );
  }
  let all = flow.lattice.lowest;
  for (const name of params) {
    const labels = flow.ofParam(name);
    if (labels === undefined) return undefined;
    all = join(all, labels);
  }
  return all;
}

function isPart(node: Expression): boolean {
  if (node.op === "field" || node.op === "member" || node.op === "index") return isPart(node.of);
  return node.op === "arg" || node.op === "variable";
}

/** The arguments that a value is made of; undefined where that cannot be told. */
function paramsOf(node: Expression, scope: Scope): ReadonlySet<string> | undefined {
  switch (node.op) {
    case "arg":
      return new Set([node.name]);
    case "argsOf":
      return new Set(scope.args.keys());
    case "sinks":
      return new Set(scope.tool?.tool.sinks);
    case "result":
      return undefined;
    case "variable": {
      const list = scope.lists.get(node.name);
      return list === undefined ? undefined : paramsOf(list, scope);
    }
    default: {
      const all = new Set<string>();
      for (const child of children(node)) {
        const inner = paramsOf(child, scope);
        if (inner === undefined) return undefined;
        for (const name of inner) all.add(name);
      }
      return all;
    }
  }
}
