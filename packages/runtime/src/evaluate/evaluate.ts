import type { Expression } from "@writ/ir";
import {
  addressMatches,
  byteLength,
  calculate,
  equalValues,
  globMatches,
  isListValue,
  isUnder,
  orderValues,
  readMember,
  textOfValue,
  type Value,
} from "@writ/ir/values";
import { leavesOf } from "../flow/call-flow.js";
import { argumentsOf, field } from "./arguments-of.js";
import { happened } from "../history/happened.js";
import { fromLevel, isReadable, isSaid, sinksOf, type Evaluator } from "./conversation.js";
import { applyFunction } from "./functions.js";
import { all, any, negate, type Truth } from "./kleene.js";
import { step, type Scope } from "./scope.js";
import { typeOf } from "./type-of.js";

const EVALUATOR: Evaluator = { truthOf, valueOf, listOf };

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
      return any(patterns, (pattern) => addressMatches(host, pattern));
    }
    case "under": {
      const left = valueOf(node.left, scope);
      const right = valueOf(node.right, scope);
      return typeof left === "string" && typeof right === "string" ? isUnder(left, right) : undefined;
    }
    case "like": {
      const text = textOfValue(valueOf(node.left, scope));
      const glob = scope.program.globs.get(node);
      return text !== undefined && glob !== undefined ? globMatches(glob, text) : undefined;
    }
    case "matches": {
      const text = textOfValue(valueOf(node.left, scope));
      const pattern = scope.program.patterns.get(node);
      return text !== undefined && pattern !== undefined ? pattern.matches(text) : undefined;
    }
    case "contains": {
      const left = textOfValue(valueOf(node.left, scope));
      const right = textOfValue(valueOf(node.right, scope));
      return left !== undefined && right !== undefined ? left.includes(right) : undefined;
    }
    case "every":
    case "some": {
      const list = listOf(node.list, scope);
      if (list === undefined) return undefined;
      const quantify = node.op === "every" ? all : any;
      return quantify(list, (item: Value) => bind(scope, node, item, () => truthOf(node.body, scope)));
    }
    case "said":
      return isSaid(node, scope, EVALUATOR);
    case "asked":
      return scope.flow?.asked(scope.program.intents.get(node.intent) ?? []);
    case "integrity":
      return fromLevel(node, scope, EVALUATOR);
    case "readable":
      return isReadable(node, scope, EVALUATOR);
    case "labelled":
      return scope.flow?.reaches(node.labels);
    case "firstSeen":
      return scope.flow?.firstSeen();
    case "detects":
      return detects(node, scope);
    case "did":
      return happened(node, scope, truthOf);
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
      return list !== undefined && isListValue(list) && typeof index === "number" && index >= 0
        ? list[index]
        : undefined;
    }
    case "map": {
      const list = listOf(node.list, scope);
      return list === undefined
        ? undefined
        : known(list.map((item) => bind(scope, node, item, () => valueOf(node.body, scope))));
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
      if (args === undefined) return undefined;
      const [only] = node.args;
      // Bytes are base64 here: what counts is what they stand for.
      if (
        node.name === "size" &&
        only !== undefined &&
        typeof args[0] === "string" &&
        typeOf(only, scope)?.kind === "Bytes"
      )
        return byteLength(args[0]);
      return applyFunction(node.name, args);
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
      return scope.program.params.get(node.name);
    case "fact": {
      const fact = scope.program.facts.get(node.name);
      const args = known(node.args.map((arg) => valueOf(arg, scope)));
      return fact === undefined || args === undefined ? undefined : scope.answers?.fact(fact, args);
    }
    case "result":
      return scope.result;
    case "sinks":
      return sinksOf(scope);
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
    return known(list.map((item) => bind(scope, node, item, () => valueOf(body, scope))));
  }
  const value = valueOf(node, scope);
  return value !== undefined && isListValue(value) ? value : undefined;
}

/** Evaluates with a name bound to an element of a list, and takes the binding back. */
export function bind<T>(
  scope: Scope,
  { variable, list }: { readonly variable: string; readonly list: Expression },
  value: Value,
  run: () => T,
): T {
  const before = scope.variables.get(variable);
  const listBefore = scope.lists.get(variable);
  scope.variables.set(variable, value);
  scope.lists.set(variable, list);
  try {
    return run();
  } finally {
    if (before === undefined) scope.variables.delete(variable);
    else scope.variables.set(variable, before);
    if (listBefore === undefined) scope.lists.delete(variable);
    else scope.lists.set(variable, listBefore);
  }
}

/** Whether a detector finds something in any text of a value. */
function detects(node: Extract<Expression, { op: "detects" }>, scope: Scope): Truth {
  const value = valueOf(node.of, scope);
  if (value === undefined) return undefined;
  const texts: string[] = [];
  leavesOf(value, undefined, scope.program.types, (leaf) => {
    // Within data of any shape a number may be a card's.
    const text = typeof leaf === "number" ? String(leaf) : textOfValue(leaf);
    if (text !== undefined) texts.push(text);
  });
  return any(node.detectors, (name) => any(texts, (text) => scope.answers?.detects(name, text)));
}

function known(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  const out: Value[] = [];
  for (const value of values) {
    if (value === undefined) return undefined;
    out.push(value);
  }
  return out;
}
