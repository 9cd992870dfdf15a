import type { Expression, Json, Limit, Tool, Type } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import { expand, type Parameter, type Scope, type Typed } from "../semantics/infer/scope.js";
import { aType, commonType } from "../semantics/type-relations.js";
import { toolsMeant } from "../semantics/targets.js";
import { durationOf, IDENTITIES, isOneOf, WINDOWS } from "../semantics/vocabulary.js";
import type { Place } from "../source/place.js";
import type { Clause, Expr, QName, Target } from "../syntax/ast.js";
import { complain, spanAt, wholeNumber, type Lowering } from "./lowering.js";

const MAX_WINDOW = 1e12;
type LimitClause = Extract<Clause, { kind: "limit" }>;

/** A limit; undefined where it cannot be, which has been said. */
export function lowerLimit(
  lowering: Lowering,
  clause: LimitClause,
  scope: Scope,
  targets: readonly Target[],
  tools: readonly Tool[],
): Limit | undefined {
  const { program } = lowering;
  const { by } = clause.limit;
  // Under `*` or a glob a tool that lacks the argument is not meant; where tools are named it is a mistake.
  const closed = targets.filter((target) => target.text !== "*" && !target.text.endsWith(".*"));
  const named = new Set(closed.flatMap((target) => toolsMeant(target.text, lowering.tools)).map((tool) => tool.name));
  const bound: Bound = { scope, named, tools, skipped: new Set() };
  const keys: Expression[] = [];
  for (const key of by) {
    const lowered = lowerKey(lowering, key, bound);
    if (lowered === undefined) return undefined;
    keys.push(lowered);
  }
  if (by.length > 16)
    return complain(program, "E127", clause.at, { what: "the number of keys", reason: "more than 16" });
  const at = spanAt(program.entry, clause.at);
  const counted = lowerQuantity(lowering, clause, bound);
  if (counted === undefined) return undefined;
  const only = bound.skipped.size === 0 ? {} : { tools: namesBut(tools, bound.skipped) };
  if (only.tools?.length === 0) {
    return complain(program, "E126", clause.at, { name: by[0]?.text ?? "this", list: [...scope.parameters.keys()] });
  }
  if (counted.kind === "concurrent") return { kind: "concurrent", count: counted.count, by: keys, ...only, at };
  const window = windowOf(lowering, clause);
  if (window === undefined) return undefined;
  switch (counted.kind) {
    case "calls":
      return { kind: "calls", count: counted.count, window, by: keys, ...only, at };
    case "distinct":
      return { kind: "distinct", count: counted.count, of: counted.of, window, by: keys, ...only, at };
    case "sum":
      return { kind: "sum", type: counted.type, total: counted.total, of: counted.of, window, by: keys, ...only, at };
  }
}

/** What a limit may name, and the tools that it leaves out because they lack what it names. */
interface Bound {
  readonly scope: Scope;
  /** The tools that are targets by name or effect: they may not lack what the limit names. */
  readonly named: ReadonlySet<string>;
  readonly tools: readonly Tool[];
  readonly skipped: Set<string>;
}

function namesBut(tools: readonly Tool[], skipped: ReadonlySet<string>): string[] {
  return tools.map((tool) => tool.name).filter((name) => !skipped.has(name));
}

type Counted =
  | { readonly kind: "calls" | "concurrent"; readonly count: number }
  | { readonly kind: "distinct"; readonly count: number; readonly of: Expression }
  | { readonly kind: "sum"; readonly type: Type; readonly total: Json; readonly of: Expression };

/** What is counted, and up to what. */
function lowerQuantity(lowering: Lowering, clause: LimitClause, bound: Bound): Counted | undefined {
  const { program } = lowering;
  const { quantity } = clause.limit;
  switch (quantity.kind) {
    case "calls":
    case "concurrent": {
      const count = wholeNumber(program, program.entry, quantity.count, "the number of calls", 0, 1e6);
      return count === undefined ? undefined : { kind: quantity.kind, count };
    }
    case "distinct": {
      const count = wholeNumber(program, program.entry, quantity.count, "the number of values", 0, 1e6);
      const of = keyOf(lowering, quantity.argument, bound, true);
      return count === undefined || of === undefined ? undefined : { kind: "distinct", count, of };
    }
    case "amount":
      return lowerSum(lowering, quantity, bound);
  }
}

const SUMMED: ReadonlySet<Type["kind"]> = new Set<Type["kind"]>(["Int", "Decimal", "Money", "Duration"]);

/** `LITERAL of EXPR`: the literal's unit is what the expression has to have. */
function lowerSum(
  lowering: Lowering,
  quantity: Extract<LimitClause["limit"]["quantity"], { kind: "amount" }>,
  bound: Bound,
): Counted | undefined {
  const { program, inference } = lowering;
  const of = readOver(lowering, bound, quantity.of);
  const total = inference.value(quantity.amount, bound.scope, of?.type.kind === "Money" ? { kind: "Money" } : of?.type);
  if (of === undefined || total === undefined || total.node.op !== "literal") return undefined;
  const [a, b] = [expand(of.type, lowering.types), total.type];
  // Amounts of other currencies are never converted: what has no currency of its own is held to the limit's.
  if (commonType(a, b) === undefined || !SUMMED.has(b.kind))
    return complain(program, "E111", quantity.of.at, { found: aType(of.type), expected: aType(total.type) });
  return { kind: "sum", type: b, total: total.node.value, of: of.node };
}

/** E126 where a tool that is meant lacks an argument; one that is only met by `*` or a glob is left out of the limit. */
function leaveOut(lowering: Lowering, bound: Bound, name: string, at: Place): boolean {
  const missing = bound.scope.parameters.get(name)?.missing ?? [];
  const meant = missing.filter((tool) => bound.named.has(tool));
  for (const tool of missing) bound.skipped.add(tool);
  if (meant.length === 0) return true;
  // What is unknown refuses, so a tool without the argument could never be called.
  complain(lowering.program, "E126", at, {
    name: `${name}\`, which ${meant.slice(0, 3).join(", ")} ${meant.length === 1 ? "does" : "do"} not have, \``,
  });
  return false;
}

/** Reads an expression, and leaves out the tools that lack an argument it reads. */
function readOver(lowering: Lowering, bound: Bound, expr: Expr): Typed | undefined {
  const parameters = new Map<string, Parameter>();
  const used = new Set<string>();
  for (const [name, parameter] of bound.scope.parameters) {
    parameters.set(name, {
      ...parameter,
      get missing() {
        used.add(name);
        return [];
      },
    });
  }
  const typed = lowering.inference.value(expr, { ...bound.scope, parameters });
  const kept = [...used].map((name) => leaveOut(lowering, bound, name, expr.at));
  return kept.includes(false) ? undefined : typed;
}

function windowOf(lowering: Lowering, clause: LimitClause): number | "session" | undefined {
  const { per } = clause.limit;
  if (per?.text === "session") return "session";
  const window = per === undefined ? undefined : (WINDOWS.get(per.text) ?? durationOf(per.text));
  if (window !== undefined && window >= 1 && window <= MAX_WINDOW) return window;
  return complain(lowering.program, "E127", per?.at ?? clause.at, {
    what: "the window of a limit",
    reason: "out of range",
    expected: "it is from 1ms to 10000d",
  });
}

function lowerKey(lowering: Lowering, key: QName, bound: Bound): Expression | undefined {
  const { program } = lowering;
  const [first, ...rest] = key.parts;
  if (first === undefined) return undefined;
  if (isOneOf(IDENTITIES, first.text)) {
    const claim = rest.length === 0 ? "id" : rest.length === 1 ? rest[0]?.text : undefined;
    const declared = claim === undefined ? undefined : program.entry.identity[first.text].get(claim);
    if (claim === undefined || declared === undefined) {
      if (program.entry.isExcused(first.text)) return undefined;
      return complain(program, "E103", key.at, {
        name: claim ?? key.text,
        what: `\`${first.text}\``,
        list: [...program.entry.identity[first.text].keys()],
        reason: `\`by ${first.text}\` counts by its id: \`use std.identity\`, or declare it`,
      });
    }
    if (!isKey(lowering, declared.field.type)) return complain(program, "E126", key.at, { name: key.text });
    return { op: "claim", of: first.text, name: claim, at: spanAt(program.entry, key.at) };
  }
  return keyOf(lowering, key, bound, false);
}

/** An argument that has one canonical text, or is a list of such where its elements are counted. */
function keyOf(lowering: Lowering, key: QName, bound: Bound, throughLists: boolean): Expression | undefined {
  const { program } = lowering;
  const names = key.parts[0]?.text === "args" ? key.parts.slice(1) : key.parts;
  const [only] = names;
  const parameter = only === undefined ? undefined : bound.scope.parameters.get(only.text);
  if (only !== undefined && names.length === 1 && parameter?.conflict !== undefined) {
    // What is counted is a text, whatever the type it was read as: tools need not agree.
    const declared = bound.tools.flatMap((tool) => tool.params.filter((param) => param.name === only.text));
    const keyed = declared.every((param) => param.optional !== true && isKey(lowering, param.type, throughLists));
    if (!leaveOut(lowering, bound, only.text, key.at)) return undefined;
    if (keyed) return { op: "arg", name: only.text, at: spanAt(program.entry, key.at) };
    return complain(program, "E126", key.at, { name: key.text });
  }
  const typed = argumentOf(lowering, key, bound);
  if (typed === undefined) return undefined;
  return isKey(lowering, typed.type, throughLists) ? typed.node : complain(program, "E126", key.at, { name: key.text });
}

/** An argument, or a field below one, that a limit names. */
function argumentOf(lowering: Lowering, key: QName, bound: Bound): Typed | undefined {
  const { program } = lowering;
  const names = key.parts[0]?.text === "args" ? key.parts.slice(1) : key.parts;
  const [argument] = names;
  const parameter = argument === undefined ? undefined : bound.scope.parameters.get(argument.text);
  if (argument === undefined || parameter === undefined) {
    const all = [...bound.scope.parameters.keys()];
    return complain(program, "E126", key.at, { name: key.text, list: all }, suggest(key.text, [...IDENTITIES, ...all]));
  }
  let expr: Expr = {
    kind: "member",
    of: { kind: "name", name: "args", at: argument.at },
    name: argument,
    at: argument.at,
  };
  for (const part of names.slice(1))
    expr = { kind: "member", of: expr, name: part, at: { start: argument.at.start, end: part.at.end } };
  return readOver(lowering, bound, expr);
}

/** What a limit counts by is one value that has a canonical text. */
function isKey(lowering: Lowering, type: Type, throughLists = false): boolean {
  const actual = expand(type, lowering.types);
  if (throughLists && actual.kind === "List") return isKey(lowering, actual.of);
  return actual.kind !== "List" && actual.kind !== "Record" && actual.kind !== "Json";
}
