import type { Expr } from "../../syntax/ast.js";
import type { LetSymbol } from "../symbols.js";
import { letOf, say, type Inference, type Scope } from "./scope.js";

const MAX_CHAIN = 64;

/** What stands for a let: its expression, in its own file, where the call is not known. */
export interface Expansion {
  readonly expr: Expr;
  readonly scope: Scope;
}

/** The expansion of a let where it is used; undefined where it needs itself, which has been said. */
export function expandLet(inference: Inference, symbol: LetSymbol, scope: Scope): Expansion | undefined {
  symbol.used = true;
  if (symbol.failed) {
    for (const one of scope.expanding) one.failed = true;
    return undefined;
  }
  if (scope.expanding.includes(symbol)) {
    const cycle = scope.expanding.slice(scope.expanding.indexOf(symbol));
    const trail = [...cycle, symbol].map((one) => one.name);
    for (const one of cycle) one.failed = true;
    inference.program.report.add("E121", symbol.module.file, symbol.at, {
      name: symbol.name,
      list: trail.slice(0, 12),
    });
    return undefined;
  }
  if (scope.expanding.length >= MAX_CHAIN) {
    const [outermost] = scope.expanding;
    if (outermost !== undefined) {
      inference.program.report.add("E009", outermost.module.file, outermost.at, { number: MAX_CHAIN });
      outermost.failed = true;
    }
    return undefined;
  }
  const module = inference.program.scopes.get(symbol.module);
  if (module === undefined) return undefined;
  return {
    expr: symbol.node.value,
    scope: {
      ...scope,
      module,
      place: scope.place === "rule" ? "let" : scope.place,
      parameters: new Map(),
      variables: new Map(),
      given: new Set(),
      flow: undefined,
      result: undefined,
      sink: undefined,
      reply: undefined,
      expanding: [...scope.expanding, symbol],
    },
  };
}

/** Follows names of lets to what they stand for; anything else stands for itself. */
export function followLets(inference: Inference, expr: Expr, scope: Scope): Expansion | undefined {
  let current: Expansion = { expr, scope };
  for (;;) {
    const symbol = letOf(current.expr, current.scope);
    if (symbol === undefined || isShadowed(current.expr)) return current;
    const next = expandLet(inference, symbol, current.scope);
    if (next === undefined) return undefined;
    current = next;
  }
}

/** `user.x` is a claim whatever is called `user`. */
function isShadowed(expr: Expr): boolean {
  return (
    expr.kind === "member" &&
    expr.of.kind === "name" &&
    ["user", "agent", "session", "tool", "args"].includes(expr.of.name)
  );
}

/** A text that must be known when the policy is compiled: a literal, or a let that is one. */
export function constantText(
  inference: Inference,
  expr: Expr,
  scope: Scope,
  what: string,
): { readonly text: string; readonly expansion: Expansion } | undefined {
  const expansion = followLets(inference, expr, scope);
  if (expansion === undefined) return undefined;
  const { expr: found } = expansion;
  // `glob("…")` says that a text is one; it is no conversion.
  const [only] = found.kind === "call" && found.of.kind === "name" && found.of.name === "glob" ? found.args : [];
  if (what === "a glob" && found.kind === "call" && found.args.length === 1 && only?.kind === "text")
    return { text: only.value, expansion: { ...expansion, expr: only } };
  if (expansion.expr.kind === "text") return { text: expansion.expr.value, expansion };
  return say(inference, scope, "E110", expr.at, {
    reason: `${what} is a text literal, so that it can be checked before anything runs`,
  });
}
