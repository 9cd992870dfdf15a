import { childrenOf, listIn, namesIn, nodeIn, textIn, type SqlNode } from "./tree.js";

/**
 * Whether a condition lets through only some rows, as far as its shape shows: true for comparisons of a column with
 * something else, false where it names no column or compares one with itself, undefined (unknown) for the rest, such
 * as `id <> 0` or `name LIKE '%'`, which hold for nearly every row.
 */
export function filters(condition: SqlNode | undefined): boolean | undefined {
  if (condition === undefined || !mentions(condition, "ColumnRef")) return condition?.type === "CurrentOfExpr";
  switch (condition.type) {
    case "BoolExpr": {
      const parts = listIn(condition, "args").map(filters);
      if (textIn(condition, "boolop") === "AND_EXPR") return any(parts);
      return textIn(condition, "boolop") === "OR_EXPR" ? every(parts) : undefined;
    }
    case "A_Expr":
      return comparison(condition);
    case "NullTest":
      return textIn(condition, "nulltesttype") === "IS_NULL" ? true : undefined;
    case "ColumnRef":
      return true;
    default:
      return undefined;
  }
}

const RANGES = new Set(["AEXPR_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_IN", "AEXPR_OP_ANY"]);

function comparison(node: SqlNode): boolean | undefined {
  const left = nodeIn("lexpr", node.fields["lexpr"]);
  const right = nodeIn("rexpr", node.fields["rexpr"]);
  const kind = textIn(node, "kind") ?? "";
  const operator = namesIn(node, "name")?.join(".") ?? "";
  if (left === undefined) return undefined;
  if (right !== undefined && shape(left) === shape(right)) return false;
  const column = left.type === "ColumnRef" || right?.type === "ColumnRef";
  if (!column) return undefined;
  if (kind === "AEXPR_OP") return ["=", "<", ">", "<=", ">="].includes(operator) ? oneSided(left, right) : undefined;
  return RANGES.has(kind) && (operator === "=" || kind.startsWith("AEXPR_BETWEEN")) ? oneSided(left, right) : undefined;
}

/** A column beside something that does not name one; two columns may well be equal in every row. */
function oneSided(left: SqlNode, right: SqlNode | undefined): boolean | undefined {
  if (right === undefined) return left.type === "ColumnRef" ? true : undefined;
  return mentions(left, "ColumnRef") && mentions(right, "ColumnRef") ? undefined : true;
}

function any(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(true)) return true;
  return parts.includes(undefined) ? undefined : false;
}

function every(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

function mentions(node: SqlNode, type: string): boolean {
  return node.type === type || childrenOf(node).some((child) => mentions(child, type));
}

function shape(node: SqlNode): string {
  return JSON.stringify(node, (key, value: unknown) => (key === "location" ? undefined : value));
}
