import type { Type } from "@writ/ir";
import type { Expr } from "../../syntax/ast.js";
import { aType, isNumber, showType } from "../type-relations.js";
import { inferNumber } from "./literals.js";
import { expand, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

/** `list[0]`. */
export function inferIndex(
  inference: Inference,
  expr: Extract<Expr, { kind: "index" }>,
  scope: Scope,
): Typed | undefined {
  const of = inference.value(expr.of, scope);
  const index = inference.value(expr.index, scope, { kind: "Int" });
  if (of === undefined || index === undefined) return undefined;
  const type = expand(of.type, inference.types);
  if (type.kind !== "List")
    return say(inference, scope, "E110", expr.of.at, { reason: `only lists have elements, this is ${aType(of.type)}` });
  if (index.type.kind !== "Int")
    return say(inference, scope, "E110", expr.index.at, {
      reason: `an element is named by an Int, this is ${aType(index.type)}`,
    });
  return { node: { op: "index", of: of.node, index: index.node, at: spanIn(scope, expr.at) }, type: type.of };
}

/** `-x`. */
export function inferNegate(
  inference: Inference,
  expr: Extract<Expr, { kind: "negate" }>,
  scope: Scope,
  expected: Type | undefined,
): Typed | undefined {
  if (expr.of.kind === "number") return inferNumber(inference, `-${expr.of.text}`, expr, scope, expected);
  const of = inference.value(expr.of, scope, expected);
  if (of === undefined) return undefined;
  if (!isNumber(of.type))
    return say(inference, scope, "E110", expr.at, {
      reason: `only numbers have a negative, this is ${aType(of.type)}`,
    });
  return { node: { op: "negate", of: of.node, at: spanIn(scope, expr.at) }, type: of.type };
}

/** `+ - * /`: numbers; money with money and numbers; durations and instants. */
export function inferArithmetic(
  inference: Inference,
  expr: Extract<Expr, { kind: "arithmetic" }>,
  scope: Scope,
): Typed | undefined {
  const left = inference.value(expr.left, scope);
  const right = inference.value(expr.right, scope);
  if (left === undefined || right === undefined) return undefined;
  const type = resultOf(expr.operator, left.type, right.type);
  if (type === undefined) {
    const units =
      left.type.kind === "Money" ||
      right.type.kind === "Money" ||
      left.type.kind === "Duration" ||
      right.type.kind === "Duration";
    if (units)
      return say(inference, scope, "E111", expr.at, {
        found: aType(left.type),
        expected: aType(right.type),
        reason: `\`${expr.operator}\` is not defined for them`,
      });
    return say(inference, scope, "E110", expr.at, {
      reason: `\`${expr.operator}\` is not defined for ${showType(left.type)} and ${showType(right.type)}`,
    });
  }
  return {
    node: { op: "arithmetic", operator: expr.operator, left: left.node, right: right.node, at: spanIn(scope, expr.at) },
    type,
  };
}

function resultOf(operator: "+" | "-" | "*" | "/", a: Type, b: Type): Type | undefined {
  const additive = operator === "+" || operator === "-";
  if (isNumber(a) && isNumber(b))
    return operator !== "/" && a.kind === "Int" && b.kind === "Int" ? a : { kind: "Decimal" };
  if (a.kind === "Money" && b.kind === "Money") {
    if (!additive || (a.currency !== undefined && b.currency !== undefined && a.currency !== b.currency))
      return undefined;
    return a.currency === b.currency ? a : { kind: "Money" };
  }
  if (a.kind === "Money" && isNumber(b)) return additive ? undefined : a;
  if (isNumber(a) && b.kind === "Money") return operator === "*" ? b : undefined;
  if (a.kind === "Duration" && b.kind === "Duration") return additive ? a : undefined;
  if (a.kind === "Duration" && b.kind === "Int") return operator === "*" ? a : undefined;
  if (a.kind === "Int" && b.kind === "Duration") return operator === "*" ? b : undefined;
  if (a.kind === "Time" && b.kind === "Duration") return additive ? a : undefined;
  if (a.kind === "Duration" && b.kind === "Time") return operator === "+" ? b : undefined;
  if (a.kind === "Time" && b.kind === "Time") return operator === "-" ? { kind: "Duration" } : undefined;
  return undefined;
}
