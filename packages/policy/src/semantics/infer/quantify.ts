import type { Expression, Type } from "@writ/ir";
import { memberOf, membersOf } from "@writ/ir/values";
import { suggest } from "../../diagnostics/suggest.js";
import type { Expr, Quantifier } from "../../syntax/ast.js";
import { resolveType } from "../types.js";
import { aType } from "../type-relations.js";
import { FLOW_NAMES, SCOPE_NAMES, isOneOf } from "../vocabulary.js";
import { fromLevel } from "./provenance.js";
import { expand, freshName, notKnownHere, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

/** Reads the list a quantifier runs over: an optional one may be absent, which `every` and `some` define. */
export type ReadSubject = (expr: Expr, scope: Scope) => Typed | undefined;

/** `every PATH OP X`, `some arg of TYPE OP X`, `every x in xs: (EXPR)`. */
export function inferQuantifier(
  inference: Inference,
  expr: Quantifier,
  scope: Scope,
  readSubject: ReadSubject,
): Expression | undefined {
  const { operator, right, level } = expr;
  const test = (element: Typed): Expression | undefined => {
    if (level !== undefined) return fromLevel(inference, element, level, scope, expr.at);
    return operator === undefined || right === undefined
      ? undefined
      : inference.compare(operator, element, right, scope, expr.at);
  };
  if (expr.subject.kind === "argsOf") return overArguments(inference, expr, expr.subject, test, scope);
  if (expr.body !== undefined && operator !== undefined && right !== undefined)
    return withVariable(inference, expr, operator, right, expr.body, scope, readSubject);
  const subject = readSubject(expr.subject, scope);
  if (subject === undefined) return undefined;
  if (expand(subject.type, inference.types).kind !== "List") {
    return say(inference, scope, "E110", expr.subject.at, {
      reason: `\`${expr.which}\` runs over a list, this is ${aType(subject.type)}`,
      expected: `leave \`${expr.which}\` out: it is one value`,
    });
  }
  return over(inference, expr, subject, operator?.operator === "has", test, scope);
}

/** A map is a list of lists in disguise: the quantifier runs over the innermost elements. */
function over(
  inference: Inference,
  expr: Quantifier,
  subject: Typed,
  wholeLists: boolean,
  test: (element: Typed) => Expression | undefined,
  scope: Scope,
): Expression | undefined {
  const type = expand(subject.type, inference.types);
  if (type.kind !== "List") return undefined;
  const at = spanIn(scope, expr.at);
  if (subject.node.op === "map") {
    const { variable, list, body } = subject.node;
    const inner: Typed = { node: body, type: type.of };
    const nested = expand(type.of, inference.types).kind === "List" && !(wholeLists && body.op !== "map");
    const result = nested ? over(inference, expr, inner, wholeLists, test, scope) : test(inner);
    return result === undefined ? undefined : { op: expr.which, variable, list, body: result, at };
  }
  const variable = freshName(scope);
  const element: Typed = {
    node: { op: "variable", name: variable, at: spanIn(scope, expr.subject.at) },
    type: type.of,
  };
  const result = test(element);
  return result === undefined ? undefined : { op: expr.which, variable, list: subject.node, body: result, at };
}

function withVariable(
  inference: Inference,
  expr: Quantifier,
  operator: NonNullable<Quantifier["operator"]>,
  right: Expr,
  body: Expr,
  scope: Scope,
  readSubject: ReadSubject,
): Expression | undefined {
  if (operator.operator !== "in" || expr.subject.kind !== "name") {
    return say(inference, scope, "E110", expr.subject.at, {
      reason: "before `:` stands a new name and its list",
      expected: "`every x in LIST: (…)`",
    });
  }
  const { name, at } = expr.subject;
  const taken = isOneOf(SCOPE_NAMES, name) || (scope.flow === true && isOneOf(FLOW_NAMES, name)) || name === "result";
  if (scope.variables.has(name) || taken) return say(inference, scope, "E120", at, { what: "name", name });
  const list = readSubject(right, scope);
  if (list === undefined) return undefined;
  const type = expand(list.type, inference.types);
  if (type.kind !== "List")
    return say(inference, scope, "E110", right.at, {
      reason: `\`${expr.which}\` runs over a list, this is ${aType(list.type)}`,
    });
  const condition = inference.condition(body, { ...scope, variables: new Map([...scope.variables, [name, type.of]]) });
  return condition === undefined
    ? undefined
    : { op: expr.which, variable: name, list: list.node, body: condition, at: spanIn(scope, expr.at) };
}

function overArguments(
  inference: Inference,
  expr: Quantifier,
  subject: Extract<Quantifier["subject"], { kind: "argsOf" }>,
  test: (element: Typed) => Expression | undefined,
  scope: Scope,
): Expression | undefined {
  if (scope.place !== "rule" && scope.place !== "event") return notKnownHere(inference, scope, "arg", subject.at);
  const type: Type | undefined = resolveType(subject.type, scope.module, inference.program);
  if (type === undefined) return undefined;
  const variable = freshName(scope);
  const element: Typed = { node: { op: "variable", name: variable, at: spanIn(scope, subject.at) }, type };
  const body =
    expr.operator?.operator === "has" && expr.right !== undefined
      ? memberTest(inference, element, expr.right, scope)
      : test(element);
  if (body === undefined) return undefined;
  return {
    op: expr.which,
    variable,
    list: { op: "argsOf", type, at: spanIn(scope, subject.at) },
    body,
    at: spanIn(scope, expr.at),
  };
}

/** `some arg of T has m`, where m is a Bool member, reads "m is true". */
function memberTest(inference: Inference, element: Typed, right: Expr, scope: Scope): Expression | undefined {
  const type = expand(element.type, inference.types);
  const members = membersOf(type.kind).filter((name) => memberOf(type.kind, name)?.kind === "Bool");
  if (right.kind !== "name" || !members.includes(right.name)) {
    const name = right.kind === "name" ? right.name : "this";
    return say(
      inference,
      scope,
      "E103",
      right.at,
      { name, what: aType(element.type), list: members, reason: "it has no member that is true or false" },
      suggest(name, members),
    );
  }
  return { op: "member", type, name: right.name, of: element.node, at: spanIn(scope, right.at) };
}
