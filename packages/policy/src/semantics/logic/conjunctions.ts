import type { Comparison, Expression } from "@writ/ir";

/** A condition that is not taken apart further, or its opposite. */
export interface Atom {
  readonly node: Expression;
  readonly holds: boolean;
}

/** Beyond this an alternative is left out of what is looked at: less is found then, and nothing wrong. */
const MAX_CONJUNCTIONS = 64;

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/**
 * The ways in which a condition can hold (or not hold), each a list of atoms that all have to. A condition that
 * holds makes at least one of them hold; where the ways are too many, atoms are left out.
 */
export function waysToHold(node: Expression, holds = true): readonly (readonly Atom[])[] {
  switch (node.op) {
    case "and":
      return holds
        ? product(node.items.map((item) => waysToHold(item)))
        : node.items.flatMap((item) => [...waysToHold(item, false)]);
    case "or":
      return holds
        ? node.items.flatMap((item) => [...waysToHold(item)])
        : product(node.items.map((item) => waysToHold(item, false)));
    case "not":
      return waysToHold(node.of, !holds);
    case "compare":
      return [[holds ? { node, holds } : { node: { ...node, operator: OPPOSITE[node.operator] }, holds: true }]];
    case "between":
      return waysToHold(
        {
          op: "and",
          items: [
            { op: "compare", operator: ">=", type: node.type, left: node.left, right: node.low, at: node.at },
            { op: "compare", operator: "<=", type: node.type, left: node.left, right: node.high, at: node.at },
          ],
          at: node.at,
        },
        holds,
      );
    case "every":
    case "some": {
      if (holds) return [[{ node, holds }]];
      const body: Expression = { op: "not", of: node.body, at: node.body.at };
      return [[{ node: { ...node, op: node.op === "every" ? "some" : "every", body }, holds: true }]];
    }
    default:
      return [[{ node, holds }]];
  }
}

function product(parts: readonly (readonly (readonly Atom[])[])[]): readonly (readonly Atom[])[] {
  let ways: readonly (readonly Atom[])[] = [[]];
  // What has one way only comes first, so that it is never what is left out.
  for (const part of parts.toSorted((a, b) => a.length - b.length)) {
    if (ways.length * part.length > MAX_CONJUNCTIONS) continue;
    ways = ways.flatMap((way) => part.map((more) => way.concat(more)));
  }
  return ways;
}
