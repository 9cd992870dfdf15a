import type { Type } from "@writ/ir";
import type { Expr } from "../../syntax/ast.js";
import type { FactSymbol } from "../symbols.js";
import { resolveField, resolveType } from "../types.js";
import { aType, commonType, sameType } from "../type-relations.js";
import { expand, notKnownHere, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

/** The fact that a call means, where it means one: `risk_score(…)`, `base.risk_score(…)`. */
export function factOf(expr: Extract<Expr, { kind: "call" }>, scope: Scope): FactSymbol | undefined {
  const { of } = expr;
  if (of.kind === "name") return scope.module.find("fact", of.name);
  if (of.kind === "member" && of.of.kind === "name") return scope.module.find("fact", `${of.of.name}.${of.name.text}`);
  return undefined;
}

/** `f(x)`: what the host answers. Its arguments are values of the call or the caller, typed as the fact declares them. */
export function inferFact(
  inference: Inference,
  fact: FactSymbol,
  expr: Extract<Expr, { kind: "call" }>,
  scope: Scope,
): Typed | undefined {
  if (scope.place !== "rule" && scope.place !== "let") return notKnownHere(inference, scope, fact.name, expr.of.at);
  const module = inference.program.scopes.get(fact.module);
  if (module === undefined) return undefined;
  const { params } = fact.node;
  if (expr.args.length !== params.length) {
    const expected = params.length === 0 ? "nothing" : params.map((param) => param.name.text).join(", ");
    return say(inference, scope, "E128", expr.at, { name: fact.name, expected });
  }
  const args: Typed[] = [];
  for (const [i, arg] of expr.args.entries()) {
    const param = params[i];
    const declared = param === undefined ? undefined : resolveField(param, module, inference.program);
    if (declared === undefined) return undefined;
    const typed = inference.value(arg, scope, declared.type);
    if (typed === undefined) return undefined;
    if (commonType(expand(declared.type, inference.types), expand(typed.type, inference.types)) === undefined) {
      const reason = sameType(declared.type, typed.type)
        ? `a record is handed to no fact: declare \`${fact.name}\` of its members`
        : `\`${fact.name}\` is asked with ${aType(declared.type)}, this is ${aType(typed.type)}`;
      return say(inference, scope, "E110", arg.at, { reason });
    }
    args.push(typed);
  }
  const type: Type | undefined = resolveType(fact.node.result, module, inference.program);
  if (type === undefined) return undefined;
  const { bundleName: name } = fact;
  return { node: { op: "fact", name, args: args.map((arg) => arg.node), at: spanIn(scope, expr.at) }, type };
}
