import type { Bundle, Limit, OutputStep, Transform } from "./schema/bundle.js";
import type { Expression } from "./schema/expression.js";

const NONE: readonly Expression[] = [];

/** The expressions directly below one, in source order. */
export function children(node: Expression): readonly Expression[] {
  switch (node.op) {
    case "literal":
    case "arg":
    case "argsOf":
    case "claim":
    case "variable":
    case "tool":
    case "now":
    case "role":
    case "given":
    case "param":
    case "result":
    case "sinks":
    case "asked":
    case "labelled":
    case "firstSeen":
      return NONE;
    case "list":
    case "and":
    case "or":
      return node.items;
    case "field":
    case "member":
    case "negate":
    case "not":
    case "said":
    case "integrity":
    case "detects":
      return [node.of];
    case "readable":
      return [node.by];
    case "did":
      return node.event.when === undefined ? NONE : [node.event.when];
    case "index":
      return [node.of, node.index];
    case "map":
    case "every":
    case "some":
      return [node.list, node.body];
    case "arithmetic":
    case "compare":
    case "in":
    case "under":
    case "contains":
      return [node.left, node.right];
    case "between":
      return [node.left, node.low, node.high];
    case "hostIn":
    case "like":
    case "matches":
      return [node.left];
    case "function":
    case "fact":
      return node.args;
  }
}

/** Visits an expression and everything below it, parents first. */
export function walk(node: Expression, visit: (node: Expression) => void): void {
  const open: Expression[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    visit(next);
    const below = children(next);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) open.push(child);
    }
  }
}

/** An expression that a bundle holds at its top, and where. */
export class Placed {
  readonly node: Expression;
  readonly #list: string;
  readonly #index: number;
  readonly #part: string;

  constructor(node: Expression, list: string, index: number, part: string) {
    this.node = node;
    this.#list = list;
    this.#index = index;
    this.#part = part;
  }

  /** Its place, such as `rules[3].when`. It is written when it is asked for: there are as many as rules. */
  get path(): string {
    return `${this.#list}[${this.#index}].${this.#part}`;
  }
}

/** Every expression that a bundle holds at its top: what must be checked or prepared before it is used. */
export function* bundleExpressions(bundle: Bundle): Generator<Placed> {
  for (const [i, role] of bundle.roles.entries()) yield new Placed(role.when, "roles", i, "when");
  for (const [i, tool] of bundle.tools.entries()) {
    if (tool.readers !== undefined) yield new Placed(tool.readers, "tools", i, "readers");
    for (const { value } of tool.undo?.args ?? []) yield new Placed(value, "tools", i, "undo");
  }
  for (const [i, endorsement] of bundle.endorsements.entries())
    yield new Placed(endorsement.when, "endorsements", i, "when");
  for (const [i, rule] of bundle.rules.entries()) {
    yield new Placed(rule.when, "rules", i, "when");
    for (const limit of rule.limits)
      for (const node of limitExpressions(limit)) yield new Placed(node, "rules", i, "limits");
    if (rule.kind === "allow" || rule.kind === "ask") {
      for (const transform of rule.transforms ?? [])
        for (const node of transformExpressions(transform)) yield new Placed(node, "rules", i, "transforms");
    }
    if (rule.kind === "output")
      for (const step of rule.steps)
        for (const node of stepExpressions(step)) yield new Placed(node, "rules", i, "steps");
  }
}

function limitExpressions(limit: Limit): readonly Expression[] {
  return limit.kind === "distinct" || limit.kind === "sum" ? [...limit.by, limit.of] : limit.by;
}

function transformExpressions(transform: Transform): readonly Expression[] {
  switch (transform.kind) {
    case "clamp":
      return [transform.low, transform.high];
    case "set":
      return [transform.value];
    case "redact":
    case "drop":
      return [];
  }
}

function stepExpressions(step: OutputStep): readonly Expression[] {
  return step.kind === "forbid" ? [step.when] : [];
}
