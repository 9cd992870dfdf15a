import type { Expression } from "./schema/expression.js";

/** The expressions directly below one, in source order. */
export function children(node: Expression): readonly Expression[] {
  switch (node.op) {
    case "literal":
    case "arg":
    case "argsOf":
    case "claim":
    case "variable":
    case "tool":
    case "now":
    case "role":
    case "given":
      return [];
    case "list":
    case "and":
    case "or":
      return node.items;
    case "field":
    case "member":
    case "negate":
    case "not":
      return [node.of];
    case "index":
      return [node.of, node.index];
    case "map":
    case "every":
    case "some":
      return [node.list, node.body];
    case "arithmetic":
    case "compare":
    case "in":
    case "under":
    case "contains":
      return [node.left, node.right];
    case "between":
      return [node.left, node.low, node.high];
    case "hostIn":
    case "like":
    case "matches":
      return [node.left];
    case "function":
      return node.args;
  }
}

/** Visits an expression and everything below it, parents first. */
export function walk(node: Expression, visit: (node: Expression) => void): void {
  const open: Expression[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    visit(next);
    for (const child of children(next).toReversed()) open.push(child);
  }
}
