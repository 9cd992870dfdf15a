import type { Event, Expression } from "./schema/expression.js";
import type { Json } from "./schema/json.js";
import type { Type } from "./schema/type.js";
import { children } from "./walk.js";

/** A type as a policy writes it. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "Text":
    case "Line":
      return type.max === undefined ? type.kind : `${type.kind}<${type.max}>`;
    case "Money":
      return type.currency === undefined ? "Money" : `Money<${type.currency}>`;
    case "Enum":
      return type.values.map((value) => JSON.stringify(value)).join(" | ");
    case "Sql":
      return `Sql<${JSON.stringify(type.dialect)}>`;
    case "Ref":
      return `Ref<${JSON.stringify(type.of)}>`;
    case "Named":
      return type.name;
    case "List":
      return `[${printType(type.of)}]`;
    case "Record":
      return `{ ${type.fields.map((field) => `${field.name}${field.optional === true ? "?" : ""}: ${printType(field.type)}`).join(", ")} }`;
    default:
      return type.kind;
  }
}

/** A condition as a policy would write it: for messages to people, not for reading back. */
export function printExpression(node: Expression): string {
  switch (node.op) {
    case "literal":
      return printLiteral(node.type, node.value);
    case "arg":
    case "variable":
      return node.name;
    case "argsOf":
      return `arg of ${printType(node.type)}`;
    case "claim":
      return `${node.of}.${node.name}`;
    case "tool":
      return `tool.${node.field}`;
    case "now":
      return "now";
    case "list":
      return `[${node.items.map(printExpression).join(", ")}]`;
    case "field":
    case "member":
      return `${printExpression(node.of)}.${node.name}`;
    case "index":
      return `${printExpression(node.of)}[${printExpression(node.index)}]`;
    case "map":
      return printOver(node.variable, node.list, node.body);
    case "arithmetic":
      return `(${printExpression(node.left)} ${node.operator} ${printExpression(node.right)})`;
    case "negate":
      return `-${printExpression(node.of)}`;
    case "function":
      return `${node.name}(${node.args.map(printExpression).join(", ")})`;
    case "and":
      return node.items
        .map((item) => (item.op === "or" ? `(${printExpression(item)})` : printExpression(item)))
        .join(" and ");
    case "or":
      return node.items.map(printExpression).join(" or ");
    case "not":
      return node.of.op === "and" || node.of.op === "or"
        ? `not (${printExpression(node.of)})`
        : `not ${printExpression(node.of)}`;
    case "role":
      return `for ${node.name}`;
    case "given":
      return `has(${node.path.join(".")})`;
    case "compare":
      return `${printExpression(node.left)} ${node.operator} ${printExpression(node.right)}`;
    case "in":
      return `${printExpression(node.left)} in ${printExpression(node.right)}`;
    case "between":
      return `${printExpression(node.left)} in ${printExpression(node.low)} .. ${printExpression(node.high)}`;
    case "hostIn":
      return `${printExpression(node.left)} in [${node.patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}]`;
    case "under":
      return `${printExpression(node.left)} under ${printExpression(node.right)}`;
    case "like":
      return `${printExpression(node.left)} like ${JSON.stringify(node.glob)}`;
    case "matches":
      return `${printExpression(node.left)} matches ${JSON.stringify(node.pattern)}`;
    case "contains":
      return `${printExpression(node.left)} contains ${printExpression(node.right)}`;
    case "param":
      return node.name;
    case "fact":
      return `${node.name}(${node.args.map(printExpression).join(", ")})`;
    case "result":
    case "sinks":
      return node.op;
    case "said":
      return `${printExpression(node.of)} in said`;
    case "asked":
      return `asked ${node.intent}`;
    case "integrity":
      return `${printExpression(node.of)} from ${node.level}`;
    case "readable":
      return `${printExpression(node.by)} in readers`;
    case "labelled":
      return `labels reach ${node.labels.map((all) => all.join(" & ")).join(" | ")}`;
    case "firstSeen":
      return "first_seen";
    case "detects":
      return `${printExpression(node.of)} contains ${node.detectors.join(", ")}`;
    case "did":
      return printEvent(node.event);
    case "every":
    case "some":
      return printQuantifier(node);
  }
}

function printEvent(event: Event): string {
  const when = event.when === undefined ? "" : `(${printExpression(event.when)})`;
  const within = event.within === undefined ? "" : ` within ${event.within}ms`;
  const unbroken = event.unbroken.length === 0 ? "" : ` unbroken by ${event.unbroken.join(", ")}`;
  return `did ${event.tool}${when} ${event.outcome}${within}${unbroken}`;
}

/** `every to in ours` where the body begins with the element, as it was written; otherwise with the element named. */
function printQuantifier(node: Extract<Expression, { op: "every" | "some" }>): string {
  const [first] = children(node.body);
  const simple =
    first !== undefined &&
    begins(first, node.variable) &&
    node.body.op !== "and" &&
    node.body.op !== "or" &&
    node.body.op !== "not";
  return simple
    ? `${node.op} ${printOver(node.variable, node.list, node.body)}`
    : `${node.op} ${node.variable} in ${printExpression(node.list)}: (${printExpression(node.body)})`;
}

function begins(node: Expression, variable: string): boolean {
  if (node.op === "member" || node.op === "field") return begins(node.of, variable);
  return node.op === "variable" && node.name === variable;
}

function printOver(variable: string, list: Expression, body: Expression): string {
  const printed = printExpression(body);
  return printed.startsWith(variable) ? `${printExpression(list)}${printed.slice(variable.length)}` : printed;
}

function printLiteral(type: Type, value: Json): string {
  if (
    type.kind === "Money" &&
    typeof value === "object" &&
    value !== null &&
    "amount" in value &&
    "currency" in value
  ) {
    return `${plain(value.amount)} ${plain(value.currency)}`;
  }
  if (type.kind === "Money" && type.currency !== undefined) return `${plain(value)} ${type.currency}`;
  if (type.kind === "List" && isList(value)) return `[${value.map((item) => printLiteral(type.of, item)).join(", ")}]`;
  if (type.kind === "Duration" || type.kind === "Time" || type.kind === "Decimal") return plain(value);
  return JSON.stringify(value);
}

function plain(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
