import { printExpression, type Comparison, type Expression } from "@writ/ir";
import { movedBound } from "./bounds.js";
import { within, type Change, type Setting } from "./change.js";
import { listChanges } from "./list-changes.js";

type Node<Op extends Expression["op"]> = Extract<Expression, { op: Op }>;

const BOUNDARY: Readonly<Partial<Record<Comparison, Comparison>>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

/** Every change of a condition that joins no others. */
export function* leafChanges(node: Expression, setting: Setting): Generator<Change<Expression>> {
  const made = (operator: Change<unknown>["operator"], to: Expression, hint: string): Change<Expression> => ({
    operator,
    at: node.at,
    was: printExpression(node),
    now: printExpression(to),
    to,
    hint: `a call of ${setting.tool} in which ${hint}`,
  });
  const decides = `${printExpression(node)} decides`;
  if (node.op !== "compare") yield made("negate", { op: "not", of: node, at: node.at }, decides);
  switch (node.op) {
    case "compare": {
      yield made("negate", { ...node, operator: OPPOSITE[node.operator] }, decides);
      const boundary = BOUNDARY[node.operator];
      if (boundary === undefined) return;
      yield made(
        "boundary",
        { ...node, operator: boundary },
        `${printExpression(node.left)} is exactly ${printExpression(node.right)}`,
      );
      const rising = (node.operator === "<" || node.operator === "<=") === setting.trueLoosens;
      for (const [side, up] of [
        ["left", !rising],
        ["right", rising],
      ] as const) {
        const to = moved(node[side], up);
        if (to !== undefined)
          yield made(
            "bound",
            { ...node, [side]: to },
            between(node[side], to, node[side === "left" ? "right" : "left"]),
          );
      }
      return;
    }
    case "between": {
      const low = moved(node.low, !setting.trueLoosens);
      if (low !== undefined) yield made("bound", { ...node, low }, between(node.low, low, node.left));
      const high = moved(node.high, setting.trueLoosens);
      if (high !== undefined) yield made("bound", { ...node, high }, between(node.high, high, node.left));
      return;
    }
    case "under": {
      const parent = parentOf(node.right);
      if (parent !== undefined)
        yield made(
          "bound",
          { ...node, right: parent },
          `${printExpression(node.left)} is beside ${printExpression(node.right)}, not under it`,
        );
      return;
    }
    case "in":
    case "hostIn":
    case "labelled":
    case "detects":
      yield* listChanges(node, setting);
      return;
    default:
  }
}

/** The changes of what a history is asked for. */
export function* eventChanges(
  node: Node<"did">,
  setting: Setting,
  conditions: (node: Expression, setting: Setting) => Iterable<Change<Expression>>,
): Generator<Change<Expression>> {
  const { event } = node;
  const made = (operator: Change<unknown>["operator"], to: Node<"did">, hint: string): Change<Expression> => ({
    operator,
    at: node.at,
    was: printExpression(node),
    now: printExpression(to),
    to,
    hint: `a test in which ${hint}, and then a call of ${setting.tool}`,
  });
  if (event.within !== undefined)
    yield made(
      "bound",
      { ...node, event: { ...event, within: event.within * 2 } },
      `${event.tool} was called longer ago than ${event.within} ms`,
    );
  if (event.outcome !== "denied") {
    const outcome = event.outcome === "ok" ? "failed" : "ok";
    yield made("negate", { ...node, event: { ...event, outcome } }, `${event.tool} ended as \`${event.outcome}\``);
  }
  for (const [i, name] of event.unbroken.entries()) {
    yield made(
      "drop element",
      { ...node, event: { ...event, unbroken: event.unbroken.toSpliced(i, 1) } },
      `${event.tool} was called, then ${name}`,
    );
  }
  const { when } = event;
  if (when === undefined) return;
  yield made(
    "drop condition",
    { ...node, event: { ...event, when: undefined } },
    `${event.tool} was called, but not so that ${printExpression(when)}`,
  );
  yield* within(conditions(when, setting), (to) => ({ ...node, event: { ...event, when: to } }));
}

function moved(node: Expression, up: boolean): Node<"literal"> | undefined {
  if (node.op !== "literal") return undefined;
  const value = movedBound(node.type, node.value, up);
  return value === undefined ? undefined : { ...node, value };
}

function between(was: Expression, now: Expression, what: Expression): string {
  return `${printExpression(what)} lies between ${printExpression(was)} and ${printExpression(now)}`;
}

function parentOf(node: Expression): Node<"literal"> | undefined {
  if (node.op !== "literal" || typeof node.value !== "string" || node.type.kind !== "Path") return undefined;
  const path = node.value.replace(/\/+$/, "");
  const cut = path.lastIndexOf("/");
  if (cut < 0 || path === "") return undefined;
  return { ...node, value: cut === 0 ? "/" : path.slice(0, cut) };
}
