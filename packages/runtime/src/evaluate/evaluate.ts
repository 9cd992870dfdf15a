import type { Expression } from "@writ/ir";
import { calculate, equalValues, globMatches, hostMatches, isListValue, isUnder, orderValues, readMember, type Value } from "@writ/ir/values";
import { argumentsOf, field } from "./arguments-of.js";
import { applyFunction } from "./functions.js";
import { all, any, negate, type Truth } from "./kleene.js";
import { step, type Scope } from "./scope.js";

/** The truth of a condition in strong Kleene logic. What is not a condition is unknown. */
export function truthOf(node: Expression, scope: Scope): Truth {
  step(scope);
  switch (node.op) {
    case "and":
      return all(node.items, (item) => truthOf(item, scope));
    case "or":
      return any(node.items, (item) => truthOf(item, scope));
    case "not":
      return negate(truthOf(node.of, scope));
    case "role":
      return roleOf(node.name, scope);
    case "given":
      return given(node.path, scope);
    case "compare":
      return compare(node, scope);
    case "in": {
      const list = listOf(node.right, scope);
      const left = valueOf(node.left, scope);
      if (list?.length === 0) return false;
      return list === undefined || left === undefined ? undefined : any(list, (item) => equalValues(left, item));
    }
    case "between": {
      const left = valueOf(node.left, scope);
      return all([node.low, node.high], (bound) => {
        const limit = valueOf(bound, scope);
        const order = left === undefined || limit === undefined ? undefined : orderValues(left, limit);
        return order === undefined ? undefined : bound === node.low ? order >= 0 : order <= 0;
      });
    }
    case "hostIn": {
      const host = valueOf(node.left, scope);
      const patterns = scope.program.hosts.get(node);
      if (typeof host !== "string" || patterns === undefined) return undefined;
      return patterns.some((pattern) => hostMatches(host, pattern));
    }
    case "under": {
      const left = valueOf(node.left, scope);
      const right = valueOf(node.right, scope);
      return typeof left === "string" && typeof right === "string" ? isUnder(left, right) : undefined;
    }
    case "like": {
      const text = valueOf(node.left, scope);
      const glob = scope.program.globs.get(node);
      return typeof text === "string" && glob !== undefined ? globMatches(glob, text) : undefined;
    }
    case "matches": {
      const text = valueOf(node.left, scope);
      const pattern = scope.program.patterns.get(node);
      return typeof text === "string" && pattern !== undefined ? pattern.matches(text) : undefined;
    }
    case "contains": {
      const left = valueOf(node.left, scope);
      const right = valueOf(node.right, scope);
      return typeof left === "string" && typeof right === "string" ? left.includes(right) : undefined;
    }
    case "every":
    case "some": {
      const list = listOf(node.list, scope);
      if (list === undefined) return undefined;
      const quantify = node.op === "every" ? all : any;
      return quantify(list, (item: Value) => bind(scope, node.variable, item, () => truthOf(node.body, scope)));
    }
    case "said":
    case "asked":
    case "integrity":
    case "readable":
    case "labelled":
    case "firstSeen":
    case "detects":
    case "did":
      return undefined; // no guard starts with these
    case "literal":
    case "arg":
    case "argsOf":
    case "claim":
    case "variable":
    case "tool":
    case "now":
    case "list":
    case "field":
    case "member":
    case "index":
    case "map":
    case "arithmetic":
    case "negate":
    case "function":
    case "param":
    case "fact":
    case "result":
    case "sinks": {
      const value = valueOf(node, scope);
      return typeof value === "boolean" ? value : undefined;
    }
  }
}

function compare(node: Extract<Expression, { op: "compare" }>, scope: Scope): Truth {
  const left = valueOf(node.left, scope);
  const right = valueOf(node.right, scope);
  if (left === undefined || right === undefined) return undefined;
  switch (node.operator) {
    case "==":
      return equalValues(left, right);
    case "!=":
      return negate(equalValues(left, right));
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const order = orderValues(left, right);
      if (order === undefined) return undefined;
      if (node.operator === "<") return order < 0;
      if (node.operator === "<=") return order <= 0;
      return node.operator === ">" ? order > 0 : order >= 0;
    }
  }
}

function roleOf(name: string, scope: Scope): Truth {
  if (scope.supposed !== undefined) return scope.supposed.has(name);
  if (scope.roles.has(name)) return scope.roles.get(name);
  const condition = scope.program.roles.get(name);
  // A role that meets itself on the way is unknown.
  scope.roles.set(name, undefined);
  const truth = condition === undefined ? undefined : truthOf(condition, scope);
  scope.roles.set(name, truth);
  return truth;
}

/** Whether an argument, or a field below one, was given. `[]` for an optional list counts as not given. */
function given(path: readonly string[], scope: Scope): boolean {
  const [name = "", ...fields] = path;
  let value = scope.args.get(name);
  for (const inner of fields) value = field(value, inner);
  if (value === undefined) return false;
  return !(isListValue(value) && value.length === 0);
}

/** The value of an expression; undefined is unknown. Pure; never throws but for a spent budget. */
export function valueOf(node: Expression, scope: Scope): Value | undefined {
  step(scope);
  switch (node.op) {
    case "literal":
      return scope.program.literals.get(node);
    case "arg":
      return scope.args.get(node.name);
    case "argsOf":
      return argumentsOf(node.type, scope);
    case "claim":
      return scope.claims[node.of].get(node.name);
    case "variable":
      return scope.variables.get(node.name);
    case "tool":
      return node.field === "name" ? scope.tool?.tool.name : scope.tool?.tool.risk;
    case "now":
      return scope.now;
    case "list":
      return known(node.items.map((item) => valueOf(item, scope)));
    case "field":
      return field(valueOf(node.of, scope), node.name);
    case "member": {
      const receiver = valueOf(node.of, scope);
      return receiver === undefined ? undefined : readMember(node.type.kind, node.name, receiver);
    }
    case "index": {
      const list = valueOf(node.of, scope);
      const index = valueOf(node.index, scope);
      return list !== undefined && isListValue(list) && typeof index === "number" && index >= 0 ? list[index] : undefined;
    }
    case "map": {
      const list = listOf(node.list, scope);
      return list === undefined ? undefined : known(list.map((item) => bind(scope, node.variable, item, () => valueOf(node.body, scope))));
    }
    case "arithmetic": {
      const left = valueOf(node.left, scope);
      const right = valueOf(node.right, scope);
      return left === undefined || right === undefined ? undefined : calculate(node.operator, left, right);
    }
    case "negate": {
      const value = valueOf(node.of, scope);
      return value === undefined ? undefined : calculate("*", value, -1);
    }
    case "function": {
      const args = known(node.args.map((arg) => valueOf(arg, scope)));
      return args === undefined ? undefined : applyFunction(node.name, args);
    }
    case "and":
    case "or":
    case "not":
    case "role":
    case "given":
    case "compare":
    case "in":
    case "between":
    case "hostIn":
    case "under":
    case "like":
    case "matches":
    case "contains":
    case "every":
    case "some":
    case "said":
    case "asked":
    case "integrity":
    case "readable":
    case "labelled":
    case "firstSeen":
    case "detects":
    case "did":
      return truthOf(node, scope);
    case "param":
    case "fact":
    case "result":
    case "sinks":
      return undefined; // no guard starts with these
  }
}

/**
 * The elements of a list to quantify over. An optional list that was not given has none; one that the tool does
 * not declare, or that is below something unknown, is unknown.
 */
export function listOf(node: Expression, scope: Scope): readonly Value[] | undefined {
  if (node.op === "arg" && !scope.args.has(node.name)) {
    return scope.tool?.params.get(node.name)?.optional === true ? [] : undefined;
  }
  if (node.op === "map") {
    const list = listOf(node.list, scope);
    const body = node.body;
    if (list === undefined) return undefined;
    return known(list.map((item) => bind(scope, node.variable, item, () => valueOf(body, scope))));
  }
  const value = valueOf(node, scope);
  return value !== undefined && isListValue(value) ? value : undefined;
}

/** Evaluates with a name bound, and takes the binding back. */
export function bind<T>(scope: Scope, name: string, value: Value, run: () => T): T {
  const before = scope.variables.get(name);
  scope.variables.set(name, value);
  try {
    return run();
  } finally {
    if (before === undefined) scope.variables.delete(name);
    else scope.variables.set(name, before);
  }
}

function known(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  const out: Value[] = [];
  for (const value of values) {
    if (value === undefined) return undefined;
    out.push(value);
  }
  return out;
}
