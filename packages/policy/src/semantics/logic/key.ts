import type { Expression } from "@writ/ir";

const known = new WeakMap<Expression, string>();

/** A text that is the same for expressions that mean the same thing by their shape: places and names of variables do not count. */
export function keyOf(node: Expression): string {
  const found = known.get(node);
  if (found !== undefined) return found;
  const key = write(node, []);
  known.set(node, key);
  return key;
}

function write(node: Expression, bound: readonly string[]): string {
  switch (node.op) {
    case "variable": {
      const index = bound.lastIndexOf(node.name);
      return index === -1 ? `$${node.name}` : `#${index}`;
    }
    case "every":
    case "some":
    case "map":
      return `${node.op}(${write(node.list, bound)};${write(node.body, [...bound, node.variable])})`;
    default: {
      let text: string = node.op;
      for (const [name, value] of Object.entries(node))
        if (name !== "op" && name !== "at") text += `|${part(value, bound)}`;
      return `${text};`;
    }
  }
}

/** What an expression is made of; what is below is written by itself, so that its places do not count either. */
function part(value: unknown, bound: readonly string[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => part(one, bound)).join()}]`;
  if (isExpression(value)) return write(value, bound);
  return `{${Object.entries(value)
    .map(([name, one]) => (name === "at" ? "" : `${name}:${part(one, bound)}`))
    .join()}}`;
}

/** An expression with a variable under another name. */
export function renamed(node: Expression, from: string, to: string): Expression {
  if (from === to) return node;
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    if ("op" in value && value.op === "variable" && "name" in value && value.name === from)
      return { ...value, name: to };
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)]));
  };
  const copied = copy(node);
  return isExpression(copied) ? copied : node;
}

/** A copy of an expression is one. */
function isExpression(value: unknown): value is Expression {
  return typeof value === "object" && value !== null && "op" in value;
}
