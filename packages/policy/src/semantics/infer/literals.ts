import type { Expression, Json, Type } from "@writ/ir";
import { readValue } from "@writ/ir/values";
import { suggest } from "../../diagnostics/suggest.js";
import type { Expr } from "../../syntax/ast.js";
import { aType, isNumber } from "../type-relations.js";
import { durationOf, sizeOf } from "../vocabulary.js";
import { expand, letOf, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

type Literal = Extract<Expr, { kind: "text" | "number" | "money" | "duration" | "size" | "instant" | "bool" }>;

const FROM_TEXT: ReadonlySet<Type["kind"]> = new Set<Type["kind"]>([
  "Text",
  "Line",
  "Id",
  "Enum",
  "Bytes",
  "Path",
  "Url",
  "Host",
  "Email",
  "Ip",
  "Command",
  "Sql",
  "Ref",
]);

/** A literal as the type beside it, or as its own where nothing stands beside it. */
export function inferLiteral(
  inference: Inference,
  expr: Literal,
  scope: Scope,
  expected: Type | undefined,
): Typed | undefined {
  const type = expected === undefined ? undefined : expand(expected, inference.types);
  switch (expr.kind) {
    case "bool":
      return literal(scope, expr, { kind: "Bool" }, expr.value);
    case "text":
      return inferText(inference, expr, scope, type);
    case "number":
      return inferNumber(inference, expr.text, expr, scope, type);
    case "money": {
      if (type?.kind === "Money" && type.currency !== undefined && type.currency !== expr.currency) {
        return say(inference, scope, "E111", expr.at, { found: expr.currency, expected: type.currency });
      }
      if (type !== undefined && (isNumber(type) || type.kind === "Duration")) {
        return say(inference, scope, "E111", expr.at, {
          found: "an amount of money",
          expected: aType(type),
          reason: "write a plain number here",
        });
      }
      return read(
        inference,
        expr,
        scope,
        { kind: "Money", currency: expr.currency },
        { amount: expr.amount, currency: expr.currency },
      );
    }
    case "duration":
      return badUnit(inference, expr, scope, type)
        ? undefined
        : read(inference, expr, scope, { kind: "Duration" }, expr.text);
    case "instant":
      return read(inference, expr, scope, { kind: "Time" }, expr.text);
    case "size": {
      if (type !== undefined && (type.kind === "Money" || type.kind === "Duration")) {
        return say(inference, scope, "E111", expr.at, { found: "a size", expected: aType(type) });
      }
      const bytes = sizeOf(expr.text);
      return bytes === undefined
        ? say(inference, scope, "E127", expr.at, { what: "a size", reason: "too large" })
        : literal(scope, expr, { kind: "Int" }, bytes);
    }
  }
}

/** A negated number is a literal too. */
export function inferNumber(
  inference: Inference,
  text: string,
  expr: Expr,
  scope: Scope,
  type: Type | undefined,
): Typed | undefined {
  if (type?.kind === "Money" && type.currency !== undefined) return read(inference, expr, scope, type, text);
  if (type?.kind === "Money") {
    return say(inference, scope, "E111", expr.at, {
      found: "a number without a currency",
      expected: "money",
      reason: `write the currency: \`${text} USD\``,
    });
  }
  if (type?.kind === "Duration") {
    return say(inference, scope, "E111", expr.at, {
      found: "a number without a unit",
      expected: "a duration",
      reason: `write the unit: \`${text}s\`, \`${text}m\``,
    });
  }
  if (text.includes(".") || type?.kind === "Decimal") return read(inference, expr, scope, { kind: "Decimal" }, text);
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    return say(inference, scope, "E112", expr.at, {
      found: text.slice(0, 40),
      expected: "Int",
      reason: "whole numbers have at most 15 digits",
    });
  return literal(scope, expr, { kind: "Int" }, value);
}

function badUnit(
  inference: Inference,
  expr: Extract<Expr, { kind: "duration" }>,
  scope: Scope,
  type: Type | undefined,
): boolean {
  const wrong = type !== undefined && (type.kind === "Money" || isNumber(type));
  if (wrong) say(inference, scope, "E111", expr.at, { found: "a duration", expected: aType(type) });
  else if (durationOf(expr.text) === undefined)
    say(inference, scope, "E127", expr.at, { what: "a duration", reason: "too long" });
  else return false;
  return true;
}

function inferText(
  inference: Inference,
  expr: Extract<Expr, { kind: "text" }>,
  scope: Scope,
  type: Type | undefined,
): Typed | undefined {
  if (type === undefined) return read(inference, expr, scope, { kind: "Text" }, expr.value);
  if (!FROM_TEXT.has(type.kind)) {
    return say(inference, scope, "E110", expr.at, { reason: `expected ${aType(type)}, found a text` });
  }
  if (type.kind === "Enum" && !type.values.includes(expr.value)) {
    return say(
      inference,
      scope,
      "E112",
      expr.at,
      {
        found: JSON.stringify(expr.value.slice(0, 60)),
        expected: aType(type),
        reason: "it is none of the values",
      },
      quoted(suggest(expr.value, type.values)),
    );
  }
  // A bound on the length says what a call may carry, not what it may be compared with.
  return read(
    inference,
    expr,
    scope,
    type.kind === "Text" || type.kind === "Line" ? { kind: type.kind } : type,
    expr.value,
  );
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

function read(inference: Inference, expr: Expr, scope: Scope, type: Type, input: Json): Typed | undefined {
  const reading = readValue(type, input, inference.types);
  if (!reading.ok) {
    const found = typeof input === "string" ? JSON.stringify(input.slice(0, 60)) : "the amount";
    return say(inference, scope, "E112", expr.at, { found, expected: type.kind, reason: reading.fault.message });
  }
  return literal(scope, expr, type, reading.wire);
}

export function literal(scope: Scope, expr: Pick<Expr, "at">, type: Type, value: Json): Typed {
  return { node: { op: "literal", type, value, at: spanIn(scope, expr.at) }, type };
}

/** A list: a literal where all its items are. */
export function inferList(
  inference: Inference,
  expr: Extract<Expr, { kind: "list" }>,
  scope: Scope,
  expected: Type | undefined,
): Typed | undefined {
  const type = expected === undefined ? undefined : expand(expected, inference.types);
  if (type !== undefined && type.kind !== "List")
    return say(inference, scope, "E110", expr.at, { reason: `expected ${aType(type)}, found a list` });
  let of = type?.of;
  if (of === undefined) {
    const first = expr.items.find((item) => !isFlexible(item, scope)) ?? expr.items[0];
    if (first === undefined)
      return say(inference, scope, "E110", expr.at, { reason: "nothing says what an empty list is a list of" });
    of = inference.value(first, scope)?.type;
    if (of === undefined) return undefined;
  }
  const items: Expression[] = [];
  for (const item of expr.items) {
    if (item.kind === "range")
      return say(inference, scope, "E110", item.at, { reason: "a range stands after `in` only" });
    const typed = inference.value(item, scope, of);
    if (typed === undefined) return undefined;
    const common = joinItems(of, typed.type);
    if (common === undefined)
      return say(inference, scope, "E110", item.at, { reason: `expected ${aType(of)}, found ${aType(typed.type)}` });
    if (type === undefined) of = common;
    items.push(typed.node);
  }
  return listOf(scope, expr, of, items);
}

/** Items to a list node: folded into one literal where every item is a literal. */
export function listOf(scope: Scope, expr: Pick<Expr, "at">, of: Type, items: readonly Expression[]): Typed {
  const values: Json[] = [];
  for (const item of items) if (item.op === "literal") values.push(item.value);
  const type: Type = { kind: "List", of };
  if (values.length === items.length) return literal(scope, expr, type, values);
  return { node: { op: "list", items: [...items], at: spanIn(scope, expr.at) }, type };
}

function joinItems(a: Type, b: Type): Type | undefined {
  if (a.kind === "Decimal" && b.kind === "Int") return a;
  if (a.kind === "Int" && b.kind === "Decimal") return b;
  if (a.kind === "Money" && b.kind === "Money") return a.currency === b.currency ? a : { kind: "Money" };
  const textual = new Set<Type["kind"]>(["Text", "Line", "Id", "Enum"]);
  if (textual.has(a.kind) && textual.has(b.kind)) return a.kind === b.kind ? a : { kind: "Text" };
  return a.kind === b.kind ? a : undefined;
}

/** Whether the type of an expression comes from what stands beside it. */
export function isFlexible(expr: Expr, scope: Scope): boolean {
  if (expr.kind === "text" || expr.kind === "number") return true;
  if (expr.kind === "list") return expr.items.every((item) => isFlexible(item, scope));
  if (expr.kind === "negate") return isFlexible(expr.of, scope);
  const symbol = letOf(expr, scope);
  if (symbol === undefined) return false;
  if (symbol.flexible === undefined) {
    // Asked once a let, or a few lines of lets could cost without end; one that needs itself is not flexible.
    symbol.flexible = false;
    const { value } = symbol.node;
    // A let of another file names lets of that file, which are not followed here.
    symbol.flexible =
      symbol.module === scope.module.module &&
      scope.expanding.length < 64 &&
      isFlexible(value, { ...scope, variables: new Map(), expanding: [...scope.expanding, symbol] });
    if (symbol.module !== scope.module.module) symbol.flexible = isLiteral(value);
  }
  return symbol.flexible;
}

function isLiteral(expr: Expr): boolean {
  return expr.kind === "text" || expr.kind === "number" || (expr.kind === "list" && expr.items.every(isLiteral));
}
