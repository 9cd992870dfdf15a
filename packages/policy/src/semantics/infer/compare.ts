import type { Expression, Type } from "@writ/ir";
import { compileGlob, compilePattern, formatAddressPattern, parseAddressPattern } from "@writ/ir/values";
import type { Place } from "../../source/place.js";
import type { Expr, OperatorNode } from "../../syntax/ast.js";
import { aType, commonType, isNumber, isOrdered, isTextual } from "../type-relations.js";
import { isOneOf } from "../vocabulary.js";
import { constantText, followLets, type Expansion } from "./lets.js";
import { isFlexible, listOf } from "./literals.js";
import { detectorsOf, detects } from "./detectors.js";
import { inferLabels, inSpecialList, specialList } from "./provenance.js";
import { expand, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

const EQUALITY = ["==", "!="] as const;
const ORDERING = ["<", "<=", ">", ">="] as const;

/** A comparison; where only the left side is a literal it is read as the type of the right one. */
export function inferCompare(
  inference: Inference,
  expr: Extract<Expr, { kind: "compare" }>,
  scope: Scope,
): Expression | undefined {
  const { operator, left, right } = expr;
  if (left.kind === "name" && left.name === "labels" && scope.flow === true && !scope.variables.has("labels"))
    return inferLabels(inference, operator.operator, right, scope, expr.at);
  let expected: Type | undefined;
  if (isFlexible(left, scope) && !isFlexible(right, scope)) {
    const symmetric = isOneOf(EQUALITY, operator.operator) || isOneOf(ORDERING, operator.operator);
    if (symmetric) expected = inference.value(right, scope)?.type;
    else if (
      (operator.operator === "in" || operator.operator === "not in") &&
      specialList(right, scope) === undefined
    ) {
      const list = right.kind === "range" || right.kind === "list" ? undefined : inference.value(right, scope)?.type;
      expected = list?.kind === "List" ? list.of : undefined;
    }
  }
  const typed = inference.value(left, scope, expected);
  return typed === undefined ? undefined : inference.compare(operator, typed, right, scope, expr.at);
}

/** A comparison whose left side is typed: what each operator takes, and what it becomes in the bundle. */
export function compareTyped(
  inference: Inference,
  operator: OperatorNode,
  left: Typed,
  right: Expr,
  scope: Scope,
  place: Place,
): Expression | undefined {
  const at = spanIn(scope, place);
  const op = operator.operator;
  switch (op) {
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const other = inference.value(right, scope, left.type);
      if (other === undefined) return undefined;
      const type = comparable(inference, left.type, other.type, operator, scope, place);
      if (type === undefined) return undefined;
      if (isOneOf(ORDERING, op) && !isOrdered(type)) {
        return say(inference, scope, "E110", operator.at, {
          reason: `\`${op}\` is not defined for ${aType(type)}`,
          expected: "it is for numbers, money, durations and instants",
        });
      }
      return { op: "compare", operator: op, type, left: left.node, right: other.node, at };
    }
    case "in":
      return membership(inference, left, right, scope, place);
    case "not in": {
      const of = membership(inference, left, right, scope, place);
      return of === undefined ? undefined : { op: "not", of, at };
    }
    case "has": {
      const list = expand(left.type, inference.types);
      if (list.kind !== "List") {
        return say(inference, scope, "E110", operator.at, {
          reason: `\`has\` asks a list, this is ${aType(left.type)}`,
          expected: isTextual(list) ? "a text is asked with `contains`" : "write `==`",
        });
      }
      const element = inference.value(right, scope, list.of);
      if (element === undefined) return undefined;
      const type = comparable(inference, list.of, element.type, operator, scope, place);
      return type === undefined ? undefined : { op: "in", type, left: element.node, right: left.node, at };
    }
    case "under": {
      if (left.type.kind !== "Path")
        return say(inference, scope, "E110", operator.at, {
          reason: `\`under\` is for paths, this is ${aType(left.type)}`,
        });
      const root = inference.value(right, scope, { kind: "Path" });
      if (root === undefined) return undefined;
      if (root.type.kind !== "Path")
        return say(inference, scope, "E110", right.at, {
          reason: `\`under\` needs a Path, this is ${aType(root.type)}`,
        });
      return { op: "under", left: left.node, right: root.node, at };
    }
    case "like": {
      if (left.type.kind !== "Path" && !isTextual(left.type)) {
        return say(inference, scope, "E110", operator.at, {
          reason: `\`like\` is for texts and paths, this is ${aType(left.type)}`,
          expected: left.type.kind === "Host" ? 'a host is held to a list: `in ["acme.com", "*.acme.com"]`' : "",
        });
      }
      const constant = constantText(inference, right, scope, "a glob");
      if (constant === undefined) return undefined;
      const compiled = compileGlob(constant.text);
      if (!compiled.ok)
        return say(inference, constant.expansion.scope, "E116", constant.expansion.expr.at, {
          reason: compiled.message,
        });
      return { op: "like", left: left.node, glob: constant.text, at };
    }
    case "matches": {
      if (!isTextual(left.type))
        return say(inference, scope, "E110", operator.at, {
          reason: `\`matches\` is for texts, this is ${aType(left.type)}`,
        });
      const constant = constantText(inference, right, scope, "a pattern");
      if (constant === undefined) return undefined;
      const compiled = compilePattern(constant.text);
      if (!compiled.ok)
        return say(inference, constant.expansion.scope, "E115", constant.expansion.expr.at, {
          reason: compiled.message,
        });
      return { op: "matches", left: left.node, pattern: constant.text, at };
    }
    case "contains": {
      const detectors = detectorsOf(inference, right, scope);
      if (detectors === "unknown") return undefined;
      if (detectors !== undefined) return detects(inference, left, detectors, scope, operator.at, at);
      if (!isTextual(left.type)) {
        return say(inference, scope, "E110", operator.at, {
          reason: `\`contains\` is for texts, this is ${aType(left.type)}`,
          expected: left.type.kind === "List" ? "a list is asked with `has`" : "",
        });
      }
      const part = inference.value(right, scope, { kind: "Text" });
      if (part === undefined) return undefined;
      if (!isTextual(part.type))
        return say(inference, scope, "E110", right.at, {
          reason: `\`contains\` looks for a text, this is ${aType(part.type)}`,
        });
      return { op: "contains", left: left.node, right: part.node, at };
    }
  }
}

/** The type both sides have, or what is wrong with comparing them. */
function comparable(
  inference: Inference,
  left: Type,
  right: Type,
  operator: OperatorNode,
  scope: Scope,
  place: Place,
): Type | undefined {
  const a = expand(left, inference.types);
  const b = expand(right, inference.types);
  const type = commonType(a, b);
  if (type !== undefined) return type;
  const united = (one: Type): boolean => one.kind === "Money" || one.kind === "Duration" || isNumber(one);
  if (united(a) && united(b))
    return say(inference, scope, "E111", operator.at, { found: aType(left), expected: aType(right) });
  if (a.kind === b.kind && (a.kind === "Record" || a.kind === "Json")) {
    return say(inference, scope, "E110", operator.at, {
      reason: `${aType(left)} cannot be compared as a whole`,
      expected: "compare its fields",
    });
  }
  const list = a.kind === "List" && b.kind !== "List";
  return say(inference, scope, "E110", place, {
    reason: `${aType(left)} cannot be compared with ${aType(right)}`,
    ...(list ? { expected: "over a list say `every`, `some` or `has`" } : {}),
  });
}

/** `x in ...`: a range, host patterns, a list of values, or a value that is a list. */
function membership(
  inference: Inference,
  left: Typed,
  right: Expr,
  scope: Scope,
  place: Place,
): Expression | undefined {
  const special = specialList(right, scope);
  if (special !== undefined) return inSpecialList(inference, left, special, scope, right.at, place);
  const target = followLets(inference, right, scope);
  if (target === undefined) return undefined;
  const at = spanIn(scope, place);
  if (target.expr.kind === "range") return between(inference, left, target.expr, target.scope, scope, place);
  if (target.expr.kind === "list") return oneOf(inference, left, { ...target, expr: target.expr }, scope, place);
  const list = inference.value(target.expr, target.scope);
  if (list === undefined) return undefined;
  const type = expand(list.type, inference.types);
  if (type.kind !== "List") {
    return say(inference, scope, "E110", right.at, {
      reason: `\`in\` needs a list or a range, this is ${aType(list.type)}`,
      expected: isTextual(type) ? "whether a text holds another: `TEXT contains PART`" : "",
    });
  }
  const common = comparable(inference, left.type, type.of, { operator: "in", at: right.at }, scope, place);
  return common === undefined ? undefined : { op: "in", type: common, left: left.node, right: list.node, at };
}

function between(
  inference: Inference,
  left: Typed,
  range: Extract<Expr, { kind: "range" }>,
  from: Scope,
  scope: Scope,
  place: Place,
): Expression | undefined {
  const low = inference.value(range.low, from, left.type);
  const high = inference.value(range.high, from, left.type);
  if (low === undefined || high === undefined) return undefined;
  const lower = comparable(inference, left.type, low.type, { operator: "in", at: range.low.at }, from, range.low.at);
  const upper = comparable(inference, left.type, high.type, { operator: "in", at: range.high.at }, from, range.high.at);
  if (lower === undefined || upper === undefined) return undefined;
  const type = commonType(lower, upper);
  if (type === undefined || !isOrdered(type))
    return say(inference, from, "E110", range.at, {
      reason: `a range needs an ordered type, this is ${aType(left.type)}`,
    });
  return { op: "between", type, left: left.node, low: low.node, high: high.node, at: spanIn(scope, place) };
}

function oneOf(
  inference: Inference,
  left: Typed,
  target: Expansion & { readonly expr: Extract<Expr, { kind: "list" }> },
  scope: Scope,
  place: Place,
): Expression | undefined {
  const at = spanIn(scope, place);
  const { items } = target.expr;
  if (left.type.kind === "List") {
    return say(inference, scope, "E110", place, {
      reason: `a list ${aType(left.type).replace(/^a list /, "")} is not one of these values`,
      expected: "say `every LIST in …` or `some LIST in …`",
    });
  }
  if (items.length === 0)
    return say(inference, target.scope, "E110", target.expr.at, { reason: "nothing is in an empty list" });
  if ((left.type.kind === "Host" || left.type.kind === "Ip") && items.every((item) => item.kind === "text"))
    return hosts(inference, left, items, target.scope, at);
  const ranges: Expression[] = [];
  const values: Expression[] = [];
  let type: Type = expand(left.type, inference.types);
  for (const item of items) {
    if (item.kind === "range") {
      const range = between(inference, left, item, target.scope, target.scope, item.at);
      if (range === undefined) return undefined;
      ranges.push(range);
      continue;
    }
    const value = inference.value(item, target.scope, left.type);
    if (value === undefined) return undefined;
    const common = comparable(inference, type, value.type, { operator: "in", at: item.at }, target.scope, item.at);
    if (common === undefined) return undefined;
    type = common;
    values.push(value.node);
  }
  if (values.length > 0)
    ranges.push({ op: "in", type, left: left.node, right: listOf(target.scope, target.expr, type, values).node, at });
  const [only] = ranges;
  return ranges.length === 1 ? only : { op: "or", items: ranges, at };
}

function hostPattern(inference: Inference, text: string): string | undefined {
  const known = inference.hostPatterns;
  if (!known.has(text)) {
    const pattern = parseAddressPattern(text);
    known.set(text, pattern === undefined ? undefined : formatAddressPattern(pattern));
  }
  return known.get(text);
}

function hosts(
  inference: Inference,
  left: Typed,
  items: readonly Expr[],
  scope: Scope,
  at: Expression["at"],
): Expression | undefined {
  const patterns = new Set<string>();
  let bad = false;
  for (const item of items) {
    if (item.kind !== "text") continue;
    const pattern = hostPattern(inference, item.value);
    if (pattern === undefined || (left.type.kind === "Ip" && parseAddressPattern(item.value)?.kind !== "block")) {
      bad = true;
      const reason =
        left.type.kind === "Ip"
          ? "it is neither an address nor a block of addresses such as `10.0.0.0/8`"
          : "it is neither a host, nor `*.` and a host, nor a block of addresses";
      say(inference, scope, "E117", item.at, { found: item.value, reason });
    } else patterns.add(pattern);
  }
  return bad ? undefined : { op: "hostIn", left: left.node, patterns: [...patterns], at };
}
