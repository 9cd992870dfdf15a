import type { Expression, Type } from "@writ/ir";
import { memberOf, membersOf } from "@writ/ir/values";
import { suggest } from "../../diagnostics/suggest.js";
import type { Expr, Quantifier } from "../../syntax/ast.js";
import { resolveType } from "../types.js";
import { aType } from "../type-relations.js";
import { SCOPE_NAMES, isOneOf } from "../vocabulary.js";
import { expand, freshName, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

/** Reads the list a quantifier runs over: an optional one may be absent, which `every` and `some` define. */
export type ReadSubject = (expr: Expr, scope: Scope) => Typed | undefined;

/** `every PATH OP X`, `some arg of TYPE OP X`, `every x in xs: (EXPR)`. */
export function inferQuantifier(
  inference: Inference,
  expr: Quantifier,
  scope: Scope,
  readSubject: ReadSubject,
): Expression | undefined {
  if (expr.level !== undefined)
    return say(inference, scope, "E099", expr.at, { what: "`from` with an integrity level" });
  const { operator, right } = expr;
  if (operator === undefined || right === undefined) return undefined;
  if (expr.body !== undefined) return withVariable(inference, expr, operator, right, expr.body, scope, readSubject);
  if (expr.subject.kind === "argsOf") return overArguments(inference, expr, expr.subject, operator, right, scope);
  const subject = readSubject(expr.subject, scope);
  if (subject === undefined) return undefined;
  if (expand(subject.type, inference.types).kind !== "List") {
    return say(inference, scope, "E110", expr.subject.at, {
      reason: `\`${expr.which}\` runs over a list, this is ${aType(subject.type)}`,
      expected: `leave \`${expr.which}\` out: it is one value`,
    });
  }
  const test = (element: Typed): Expression | undefined => inference.compare(operator, element, right, scope, expr.at);
  return over(inference, expr, subject, operator.operator === "has", test, scope);
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
  if (scope.variables.has(name) || isOneOf(SCOPE_NAMES, name))
    return say(inference, scope, "E120", at, { what: "name", name });
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
  operator: NonNullable<Quantifier["operator"]>,
  right: Expr,
  scope: Scope,
): Expression | undefined {
  if (scope.place !== "rule")
    return say(inference, scope, "E119", subject.at, {
      name: "arg",
      what: scope.place === "role" ? "a role" : "a let",
    });
  const type: Type | undefined = resolveType(subject.type, scope.module, inference.program);
  if (type === undefined) return undefined;
  const variable = freshName(scope);
  const element: Typed = { node: { op: "variable", name: variable, at: spanIn(scope, subject.at) }, type };
  const body =
    operator.operator === "has"
      ? memberTest(inference, element, right, scope)
      : inference.compare(operator, element, right, scope, expr.at);
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
