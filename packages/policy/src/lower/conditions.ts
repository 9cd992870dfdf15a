import type { Expression, Span, Tool } from "@writ/ir";
import { inferEvent, resultOf } from "../semantics/infer/events.js";
import { givenWhereFalse, givenWhereTrue, union } from "../semantics/infer/guards.js";
import { sinkType } from "../semantics/infer/provenance.js";
import { newBudget, type Inference, type Scope } from "../semantics/infer/scope.js";
import type { RoleSymbol } from "../semantics/symbols.js";
import { parametersOf, REPLY } from "../semantics/targets.js";
import type { Clause } from "../syntax/ast.js";
import { spanAt, type Lowering } from "./lowering.js";

/** The scope of a rule's expressions: what its clauses say was given holds in all of them. */
export function ruleScope(
  lowering: Lowering,
  tools: readonly Tool[],
  clauses: readonly Clause[],
  knows: { readonly flow: boolean; readonly result: boolean },
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
  const returning = tools.filter((tool) => tool !== REPLY).map(({ name, result }) => ({ tool: name, type: result }));
  const sinks = tools.flatMap((tool) => tool.params.filter((param) => tool.sinks.includes(param.name)));
  return {
    module: lowering.program.entry,
    place: "rule",
    parameters: parametersOf(tools, lowering.tools),
    variables: new Map(),
    given,
    expanding: [],
    budget: newBudget(),
    flow: knows.flow ? true : undefined,
    result: knows.result ? resultOf(returning) : undefined,
    reply: tools.includes(REPLY) ? true : undefined,
    sink: sinkType(sinks.map((param) => param.type)),
  };
}

/** What is joined to a rule's `when` and `unless`. */
export interface Joined {
  readonly roles: readonly { readonly role: RoleSymbol; readonly at: Span }[];
  /** What stands before them: the labels of a flow. */
  readonly first: readonly Expression[];
  /** A `require` refuses unless its `after`; in any other rule `after` is a condition. */
  readonly unlessAfter: boolean;
  readonly at: Span;
}

/** A rule's condition: any of its `for` roles, and every `when`, and its `after`, and not its `unless`. */
export function lowerCondition(
  inference: Inference,
  scope: Scope,
  clauses: readonly Clause[],
  joined: Joined,
): Expression | undefined {
  const items: Expression[] = [...joined.first];
  let complete = true;
  const [only, ...others] = joined.roles.map(({ role, at: place }): Expression => ({
    op: "role",
    name: role.bundleName,
    at: place,
  }));
  if (only !== undefined) items.push(others.length === 0 ? only : { op: "or", items: [only, ...others], at: only.at });
  for (const clause of clauses) {
    if (clause.kind === "after") {
      const at = spanAt(scope.module, clause.at);
      const event = inferEvent(inference, clause.event, scope);
      if (event === undefined) complete = false;
      else if (joined.unlessAfter) items.push({ op: "not", of: { op: "did", event, at }, at });
      else items.push({ op: "did", event, at });
    }
    if (clause.kind !== "when" && clause.kind !== "unless") continue;
    const node = inference.condition(clause.expression, scope);
    if (node === undefined) complete = false;
    else if (clause.kind === "when") items.push(node);
    else items.push({ op: "not", of: node, at: spanAt(scope.module, clause.at) });
  }
  if (!complete) return undefined;
  const [single] = items;
  if (single === undefined) return { op: "literal", type: { kind: "Bool" }, value: true, at: joined.at };
  return items.length === 1 ? single : { op: "and", items, at: joined.at };
}
