import type { Expression, Limit } from "@writ/ir";
import { suggest } from "../diagnostics/suggest.js";
import type { Scope } from "../semantics/infer/scope.js";
import { expand } from "../semantics/infer/scope.js";
import { durationOf, IDENTITIES, isOneOf, WINDOWS } from "../semantics/vocabulary.js";
import type { Clause, Expr, QName } from "../syntax/ast.js";
import { complain, spanAt, wholeNumber, type Lowering } from "./lowering.js";

const MAX_WINDOW = 1e12;

/** `limit N calls per WINDOW by KEYS`; undefined where it cannot be, which has been said. */
export function lowerLimit(
  lowering: Lowering,
  clause: Extract<Clause, { kind: "limit" }>,
  scope: Scope,
): Limit | undefined {
  const { program } = lowering;
  const { quantity, per, by } = clause.limit;
  if (quantity.kind !== "calls") {
    const what =
      quantity.kind === "concurrent"
        ? "`limit N concurrent`"
        : quantity.kind === "distinct"
          ? "`limit N distinct ARG`"
          : "`limit AMOUNT of EXPR`";
    return complain(program, "E099", clause.at, { what });
  }
  const count = wholeNumber(program, program.entry, quantity.count, "the number of calls", 0, 1e9);
  const window =
    per === undefined
      ? undefined
      : per.text === "session"
        ? "session"
        : (WINDOWS.get(per.text) ?? durationOf(per.text));
  if (window === undefined || (window !== "session" && (window < 1 || window > MAX_WINDOW))) {
    return complain(program, "E127", per?.at ?? clause.at, {
      what: "the window of a limit",
      reason: "out of range",
      expected: "it is from 1ms to 10000d",
    });
  }
  const keys: Expression[] = [];
  for (const key of by) {
    const lowered = lowerKey(lowering, key, scope);
    if (lowered === undefined) return undefined;
    keys.push(lowered);
  }
  if (by.length > 16)
    return complain(program, "E127", clause.at, { what: "the number of keys", reason: "more than 16" });
  return count === undefined
    ? undefined
    : { kind: "calls", count, window, by: keys, at: spanAt(program.entry, clause.at) };
}

function lowerKey(lowering: Lowering, key: QName, scope: Scope): Expression | undefined {
  const { program, inference } = lowering;
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
  const names = first.text === "args" ? rest : key.parts;
  const [argument] = names;
  const parameter = argument === undefined ? undefined : scope.parameters.get(argument.text);
  if (argument === undefined || parameter === undefined) {
    const all = [...scope.parameters.keys()];
    return complain(program, "E126", key.at, { name: key.text, list: all }, suggest(key.text, [...IDENTITIES, ...all]));
  }
  if (parameter.missing.length > 0) {
    // An unknown key refuses, so a tool without the argument could never be called.
    return complain(program, "E126", key.at, {
      name: `${key.text}\`, which ${parameter.missing.slice(0, 3).join(", ")} ${parameter.missing.length === 1 ? "does" : "do"} not have, \``,
    });
  }
  let expr: Expr = {
    kind: "member",
    of: { kind: "name", name: "args", at: argument.at },
    name: argument,
    at: argument.at,
  };
  for (const part of names.slice(1))
    expr = { kind: "member", of: expr, name: part, at: { start: argument.at.start, end: part.at.end } };
  const typed = inference.value(expr, scope);
  if (typed === undefined) return undefined;
  return isKey(lowering, typed.type) ? typed.node : complain(program, "E126", key.at, { name: key.text });
}

/** What a limit counts by is one value that has a canonical text. */
function isKey(lowering: Lowering, type: Parameters<typeof expand>[0]): boolean {
  const { kind } = expand(type, lowering.types);
  return kind !== "List" && kind !== "Record" && kind !== "Json";
}
