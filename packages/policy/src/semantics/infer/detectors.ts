import type { Expression, Span, Type } from "@writ/ir";
import { suggest } from "../../diagnostics/suggest.js";
import type { Place } from "../../source/place.js";
import type { Expr, Ident } from "../../syntax/ast.js";
import { aType } from "../type-relations.js";
import { DETECTORS, isOneOf, SCOPE_NAMES } from "../vocabulary.js";
import { expand, letOf, say, type Inference, type Scope, type Typed } from "./scope.js";

const BLIND: ReadonlySet<Type["kind"]> = new Set<Type["kind"]>(["Bool", "Int", "Decimal", "Money", "Duration", "Time"]);

/**
 * The detectors that stand after `contains`: one by its name, or a list of them. Undefined where a text stands there
 * instead: names of the call and of lets win. `unknown` where a name is neither, which has been said.
 */
export function detectorsOf(
  inference: Inference,
  right: Expr,
  scope: Scope,
): readonly string[] | "unknown" | undefined {
  if (right.kind === "name") {
    if (isOneOf(DETECTORS, right.name) && !isNamed(right, scope)) return [right.name];
    if (isNamed(right, scope) || scope.module.isExcused(right.name)) return undefined;
    const meant = suggest(right.name, DETECTORS);
    if (meant === undefined) return undefined;
    say(inference, scope, "E109", right.at, { name: right.name, list: DETECTORS }, meant);
    return "unknown";
  }
  if (right.kind !== "list" || right.items.length === 0) return undefined;
  const names = right.items.flatMap((item) => (item.kind === "name" ? [{ text: item.name, at: item.at }] : []));
  if (names.length < right.items.length) return undefined;
  return knownDetectors(inference, names, scope) ?? "unknown";
}

/** Whether a name means something else where it stands. */
function isNamed(expr: Extract<Expr, { kind: "name" }>, scope: Scope): boolean {
  const { name } = expr;
  return (
    scope.variables.has(name) ||
    scope.parameters.has(name) ||
    isOneOf(SCOPE_NAMES, name) ||
    (name === "result" && scope.result !== undefined) ||
    letOf(expr, scope) !== undefined ||
    scope.module.find("param", name) !== undefined
  );
}

/** E109: names to detectors, each once. */
export function knownDetectors(inference: Inference, names: readonly Ident[], scope: Scope): string[] | undefined {
  const found = new Set<string>();
  let complete = true;
  for (const { text, at } of names) {
    if (isOneOf(DETECTORS, text)) found.add(text);
    else {
      complete = false;
      say(inference, scope, "E109", at, { name: text, list: DETECTORS }, suggest(text, DETECTORS));
    }
  }
  return complete ? [...found] : undefined;
}

/** `TEXT contains DETECTOR`: in all text that a value holds. */
export function detects(
  inference: Inference,
  left: Typed,
  detectors: readonly string[],
  scope: Scope,
  operator: Place,
  at: Span,
): Expression | undefined {
  if (scope.place === "role" || scope.place === "tool" || BLIND.has(expand(left.type, inference.types).kind)) {
    return say(inference, scope, "E110", operator, {
      reason: `a detector looks into text, this is ${aType(left.type)}`,
      expected: "name an argument or a field that is one",
    });
  }
  return { op: "detects", of: left.node, detectors: [...detectors], at };
}
