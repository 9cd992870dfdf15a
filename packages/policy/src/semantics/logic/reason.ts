import type { Expression } from "@writ/ir";
import { waysToHold, type Atom } from "./conjunctions.js";
import { truthOf } from "./constants.js";
import { keyOf, renamed } from "./key.js";
import { areApart } from "./subject.js";

/** How deep quantifiers inside quantifiers are looked at. */
const MAX_DEPTH = 4;

/**
 * Whether a condition can be shown never to hold, whatever the call. False means that it was not shown: what is
 * found is so, and not everything is found.
 */
export function neverHolds(node: Expression): boolean {
  const found = known.get(node);
  if (found !== undefined) return found;
  const never = waysToHold(node).every((way) => isContradiction(way, 0));
  known.set(node, never);
  return never;
}

/** Several checks ask it of the same conditions. */
const known = new WeakMap<Expression, boolean>();

/** Whether a condition can be shown never to be false. */
export function alwaysHolds(node: Expression): boolean {
  return waysToHold(node, false).every((way) => isContradiction(way, 0));
}

/** Whether all of these can be shown never to hold together. */
export function neverTogether(nodes: readonly Expression[]): boolean {
  const [first] = nodes;
  return first !== undefined && neverHolds({ op: "and", items: [...nodes], at: first.at });
}

/** Whether one condition can be shown to hold wherever the other does. */
export function implies(premise: Expression, conclusion: Expression): boolean {
  if (keyOf(premise) === keyOf(conclusion)) return true;
  return neverTogether([premise, { op: "not", of: conclusion, at: conclusion.at }]);
}

function isContradiction(way: readonly Atom[], depth: number): boolean {
  const seen = new Map<string, boolean>();
  for (const { node, holds } of way) {
    const truth = truthOf(node);
    if (truth !== undefined && truth !== holds) return true;
    const sign = signOf(node, holds);
    if (sign === undefined) continue;
    const before = seen.get(sign.key);
    if (before !== undefined && before !== sign.holds) return true;
    seen.set(sign.key, sign.holds);
  }
  return isAgainstItself(way) || areApart(way) || quantifiersClash(way, depth);
}

/** What an atom says yes or no to: `x != y` says no to `x == y`, and `flag == true` says yes to `flag`. */
function signOf(node: Expression, holds: boolean): { readonly key: string; readonly holds: boolean } | undefined {
  if (node.op !== "compare") return { key: keyOf(node), holds };
  if (node.operator !== "==" && node.operator !== "!=") return undefined;
  const equal = (node.operator === "==") === holds;
  if (node.type.kind === "Bool" && node.right.op === "literal")
    return { key: keyOf(node.left), holds: equal === (node.right.value === true) };
  return { key: `${keyOf(node.left)}==${keyOf(node.right)}`, holds: equal };
}

/** `x < x` and the like. */
function isAgainstItself(way: readonly Atom[]): boolean {
  return way.some(
    ({ node, holds }) =>
      node.op === "compare" &&
      keyOf(node.left) === keyOf(node.right) &&
      ["==", "<=", ">="].includes(node.operator) !== holds,
  );
}

/** An element that must be one thing, in a list where all are another. */
function quantifiersClash(way: readonly Atom[], depth: number): boolean {
  if (depth >= MAX_DEPTH) return false;
  return way.some(({ node: some }) => {
    if (some.op !== "some") return false;
    const bodies = [some.body];
    for (const { node: every } of way) {
      if (every.op === "every" && keyOf(every.list) === keyOf(some.list))
        bodies.push(renamed(every.body, every.variable, some.variable));
    }
    const together: Expression = { op: "and", items: bodies, at: some.at };
    return waysToHold(together).every((inner) => isContradiction(inner, depth + 1));
  });
}

/** The smallest part of a condition that can be shown never to hold, for a message to point at. */
export function whereNever(node: Expression): Expression {
  if (node.op !== "and") return node;
  const single = node.items.find((item) => neverHolds(item));
  if (single !== undefined) return whereNever(single);
  // The first one that cannot be, after those before it.
  for (const [i, item] of node.items.entries()) if (neverTogether(node.items.slice(0, i + 1))) return item;
  return node;
}
