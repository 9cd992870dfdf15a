import { printExpression, type Expression } from "@writ/ir";
import { within, type Change, type Operator, type Setting } from "./change.js";
import { eventChanges, leafChanges } from "./leaf-changes.js";

/** Every change of a condition: of its parts, and of how they are joined. */
export function* conditionChanges(node: Expression, setting: Setting): Generator<Change<Expression>> {
  switch (node.op) {
    case "and":
    case "or":
      yield* joinChanges(node, setting);
      return;
    case "not":
      // Of any other operand the negation is among its own changes.
      if (node.of.op === "and" || node.of.op === "or")
        yield change("negate", node, node.of, holds(setting, `${printExpression(node)} decides`));
      yield* within(conditionChanges(node.of, { ...setting, trueLoosens: !setting.trueLoosens }), (of) => ({
        ...node,
        of,
      }));
      return;
    case "every":
    case "some": {
      const other: Expression = { ...node, op: node.op === "every" ? "some" : "every" };
      yield change("negate", node, negated(node), holds(setting, `${printExpression(node)} decides`));
      yield change(
        "every/some",
        node,
        other,
        holds(setting, `one element of ${printExpression(node.list)} fits and another does not`),
      );
      yield* within(conditionChanges(node.body, setting), (body) => ({ ...node, body }));
      return;
    }
    case "did":
      yield change("negate", node, negated(node), holds(setting, `${printExpression(node)} decides`));
      yield* eventChanges(node, setting, conditionChanges);
      return;
    case "literal":
      return;
    default:
      yield* leafChanges(node, setting);
  }
}

/** A rule's whole condition: also what goes when it has only one part. */
export function* wholeChanges(node: Expression, setting: Setting): Generator<Change<Expression>> {
  if (node.op !== "and" && node.op !== "literal")
    yield dropped(node, { op: "literal", type: { kind: "Bool" }, value: true, at: node.at }, setting);
  yield* conditionChanges(node, setting);
}

function* joinChanges(
  node: Extract<Expression, { op: "and" | "or" }>,
  setting: Setting,
): Generator<Change<Expression>> {
  const { items } = node;
  if (items.length > 1) {
    for (const [i, item] of items.entries()) {
      const rest = items.toSpliced(i, 1);
      const [only] = rest;
      const to: Expression = only !== undefined && rest.length === 1 ? only : { ...node, items: rest };
      if (node.op === "and") yield dropped(item, to, setting);
      else
        yield change(
          "drop element",
          item,
          to,
          holds(setting, `${printExpression(item)} is the only one of the alternatives that holds`),
          "",
        );
    }
    const other: Expression = { ...node, op: node.op === "and" ? "or" : "and" };
    yield change("and/or", node, other, holds(setting, "one of the two holds and the other does not"));
  }
  for (const [i, item] of items.entries())
    yield* within(conditionChanges(item, setting), (to) => ({ ...node, items: items.with(i, to) }));
}

/** A condition that goes. It is named by the clause it most likely stands in. */
function dropped(item: Expression, to: Expression, setting: Setting): Change<Expression> {
  const text = printExpression(item);
  if (isFor(item))
    return change("drop for", item, to, `a call of ${setting.tool} by someone who has not the role (${text})`, "");
  if (item.op === "not")
    return change(
      "drop unless",
      item,
      to,
      holds(setting, `${printExpression(item.of)}, and everything else of the rule holds`),
      "",
    );
  return change(
    "drop condition",
    item,
    to,
    holds(setting, `${text} does not hold, and everything else of the rule does`),
    "",
  );
}

function isFor(node: Expression): boolean {
  return (
    node.op === "role" || (node.op === "or" && node.items.length > 0 && node.items.every(({ op }) => op === "role"))
  );
}

/** A call in which something is so. */
function holds({ tool }: Setting, what: string): string {
  return `a call of ${tool} in which ${what}`;
}

function negated(node: Expression): Expression {
  return { op: "not", of: node, at: node.at };
}

/** A change of one node, in words. */
function change(
  operator: Operator,
  node: Expression,
  to: Expression,
  hint: string,
  now: string = printExpression(to),
): Change<Expression> {
  return { operator, at: node.at, was: printExpression(node), now, hint, to };
}
