import type { Expression, FunctionName, Type } from "@writ/ir";
import { suggest } from "../../diagnostics/suggest.js";
import type { Expr } from "../../syntax/ast.js";
import { aType, commonType, isNumber, isOrdered, isTextual } from "../type-relations.js";
import { factOf, inferFact } from "./facts.js";
import { expand, say, spanIn, type Inference, type Scope, type Typed } from "./scope.js";

interface Signature {
  readonly name: FunctionName;
  /** What the function takes, in words. */
  readonly takes: string;
  /** The result's type, from those of the arguments; undefined where it is not defined for them. */
  readonly result: (args: readonly Type[]) => Type | undefined;
}

const text: Type = { kind: "Text" };
const one =
  (accepts: (type: Type) => boolean, result: (type: Type) => Type | undefined) =>
  (args: readonly Type[]): Type | undefined => {
    const [only] = args;
    return args.length === 1 && only !== undefined && accepts(only) ? result(only) : undefined;
  };

function extreme(args: readonly Type[]): Type | undefined {
  const [first, ...rest] = args;
  if (first === undefined) return undefined;
  if (rest.length === 0) return first.kind === "List" && isOrdered(first.of) ? first.of : undefined;
  const common = rest.reduce<Type | undefined>(
    (type, next) => (type === undefined ? undefined : commonType(type, next)),
    first,
  );
  return common !== undefined && isOrdered(common) ? common : undefined;
}

const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  signature(
    "size",
    "a text, bytes or a list",
    one(
      (type) => isTextual(type) || type.kind === "Bytes" || type.kind === "List",
      () => ({ kind: "Int" }),
    ),
  ),
  signature(
    "lower",
    "a text",
    one(isTextual, () => text),
  ),
  signature(
    "upper",
    "a text",
    one(isTextual, () => text),
  ),
  signature(
    "trim",
    "a text",
    one(isTextual, () => text),
  ),
  signature(
    "path",
    "a text",
    one(isTextual, () => ({ kind: "Path" })),
  ),
  signature(
    "host",
    "a text or a Url",
    one(
      (type) => isTextual(type) || type.kind === "Url",
      () => ({ kind: "Host" }),
    ),
  ),
  signature(
    "domain",
    "a text, a Host, a Url or an Email",
    one(
      (type) => isTextual(type) || type.kind === "Host" || type.kind === "Url" || type.kind === "Email",
      () => ({ kind: "Host" }),
    ),
  ),
  signature("min", "a list, or two or more values, of one ordered type", extreme),
  signature("max", "a list, or two or more values, of one ordered type", extreme),
  signature(
    "count",
    "a list",
    one(
      (type) => type.kind === "List",
      () => ({ kind: "Int" }),
    ),
  ),
  signature(
    "sum",
    "a list of numbers, money or durations",
    one(
      (type) => type.kind === "List" && (isNumber(type.of) || type.of.kind === "Money" || type.of.kind === "Duration"),
      (type) => (type.kind === "List" ? type.of : undefined),
    ),
  ),
  signature(
    "hash",
    "a text",
    one(isTextual, () => text),
  ),
]);

function signature(name: FunctionName, takes: string, result: Signature["result"]): readonly [string, Signature] {
  return [name, { name, takes, result }];
}

/** `f(x)`. */
export function inferCall(
  inference: Inference,
  expr: Extract<Expr, { kind: "call" }>,
  scope: Scope,
): Typed | undefined {
  const fact = factOf(expr, scope);
  if (fact !== undefined) return inferFact(inference, fact, expr, scope);
  if (expr.of.kind !== "name")
    return say(inference, scope, "E110", expr.of.at, { reason: "only functions and facts are called, by their name" });
  const { name } = expr.of;
  if (scope.module.refused.has(name)) return undefined;
  if (name === "glob")
    return say(inference, scope, "E110", expr.at, {
      reason: "a glob stands after `like` only",
      expected: 'write `like "*.txt"`',
    });
  const found = SIGNATURES.get(name);
  if (found === undefined) {
    return say(
      inference,
      scope,
      "E107",
      expr.of.at,
      { name, list: [...SIGNATURES.keys(), ...scope.module.visible("fact").keys()] },
      suggest(name, [...SIGNATURES.keys(), ...scope.module.visible("fact").keys()]),
    );
  }
  const args: Typed[] = [];
  for (const arg of expr.args) {
    const typed = inference.value(arg, scope);
    if (typed === undefined) return undefined;
    args.push(typed);
  }
  if (args.length === 0 || args.length > 64 || (args.length > 1 && name !== "min" && name !== "max")) {
    return say(inference, scope, "E128", expr.at, { name, expected: `${found.takes}, in parentheses` });
  }
  const type = found.result(args.map((arg) => expand(arg.type, inference.types)));
  if (type === undefined) {
    return say(inference, scope, "E110", expr.at, {
      reason: `\`${name}\` takes ${found.takes}, this is ${args.map((arg) => aType(arg.type)).join(" and ")}`,
    });
  }
  const at = spanIn(scope, expr.at);
  const [first] = args;
  const part =
    first === undefined ? undefined : partOf(found.name, expand(first.type, inference.types), first.node, at);
  if (part !== undefined) return { node: part, type };
  return { node: { op: "function", name: found.name, args: args.map((arg) => arg.node), at }, type };
}

/** `host` and `domain` of what has one are its members: only a text has to be read as a host first. */
function partOf(name: FunctionName, type: Type, of: Expression, at: Expression["at"]): Expression | undefined {
  if (name === "host" && type.kind === "Url") return { op: "member", type, name: "host", of, at };
  if (name !== "domain") return undefined;
  if (type.kind === "Url" || type.kind === "Host") return { op: "member", type, name: "domain", of, at };
  if (type.kind !== "Email") return undefined;
  return {
    op: "member",
    type: { kind: "Host" },
    name: "domain",
    of: { op: "member", type, name: "domain", of, at },
    at,
  };
}
