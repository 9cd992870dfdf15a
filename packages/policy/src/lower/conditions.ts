import type { Expression, Span } from "@writ/ir";
import { givenWhereFalse, givenWhereTrue, union } from "../semantics/infer/guards.js";
import { newBudget, type Inference, type Parameter, type Scope } from "../semantics/infer/scope.js";
import type { ModuleScope, RoleSymbol } from "../semantics/symbols.js";
import type { Clause } from "../syntax/ast.js";
import { spanAt } from "./lowering.js";

/** The scope of a rule's expressions: what its clauses say was given holds in all of them. */
export function ruleScope(
  module: ModuleScope,
  parameters: ReadonlyMap<string, Parameter>,
  clauses: readonly Clause[],
): Scope {
  const given = union(
    clauses.map((clause) =>
      clause.kind === "when"
        ? givenWhereTrue(clause.expression)
        : clause.kind === "unless"
          ? givenWhereFalse(clause.expression)
          : new Set<string>(),
    ),
  );
  return { module, place: "rule", parameters, variables: new Map(), given, expanding: [], budget: newBudget() };
}

/** A rule's condition: any of its `for` roles, and every `when`, and not its `unless`. */
export function lowerCondition(
  inference: Inference,
  scope: Scope,
  clauses: readonly Clause[],
  roles: readonly { readonly role: RoleSymbol; readonly at: Span }[],
  at: Span,
): Expression | undefined {
  const items: Expression[] = [];
  let complete = true;
  const [only, ...others] = roles.map(({ role, at: place }): Expression => ({
    op: "role",
    name: role.bundleName,
    at: place,
  }));
  if (only !== undefined) items.push(others.length === 0 ? only : { op: "or", items: [only, ...others], at: only.at });
  for (const clause of clauses) {
    if (clause.kind !== "when" && clause.kind !== "unless") continue;
    const node = inference.condition(clause.expression, scope);
    if (node === undefined) complete = false;
    else if (clause.kind === "when") items.push(node);
    else items.push({ op: "not", of: node, at: spanAt(scope.module, clause.at) });
  }
  if (!complete) return undefined;
  const [single] = items;
  if (single === undefined) return { op: "literal", type: { kind: "Bool" }, value: true, at };
  return items.length === 1 ? single : { op: "and", items, at };
}
