import { printExpression, type Expression, type Json, type Type } from "@writ/ir";
import { readValue } from "@writ/ir/values";
import type { Change, Operator, Setting } from "./change.js";

type Lists = Extract<Expression, { op: "in" | "hostIn" | "labelled" | "detects" }>;

/** Of a longer list only so many elements are taken away, each in its turn. */
const MOST = 12;
/** Types whose values say by themselves what they are, so that one of a test may stand in a list of the policy. */
const TELLING: ReadonlySet<Type["kind"]> = new Set(["Email", "Host", "Url", "Path", "Ip"]);

/** A list in a condition with an element less, or with one more. */
export function* listChanges(node: Lists, setting: Setting): Generator<Change<Expression>> {
  const made = (operator: Operator, to: Expression, hint: string): Change<Expression> => ({
    operator,
    at: node.at,
    was: printExpression(node),
    now: printExpression(to),
    to,
    hint: `a call of ${setting.tool} in which ${hint}`,
  });
  switch (node.op) {
    case "hostIn": {
      const left = printExpression(node.left);
      for (const [pattern, patterns] of eachLess(node.patterns))
        yield made("drop element", { ...node, patterns: [...patterns] }, `${left} fits ${pattern} and no other`);
      for (const pattern of node.patterns.slice(0, MOST)) {
        const wider = `*.${pattern}`;
        if (!pattern.startsWith("*.") && !node.patterns.includes(wider)) {
          yield made(
            "add element",
            { ...node, patterns: [...node.patterns, wider] },
            `${left} is a host below ${pattern}`,
          );
        }
      }
      return;
    }
    case "labelled":
      for (const [labels, rest] of eachLess(node.labels))
        yield made("drop element", { ...node, labels: [...rest] }, `only ${labels.join(" & ")} is carried`);
      return;
    case "detects":
      for (const [name, rest] of eachLess(node.detectors))
        yield made("drop element", { ...node, detectors: [...rest] }, `only ${name} is found`);
      return;
    case "in": {
      const left = printExpression(node.left);
      const { right } = node;
      if (right.op === "list") {
        for (const [item, items] of eachLess(right.items)) {
          yield made(
            "drop element",
            { ...node, right: { ...right, items: [...items] } },
            `${left} is ${printExpression(item)}`,
          );
        }
        const given = right.items.flatMap((item) => (item.op === "literal" ? [item.value] : []));
        const more = extra(node.type, given, setting);
        if (more !== undefined && given.length === right.items.length) {
          const item: Expression = { op: "literal", type: node.type, value: more, at: right.at };
          yield made(
            "add element",
            { ...node, right: { ...right, items: [...right.items, item] } },
            `${left} is ${printExpression(item)}`,
          );
        }
      } else if (right.op === "literal" && isList(right.value)) {
        for (const [item, items] of eachLess(right.value)) {
          yield made(
            "drop element",
            { ...node, right: { ...right, value: [...items] } },
            `${left} is ${JSON.stringify(item)}`,
          );
        }
        const more = extra(node.type, right.value, setting);
        if (more !== undefined)
          yield made(
            "add element",
            { ...node, right: { ...right, value: [...right.value, more] } },
            `${left} is ${JSON.stringify(more)}`,
          );
      }
    }
  }
}

/** Each of several elements, and the list without it. */
function* eachLess<T>(items: readonly T[]): Generator<readonly [T, readonly T[]]> {
  if (items.length < 2) return;
  for (const [i, item] of items.entries()) {
    if (i >= MOST) return;
    yield [item, items.toSpliced(i, 1)];
  }
}

/** A value that a list could hold and does not: another of an enumeration, or one that some test gives. */
function extra(type: Type, given: readonly Json[], { samples }: Setting): Json | undefined {
  if (type.kind === "Enum") return type.values.find((value) => !given.includes(value));
  if (!TELLING.has(type.kind)) return undefined;
  for (const sample of samples) {
    const read = readValue(type, sample, new Map());
    if (read.ok && !given.includes(read.wire)) return read.wire;
  }
  return undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
