import type { Expression, Type } from "@writ/ir";
import type { Expr } from "../../syntax/ast.js";
import type { Program } from "../resolve.js";
import type { TypeTable } from "../symbols.js";
import { aType } from "../type-relations.js";
import { compareTyped, inferCompare } from "./compare.js";
import { inferCall } from "./functions.js";
import { givenWhereFalse, givenWhereTrue, union } from "./guards.js";
import { inferList, inferLiteral } from "./literals.js";
import { inferQuantifier } from "./quantify.js";
import { inferEvent } from "./events.js";
import { fromLevel, inferAsked } from "./provenance.js";
import {
  expand,
  letOf,
  MAX_NODES,
  notKnownHere,
  say,
  seesCall,
  spanIn,
  type Inference,
  type Scope,
  type Typed,
} from "./scope.js";
import { inferArithmetic, inferIndex, inferNegate } from "./arithmetic.js";
import { inferMember, inferName } from "./values.js";
import { expandLet } from "./lets.js";
import { suggest } from "../../diagnostics/suggest.js";

/** Work that all conditions of a program may cost together. */
const MAX_TOTAL = 2_000_000;

/** Types and lowers expressions in one walk: every node of the result is typed, and nothing untyped gets through. */
export function createInference(
  program: Program,
  types: TypeTable,
  toolsOf: Inference["toolsOf"] = () => ({ visible: new Map(), parameters: new Map() }),
): Inference {
  const inference: Inference = {
    program,
    types,
    toolsOf,
    total: { left: MAX_TOTAL },
    hostPatterns: new Map(),
    value: (expr, scope, expected) =>
      spend(inference, expr, scope) ? inferValue(inference, expr, scope, expected, false) : undefined,
    condition: (expr, scope) => (spend(inference, expr, scope) ? inferCondition(inference, expr, scope) : undefined),
    compare: (operator, left, right, scope, at) => compareTyped(inference, operator, left, right, scope, at),
  };
  return inference;
}

function spend(inference: Inference, expr: Expr, scope: Scope): boolean {
  const { budget } = scope;
  budget.left -= 1;
  inference.total.left -= 1;
  if (budget.left > 0 && inference.total.left > 0) return true;
  const [outermost] = scope.expanding;
  if (!budget.exceeded && outermost === undefined)
    say(inference, scope, "E129", expr.at, { what: "this condition", number: MAX_NODES });
  else if (!budget.exceeded && outermost !== undefined) {
    inference.program.report.add("E129", outermost.module.file, outermost.at, {
      what: `the let \`${outermost.name}\``,
      number: MAX_NODES,
    });
    outermost.failed = true;
  }
  budget.exceeded = true;
  return false;
}

function inferValue(
  inference: Inference,
  expr: Expr,
  scope: Scope,
  expected: Type | undefined,
  absentOk: boolean,
): Typed | undefined {
  switch (expr.kind) {
    case "text":
    case "number":
    case "money":
    case "duration":
    case "size":
    case "instant":
    case "bool":
      return inferLiteral(inference, expr, scope, expected);
    case "list":
      return inferList(inference, expr, scope, expected);
    case "record":
      return say(inference, scope, "E110", expr.at, {
        reason: "a record cannot be written here",
        expected: "compare the fields one by one; records stand in tests",
      });
    case "range":
      return say(inference, scope, "E110", expr.at, { reason: "a range stands after `in` only" });
    case "name":
      return inferName(inference, expr, scope, expected, absentOk);
    case "handle":
      return say(inference, scope, "E110", expr.at, {
        reason: `the handle \`$${expr.index}\` stands for a result of a test`,
        expected: "it is given as an argument in `test` only",
      });
    case "member":
      return inferMember(inference, expr, scope, expected, absentOk);
    case "index":
      return inferIndex(inference, expr, scope);
    case "call":
      return inferCall(inference, expr, scope);
    case "negate":
      return inferNegate(inference, expr, scope, expected);
    case "arithmetic":
      return inferArithmetic(inference, expr, scope);
    case "given":
    case "and":
    case "or":
    case "not":
    case "compare":
    case "quantifier":
    case "from":
    case "did":
    case "asked": {
      const node = inferCondition(inference, expr, scope);
      return node === undefined ? undefined : { node, type: { kind: "Bool" } };
    }
  }
}

function inferCondition(inference: Inference, expr: Expr, scope: Scope): Expression | undefined {
  switch (expr.kind) {
    case "and": {
      const given = union([scope.given, givenWhereTrue(expr)]);
      return joined(inference, "and", expr, { ...scope, given });
    }
    case "or": {
      const given = union([scope.given, givenWhereFalse(expr)]);
      return joined(inference, "or", expr, { ...scope, given });
    }
    case "not": {
      const of = inference.condition(expr.of, scope);
      return of === undefined ? undefined : { op: "not", of, at: spanIn(scope, expr.at) };
    }
    case "given":
      return inferGiven(inference, expr, scope);
    case "compare":
      return inferCompare(inference, expr, scope);
    case "quantifier":
      return inferQuantifier(inference, expr, scope, (list, from) =>
        inferValue(inference, list, from, undefined, true),
      );
    case "from": {
      const of = inference.value(expr.of, scope);
      return of === undefined ? undefined : fromLevel(inference, of, expr.level, scope, expr.at);
    }
    case "did": {
      const event = inferEvent(inference, expr.event, scope);
      return event === undefined ? undefined : { op: "did", event, at: spanIn(scope, expr.at) };
    }
    case "asked":
      return inferAsked(inference, expr, scope);
    case "bool":
      return { op: "literal", type: { kind: "Bool" }, value: expr.value, at: spanIn(scope, expr.at) };
    default:
      return inferTruth(inference, expr, scope);
  }
}

/** A value where a condition stands. */
function inferTruth(inference: Inference, expr: Expr, scope: Scope): Expression | undefined {
  // A let that is a condition is read as one.
  const symbol = letOf(expr, scope);
  if (symbol !== undefined) {
    const expansion = expandLet(inference, symbol, scope);
    return expansion === undefined ? undefined : inference.condition(expansion.expr, expansion.scope);
  }
  const typed = inferValue(inference, expr, scope, undefined, false);
  if (typed === undefined) return undefined;
  if (expand(typed.type, inference.types).kind === "Bool") return typed.node;
  return say(inference, scope, "E139", expr.at, {
    found: aType(typed.type),
    reason: typed.type.kind === "List" ? "over a list say `every`, `some` or `has`" : "compare it with something",
  });
}

function joined(
  inference: Inference,
  op: "and" | "or",
  expr: Extract<Expr, { kind: "and" | "or" }>,
  scope: Scope,
): Expression | undefined {
  const items: Expression[] = [];
  let complete = true;
  for (const item of expr.items) {
    const node = inference.condition(item, scope);
    if (node === undefined) complete = false;
    else items.push(node);
  }
  return complete ? { op, items, at: spanIn(scope, expr.at) } : undefined;
}

/** `has(x)`: whether an argument, or a field below one, was given. */
function inferGiven(
  inference: Inference,
  expr: Extract<Expr, { kind: "given" }>,
  scope: Scope,
): Expression | undefined {
  const parts =
    expr.path.parts[0]?.text === "args" && expr.path.parts.length > 1 ? expr.path.parts.slice(1) : expr.path.parts;
  const [first, ...rest] = parts;
  if (first === undefined) return undefined;
  if (!seesCall(scope)) return notKnownHere(inference, scope, "has", expr.at);
  const shadowed =
    scope.variables.has(first.text) ||
    (expr.path.parts[0] === first && letOf({ kind: "name", name: first.text, at: first.at }, scope) !== undefined);
  const parameter = shadowed ? undefined : scope.parameters.get(first.text);
  if (parameter === undefined) {
    const all = [...scope.parameters.keys()];
    const meant = suggest(first.text, all);
    return say(
      inference,
      scope,
      "E114",
      expr.path.at,
      {
        name: expr.path.text,
        ...(all.length > 0 ? { reason: `the arguments are ${all.slice(0, 12).join(", ")}` } : {}),
      },
      meant,
    );
  }
  let type = expand(parameter.type, inference.types);
  for (const part of rest) {
    const field = type.kind === "Record" ? type.fields.find((one) => one.name === part.text) : undefined;
    if (field === undefined) {
      const all = type.kind === "Record" ? type.fields.map((one) => one.name) : [];
      return say(
        inference,
        scope,
        "E103",
        part.at,
        { name: part.text, what: aType(type), list: all, reason: "it has no fields" },
        suggest(part.text, all),
      );
    }
    type = expand(field.type, inference.types);
  }
  return { op: "given", path: parts.map((part) => part.text), at: spanIn(scope, expr.at) };
}
