import type { Expression, Field, Type } from "@writ/ir";
import { memberOf, membersOf } from "@writ/ir/values";
import { suggest } from "../../diagnostics/suggest.js";
import type { Expr } from "../../syntax/ast.js";
import type { ParamSymbol } from "../symbols.js";
import { resolveType, UNRESOLVED } from "../types.js";
import { aType } from "../type-relations.js";
import { FLOW_NAMES, IDENTITIES, isOneOf, RISKS, SCOPE_NAMES } from "../vocabulary.js";
import { expandLet } from "./lets.js";
import { inferSinks } from "./provenance.js";
import {
  expand,
  freshName,
  letOf,
  notKnownHere,
  say,
  seesCall,
  spanIn,
  type Inference,
  type Parameter,
  type Scope,
  type Typed,
} from "./scope.js";

/** A bare name: a variable, something always in scope, a let, or an argument, in this order. */
export function inferName(
  inference: Inference,
  expr: Extract<Expr, { kind: "name" }>,
  scope: Scope,
  expected: Type | undefined,
  absentOk: boolean,
): Typed | undefined {
  const { name } = expr;
  const at = spanIn(scope, expr.at);
  const variable = scope.variables.get(name);
  if (variable !== undefined) return { node: { op: "variable", name, at }, type: variable };
  if (name === "now") return { node: { op: "now", at }, type: { kind: "Time" } };
  if (isOneOf(IDENTITIES, name)) {
    return say(inference, scope, "E110", expr.at, {
      reason: `\`${name}\` is a set of claims; name one of them`,
      expected: `for example \`${name}.id\``,
    });
  }
  if (name === "tool")
    return say(inference, scope, "E110", expr.at, { reason: "`tool` is `tool.name` or `tool.risk`" });
  if (name === "args")
    return say(inference, scope, "E110", expr.at, { reason: "`args` is all arguments; name one of them: `args.to`" });
  if (name === "call")
    return say(inference, scope, "E110", expr.at, {
      reason: "`call` is the call itself; name one of its arguments, or `tool.name`",
    });
  if (name === "sinks") return inferSinks(inference, expr, scope);
  if (name === "said")
    return say(inference, scope, "E110", expr.at, {
      reason: "`said` stands after `in` only",
      expected: "`path in said`",
    });
  if (scope.flow === true && isOneOf(FLOW_NAMES, name)) return inferFlowName(inference, name, expr, scope);
  if (name === "result" && scope.result !== undefined) return inferResult(inference, scope.result, expr, scope);
  const symbol = letOf(expr, scope);
  if (symbol !== undefined) return inferLet(inference, symbol, scope, expected);
  const param = paramOf(expr, scope);
  if (param !== undefined) return inferParam(inference, param, expr, scope);
  if (scope.parameters.has(name)) return inferParameter(inference, name, expr, scope, absentOk);
  return unknownName(inference, name, expr, scope);
}

/** What only flows know. */
function inferFlowName(
  inference: Inference,
  name: (typeof FLOW_NAMES)[number],
  expr: Pick<Expr, "at">,
  scope: Scope,
): Typed | undefined {
  switch (name) {
    case "first_seen":
      return { node: { op: "firstSeen", at: spanIn(scope, expr.at) }, type: { kind: "Bool" } };
    case "labels":
      return say(inference, scope, "E110", expr.at, { reason: "`labels` is asked with `has`: `labels has pii`" });
    case "readers":
      return say(inference, scope, "E110", expr.at, {
        reason: "`readers` stands after `in` only: `every sinks in readers`",
      });
    case "source":
      return say(inference, scope, "E110", expr.at, { reason: "`source` can be shown (`show source`), not compared" });
  }
}

/** The result of the call: in `output`, `endorse`, `readers`, `undo` and events. */
function inferResult(inference: Inference, result: Parameter, expr: Pick<Expr, "at">, scope: Scope): Typed | undefined {
  if (result.conflict !== undefined)
    return say(inference, scope, "E118", expr.at, { name: "result", list: result.conflict.slice(0, 6) });
  if (result.type === UNRESOLVED) return undefined;
  if (result.missing.length > 0) sayMissing(inference, result, expr, scope);
  return { node: { op: "result", at: spanIn(scope, expr.at) }, type: result.type };
}

/** The param a name stands for: `work`, `base.work`. */
function paramOf(expr: Expr, scope: Scope): ParamSymbol | undefined {
  if (expr.kind === "name") return scope.module.find("param", expr.name);
  if (expr.kind === "member" && expr.of.kind === "name" && !scope.variables.has(expr.of.name))
    return scope.module.find("param", `${expr.of.name}.${expr.name.text}`);
  return undefined;
}

/** What was given when the guard started. */
function inferParam(
  inference: Inference,
  symbol: ParamSymbol,
  expr: Pick<Expr, "at">,
  scope: Scope,
): Typed | undefined {
  symbol.used = true;
  const module = inference.program.scopes.get(symbol.module);
  const type = module === undefined ? undefined : resolveType(symbol.node.type, module, inference.program);
  return type === undefined
    ? undefined
    : { node: { op: "param", name: symbol.bundleName, at: spanIn(scope, expr.at) }, type };
}

export function inferLet(
  inference: Inference,
  symbol: NonNullable<ReturnType<typeof letOf>>,
  scope: Scope,
  expected: Type | undefined,
): Typed | undefined {
  const expansion = expandLet(inference, symbol, scope);
  return expansion === undefined ? undefined : inference.value(expansion.expr, expansion.scope, expected);
}

function unknownName(inference: Inference, name: string, expr: Pick<Expr, "at">, scope: Scope): undefined {
  if (scope.module.isExcused(name)) return undefined;
  const lets = [...scope.module.visible("let").keys(), ...scope.module.visible("param").keys()];
  if (scope.place === "role" || scope.place === "let") {
    for (const tool of scope.module.visible("tool").values()) {
      if (tool.node.params.some((param) => param.name.text === name)) {
        return notKnownHere(inference, scope, name, expr.at);
      }
    }
  }
  const all = [...scope.variables.keys(), ...scope.parameters.keys(), ...lets, ...SCOPE_NAMES];
  return say(
    inference,
    scope,
    "E102",
    expr.at,
    { name, list: [...scope.variables.keys(), ...scope.parameters.keys(), ...lets] },
    suggest(name, all),
  );
}

/** An argument; one that may be absent has to be guarded, unless what reads it says what absence means. */
export function inferParameter(
  inference: Inference,
  name: string,
  expr: Pick<Expr, "at">,
  scope: Scope,
  absentOk: boolean,
): Typed | undefined {
  const parameter = scope.parameters.get(name);
  if (parameter === undefined) {
    if (!seesCall(scope)) return notKnownHere(inference, scope, `args.${name}`, expr.at);
    return unknownName(inference, name, expr, scope);
  }
  if (parameter.conflict !== undefined) {
    return say(inference, scope, "E118", expr.at, { name, list: parameter.conflict.slice(0, 6) });
  }
  if (parameter.type === UNRESOLVED) return undefined;
  const guarded = scope.given.has(name);
  if (parameter.optional && !guarded && !(absentOk && expand(parameter.type, inference.types).kind === "List")) {
    return say(inference, scope, "E113", expr.at, { name });
  }
  if (parameter.missing.length > 0 && !guarded) sayMissing(inference, parameter, expr, scope);
  return { node: { op: "arg", name, at: spanIn(scope, expr.at) }, type: parameter.type };
}

function sayMissing(inference: Inference, parameter: Parameter, expr: Pick<Expr, "at">, scope: Scope): void {
  say(inference, scope, "W204", expr.at, { name: parameter.name, list: parameter.missing.slice(0, 6) });
}

/** `a.b`: a claim, an argument, a field, a semantic member, or one of these of every element of a list. */
export function inferMember(
  inference: Inference,
  expr: Extract<Expr, { kind: "member" }>,
  scope: Scope,
  expected: Type | undefined,
  absentOk: boolean,
): Typed | undefined {
  const { of, name } = expr;
  if (of.kind === "name" && !scope.variables.has(of.name)) {
    if (isOneOf(IDENTITIES, of.name)) return inferClaim(inference, of.name, expr, scope);
    if (of.name === "args") return inferParameter(inference, name.text, { at: name.at }, scope, absentOk);
    if (of.name === "tool") return inferTool(inference, expr, scope);
    const symbol = letOf(expr, scope);
    if (symbol !== undefined) return inferLet(inference, symbol, scope, expected);
    const param = paramOf(expr, scope);
    if (param !== undefined) return inferParam(inference, param, expr, scope);
  }
  const receiver = inferReceiver(inference, of, scope, absentOk);
  if (receiver === undefined) return undefined;
  const path = argumentPath(of, scope);
  return access(inference, receiver, expr, scope, path === undefined ? undefined : `${path}.${name.text}`, absentOk);
}

function inferReceiver(inference: Inference, of: Expr, scope: Scope, absentOk: boolean): Typed | undefined {
  if (of.kind === "name") return inferName(inference, of, scope, undefined, absentOk);
  if (of.kind === "member") return inferMember(inference, of, scope, undefined, absentOk);
  return inference.value(of, scope);
}

/** The dotted path of an argument and the fields below it; undefined where an expression is none. */
export function argumentPath(expr: Expr, scope: Scope): string | undefined {
  if (expr.kind === "name") {
    return scope.variables.has(expr.name) ||
      isOneOf(SCOPE_NAMES, expr.name) ||
      (expr.name === "result" && scope.result !== undefined) ||
      letOf(expr, scope) !== undefined ||
      paramOf(expr, scope) !== undefined ||
      !scope.parameters.has(expr.name)
      ? undefined
      : expr.name;
  }
  if (expr.kind !== "member") return undefined;
  if (expr.of.kind === "name" && expr.of.name === "args") return expr.name.text;
  const base = argumentPath(expr.of, scope);
  return base === undefined ? undefined : `${base}.${expr.name.text}`;
}

function inferClaim(
  inference: Inference,
  kind: "user" | "agent" | "session",
  expr: Extract<Expr, { kind: "member" }>,
  scope: Scope,
): Typed | undefined {
  const claims = scope.module.identity[kind];
  const claim = claims.get(expr.name.text);
  if (claim === undefined) {
    if (scope.module.isExcused(kind)) return undefined;
    return say(
      inference,
      scope,
      "E103",
      expr.name.at,
      {
        name: expr.name.text,
        what: `\`${kind}\``,
        list: [...claims.keys()],
        reason: `no claims are declared; \`use std.identity\`, or declare \`identity ${kind} { ${expr.name.text}: … }\``,
      },
      suggest(expr.name.text, claims.keys()),
    );
  }
  if (claim.field.type === UNRESOLVED) return undefined;
  return { node: { op: "claim", of: kind, name: expr.name.text, at: spanIn(scope, expr.at) }, type: claim.field.type };
}

function inferTool(inference: Inference, expr: Extract<Expr, { kind: "member" }>, scope: Scope): Typed | undefined {
  const field = expr.name.text;
  if (scope.place !== "rule") return notKnownHere(inference, scope, `tool.${field}`, expr.at);
  if (field === "name") return { node: { op: "tool", field, at: spanIn(scope, expr.at) }, type: { kind: "Text" } };
  if (field === "risk")
    return { node: { op: "tool", field, at: spanIn(scope, expr.at) }, type: { kind: "Enum", values: [...RISKS] } };
  return say(
    inference,
    scope,
    "E103",
    expr.name.at,
    { name: field, what: "`tool`", list: ["name", "risk"] },
    suggest(field, ["name", "risk"]),
  );
}

/** A member of a typed value; of a list, the list of its elements' members. */
export function access(
  inference: Inference,
  of: Typed,
  expr: Extract<Expr, { kind: "member" }>,
  scope: Scope,
  path: string | undefined,
  absentOk: boolean,
): Typed | undefined {
  const name = expr.name.text;
  const at = spanIn(scope, expr.at);
  const type = expand(of.type, inference.types);
  if (type === UNRESOLVED) return undefined;
  if (type.kind === "List") {
    // Maps nest in their bodies rather than in their lists, so that a quantifier can run over the same lists.
    if (of.node.op === "map") {
      const { variable, list, body } = of.node;
      const inner = access(inference, { node: body, type: type.of }, expr, scope, undefined, absentOk);
      return inner === undefined
        ? undefined
        : { node: { op: "map", variable, list, body: inner.node, at }, type: { kind: "List", of: inner.type } };
    }
    const variable = freshName(scope);
    const element: Expression = { op: "variable", name: variable, at: spanIn(scope, expr.of.at) };
    const inner = access(inference, { node: element, type: type.of }, expr, scope, undefined, absentOk);
    return inner === undefined
      ? undefined
      : { node: { op: "map", variable, list: of.node, body: inner.node, at }, type: { kind: "List", of: inner.type } };
  }
  if (type.kind === "Record") {
    const field = type.fields.find((one) => one.name === name);
    if (field === undefined) return unknownField(inference, of.type, type.fields, expr, scope);
    if (
      field.optional === true &&
      path !== undefined &&
      !scope.given.has(path) &&
      !(absentOk && expand(field.type, inference.types).kind === "List")
    ) {
      return say(inference, scope, "E113", expr.at, { name: path });
    }
    if (field.type === UNRESOLVED) return undefined;
    return { node: { op: "field", of: of.node, name, at }, type: field.type };
  }
  const member = memberOf(type.kind, name);
  if (member === undefined) {
    const all = membersOf(type.kind);
    return say(
      inference,
      scope,
      "E103",
      expr.name.at,
      {
        name,
        what: aType(of.type),
        list: all,
        reason: type.kind === "Json" ? "nothing is known about Json; declare a record type" : "it has no members",
      },
      suggest(name, all),
    );
  }
  return { node: { op: "member", type, name, of: of.node, at }, type: member };
}

function unknownField(
  inference: Inference,
  type: Type,
  fields: readonly Field[],
  expr: Extract<Expr, { kind: "member" }>,
  scope: Scope,
): undefined {
  const all = fields.map((field) => field.name);
  return say(
    inference,
    scope,
    "E103",
    expr.name.at,
    { name: expr.name.text, what: type.kind === "Named" ? `\`${type.name}\`` : "the record", list: all },
    suggest(expr.name.text, all),
  );
}
