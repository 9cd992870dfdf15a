import { children, walk, type Expression, type Fact } from "@writ/ir";
import { acting, sayAt, type Checked } from "../checked.js";
import { neverHolds } from "../logic/reason.js";

/** W401: an `on error` that switches a refusal off: whoever makes the fact fail has removed the rule. */
export function checkFactOnError(checked: Checked): void {
  for (const fact of checked.facts) {
    if (fact.onError === undefined) continue;
    for (const { rule } of acting(checked)) {
      if (rule.kind !== "forbid" || !uses(rule.when, fact)) continue;
      if (neverHolds(rule.when) || !neverHolds(failing(rule.when, fact))) continue;
      sayAt(checked, "W401", fact.at, { name: fact.name, what: rule.id }, [{ span: rule.at, message: "this refusal" }]);
    }
  }
}

function uses(node: Expression, fact: Fact): boolean {
  let found = false;
  walk(node, (one) => {
    if (one.op === "fact" && one.name === fact.name) found = true;
  });
  return found;
}

/** The condition where the fact has failed. */
function failing(node: Expression, fact: Fact): Expression {
  if (node.op === "fact" && node.name === fact.name && fact.onError !== undefined)
    return { op: "literal", type: fact.result, value: fact.onError, at: node.at };
  if (children(node).length === 0) return node;
  switch (node.op) {
    case "and":
    case "or":
      return { ...node, items: node.items.map((item) => failing(item, fact)) };
    case "not":
      return { ...node, of: failing(node.of, fact) };
    case "compare":
    case "in":
      return { ...node, left: failing(node.left, fact), right: failing(node.right, fact) };
    case "between":
      return { ...node, left: failing(node.left, fact), low: failing(node.low, fact), high: failing(node.high, fact) };
    default:
      return node;
  }
}
