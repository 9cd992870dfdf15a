import type { Expr } from "../../syntax/ast.js";

/**
 * Which arguments must have been given for an expression to matter, by the shape of conditions. In Kleene logic
 * `false and unknown` is false and `true or unknown` is true in either order, so `has(x)` anywhere in a
 * conjunction guards all of it, and `not has(x)` anywhere in a disjunction does.
 */
export function givenWhereTrue(expr: Expr): ReadonlySet<string> {
  switch (expr.kind) {
    case "given":
      return prefixes(expr);
    case "and":
      return union(expr.items.map(givenWhereTrue));
    case "not":
      return givenWhereFalse(expr.of);
    default:
      return new Set();
  }
}

/** The arguments whose absence makes an expression true. */
export function givenWhereFalse(expr: Expr): ReadonlySet<string> {
  switch (expr.kind) {
    case "or":
      return union(expr.items.map(givenWhereFalse));
    case "not":
      return givenWhereTrue(expr.of);
    default:
      return new Set();
  }
}

export function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const set of sets) for (const name of set) all.add(name);
  return all;
}

/** `has(a.b)` says that `a` was given, too. */
function prefixes(expr: Extract<Expr, { kind: "given" }>): ReadonlySet<string> {
  const names = expr.path.parts.map((part) => part.text);
  const parts = names[0] === "args" && names.length > 1 ? names.slice(1) : names;
  return new Set(parts.map((_, i) => parts.slice(0, i + 1).join(".")));
}
