import type { Expression } from "@writ/ir";
import { bind, listOf, truthOf } from "./evaluate.js";
import { all, any, negate, type Truth } from "./kleene.js";
import type { Scope } from "./scope.js";

/** Told of each condition that was looked at, and how it came out; of one under a quantifier once for each element. */
export type See = (node: Expression, truth: Truth) => void;

/**
 * The truth of a condition, as `truthOf` gives it, telling of every part that it rests on: what an earlier part had
 * settled already is not looked at here either. It stands apart so that no guard pays for it.
 */
export function watchCondition(node: Expression, scope: Scope, see: See): Truth {
  const truth = parts(node, scope, see);
  see(node, truth);
  return truth;
}

function parts(node: Expression, scope: Scope, see: See): Truth {
  switch (node.op) {
    case "and":
      return all(node.items, (item) => watchCondition(item, scope, see));
    case "or":
      return any(node.items, (item) => watchCondition(item, scope, see));
    case "not":
      return negate(watchCondition(node.of, scope, see));
    case "every":
    case "some": {
      const list = listOf(node.list, scope);
      if (list === undefined) return undefined;
      const quantify = node.op === "every" ? all : any;
      return quantify(list, (item) => bind(scope, node, item, () => watchCondition(node.body, scope, see)));
    }
    default:
      return truthOf(node, scope);
  }
}
