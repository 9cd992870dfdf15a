import type { Expression, Type } from "@writ/ir";
import { suggest } from "../../diagnostics/suggest.js";
import type { Place } from "../../source/place.js";
import type { Expr, Ident } from "../../syntax/ast.js";
import { aType } from "../type-relations.js";
import { knownLabels } from "../types.js";
import { expand, notKnownHere, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

/** What stands after `in` and is no list of values: the user's words, or who may read what the call carries. */
export function specialList(right: Expr, scope: Scope): "said" | "readers" | undefined {
  if (right.kind !== "name" || scope.variables.has(right.name)) return undefined;
  if (right.name === "said") return "said";
  return right.name === "readers" && scope.flow === true ? "readers" : undefined;
}

/** `x in said`: whether a value stands whole in the user's own words. `x in readers`: whether it may read all of it. */
export function inSpecialList(
  inference: Inference,
  left: Typed,
  which: "said" | "readers",
  scope: Scope,
  right: Place,
  place: Place,
): Expression | undefined {
  if (which === "said" && (scope.place === "role" || scope.place === "tool"))
    return notKnownHere(inference, scope, "said", right);
  const type = expand(left.type, inference.types);
  if (type.kind === "List" || type.kind === "Record") {
    return say(inference, scope, "E110", place, {
      reason: `\`in ${which}\` asks for one value, this is ${aType(left.type)}`,
      expected:
        type.kind === "List" ? `say \`every … in ${which}\` or \`some … in ${which}\`` : "name one of its fields",
    });
  }
  const at = spanIn(scope, place);
  return which === "said" ? { op: "said", of: left.node, at } : { op: "readable", by: left.node, at };
}

/** `sinks`: every value that says where the call's data goes. */
export function inferSinks(inference: Inference, expr: Pick<Expr, "at">, scope: Scope): Typed | undefined {
  if (scope.place !== "rule") return notKnownHere(inference, scope, "sinks", expr.at);
  if (scope.sink === undefined) {
    return say(inference, scope, "E110", expr.at, {
      reason: "none of these tools says which of its arguments is a `sink`",
      expected: "declare it at the tool: `sink to`",
    });
  }
  return { node: { op: "sinks", at: spanIn(scope, expr.at) }, type: { kind: "List", of: scope.sink } };
}

/** `labels has X`, in a flow. */
export function inferLabels(
  inference: Inference,
  operator: string,
  right: Expr,
  scope: Scope,
  place: Place,
): Expression | undefined {
  if (operator !== "has" || right.kind !== "name") {
    return say(inference, scope, "E110", place, {
      reason: "`labels` is asked with `has` and a label",
      expected: "for example `labels has pii`",
    });
  }
  const label = { text: right.name, at: right.at };
  return isLabel(inference, label, scope)
    ? { op: "labelled", labels: [[right.name]], at: spanIn(scope, place) }
    : undefined;
}

/** E105 where no label is called so. */
export function isLabel(inference: Inference, label: Ident, scope: Scope): boolean {
  const known = knownLabels(scope.module);
  if (known.has(label.text)) return true;
  if (scope.module.isExcused(label.text)) return false;
  const all = [...known];
  say(inference, scope, "E105", label.at, { name: label.text, list: all }, suggest(label.text, all));
  return false;
}

/** `x from LEVEL`: of a value of the call. What the host proves or the policy says came from nowhere. */
export function fromLevel(
  inference: Inference,
  of: Typed,
  level: Ident,
  scope: Scope,
  place: Place,
): Expression | undefined {
  if (scope.place !== "rule") return notKnownHere(inference, scope, "from", level.at);
  if (!isLabel(inference, level, scope)) return undefined;
  if (!isOfCall(of.node)) {
    return say(inference, scope, "E110", place, {
      reason: "`from` asks where a value of the call came from",
      expected: "name an argument, or an element or field of one",
    });
  }
  return { op: "integrity", of: of.node, level: level.text, at: spanIn(scope, place) };
}

function isOfCall(node: Expression): boolean {
  switch (node.op) {
    case "arg":
    case "argsOf":
    case "sinks":
    case "variable":
    case "result":
      return true;
    case "field":
    case "member":
    case "index":
      return isOfCall(node.of);
    case "map":
      return isOfCall(node.list);
    default:
      return false;
  }
}

/** `asked INTENT`. */
export function inferAsked(
  inference: Inference,
  expr: Extract<Expr, { kind: "asked" }>,
  scope: Scope,
): Expression | undefined {
  if (scope.place !== "rule" && scope.place !== "let") return notKnownHere(inference, scope, "asked", expr.at);
  const { intent } = expr;
  const symbol = scope.module.find("intent", intent.text);
  if (symbol !== undefined) return { op: "asked", intent: symbol.bundleName, at: spanIn(scope, expr.at) };
  if (scope.module.isExcused(intent.text)) return undefined;
  const all = [...scope.module.visible("intent").keys()];
  const details = { name: intent.text, what: 'no intent: declare `intent pay { "pay", "refund" }`', list: all };
  return say(inference, scope, "E102", intent.at, details, suggest(intent.text, all));
}

/** The type of what sinks hold: one where all agree, else one that nothing can be asked of. */
export function sinkType(types: readonly Type[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  const one = (type: Type): Type => (type.kind === "List" ? type.of : type);
  const agree = types.every((type) => one(type).kind === one(first).kind);
  return agree && one(first).kind !== "Named" ? one(first) : { kind: "Json" };
}
