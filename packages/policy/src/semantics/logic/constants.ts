import type { Expression } from "@writ/ir";
import {
  calculate,
  equalValues,
  hostMatches,
  isUnder,
  orderValues,
  parseHostPattern,
  readValue,
  type Value,
} from "@writ/ir/values";

const OPAQUE: ReadonlySet<string> = new Set(["Command", "Sql", "Named", "Record", "Json"]);
const NO_TYPES = new Map<never, never>();

/** What literals are, which every comparison of two rules asks anew. */
const known = new WeakMap<Expression, { readonly value: Value | undefined }>();

/** The value an expression always has; undefined where it depends on the call. */
export function constantOf(node: Expression): Value | undefined {
  switch (node.op) {
    case "literal": {
      if (OPAQUE.has(node.type.kind)) return undefined;
      const found = known.get(node);
      if (found !== undefined) return found.value;
      const reading = readValue(node.type, node.value, NO_TYPES);
      const value = reading.ok ? reading.value : undefined;
      known.set(node, { value });
      return value;
    }
    case "arithmetic": {
      const [left, right] = [constantOf(node.left), constantOf(node.right)];
      return left === undefined || right === undefined ? undefined : calculate(node.operator, left, right);
    }
    default:
      return undefined;
  }
}

/** The elements of a list that is always the same. */
export function constantsOf(node: Expression): readonly Value[] | undefined {
  if (node.op === "list") {
    const values = node.items.map(constantOf);
    return values.every((value) => value !== undefined) ? values : undefined;
  }
  const value = constantOf(node);
  return Array.isArray(value) ? value : undefined;
}

/** What a condition always is, as far as it is made of constants. */
export function truthOf(node: Expression): boolean | undefined {
  switch (node.op) {
    case "literal":
      return typeof node.value === "boolean" ? node.value : undefined;
    case "compare": {
      const [left, right] = [constantOf(node.left), constantOf(node.right)];
      return left === undefined || right === undefined ? undefined : compared(node.operator, left, right);
    }
    case "in": {
      const [left, right] = [constantOf(node.left), constantsOf(node.right)];
      if (right?.length === 0) return false;
      if (left === undefined || right === undefined) return undefined;
      return right.some((one) => equalValues(one, left) === true);
    }
    case "hostIn": {
      const host = constantOf(node.left);
      if (typeof host !== "string") return undefined;
      return node.patterns.some((text) => {
        const pattern = parseHostPattern(text);
        return pattern !== undefined && hostMatches(host, pattern);
      });
    }
    case "under": {
      const [inner, outer] = [constantOf(node.left), constantOf(node.right)];
      return typeof inner === "string" && typeof outer === "string" ? isUnder(inner, outer) : undefined;
    }
    default:
      return undefined;
  }
}

function compared(operator: string, left: Value, right: Value): boolean | undefined {
  if (operator === "==") return equalValues(left, right);
  if (operator === "!=") {
    const same = equalValues(left, right);
    return same === undefined ? undefined : !same;
  }
  const order = orderValues(left, right);
  if (order === undefined) return undefined;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}
