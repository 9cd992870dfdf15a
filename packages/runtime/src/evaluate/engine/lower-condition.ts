import type { Expression } from "@writ/ir";
import type { Value } from "@writ/ir/values";
import type { Program } from "../program.js";
import type { Code } from "./code.js";
import { constantDraft, drafts, type Comparing } from "./compare-draft.js";
import type { Draft } from "./draft.js";
import { HostSet } from "./host-set.js";
import * as op from "./operations.js";
import { keyOf, type Slots } from "./slots.js";

/** What of a program the conditions are lowered with. */
export type Lowered = Pick<Program, "literals" | "globs" | "patterns" | "hosts" | "roles">;

/** Deeper conditions than anyone writes are left to the tree. */
const MAX_DEPTH = 64;

/** Lowers the conditions of one tool. What has no operation of its own is walked, which means the same. */
export class Lowering {
  readonly #program: Lowered;
  readonly #code: Code;
  readonly #slots: Slots;
  readonly #comparing: Comparing;
  /** Each role is lowered once: one that leans on others twice, and these on others, would take forever. */
  readonly #roles = new Map<string, Draft>();

  constructor(program: Lowered, code: Code, slots: Slots) {
    this.#program = program;
    this.#code = code;
    this.#slots = slots;
    this.#comparing = { code, slots };
  }

  /** The conjuncts of a condition. */
  conjuncts(node: Expression, depth = 0): Draft[] {
    if (node.op !== "and" || depth > MAX_DEPTH) return [this.#draft(node, depth)];
    const out: Draft[] = [];
    for (const item of node.items) for (const draft of this.conjuncts(item, depth + 1)) out.push(draft);
    return out;
  }

  #draft(node: Expression, depth: number): Draft {
    return (depth > MAX_DEPTH ? undefined : this.#native(node, depth)) ?? this.#walk(node);
  }

  #native(node: Expression, depth: number): Draft | undefined {
    switch (node.op) {
      case "and":
        return group(op.ALL, this.conjuncts(node, depth));
      case "or":
        return group(
          op.ANY,
          node.items.map((item) => this.#draft(item, depth + 1)),
        );
      case "not": {
        const draft = this.#draft(node.of, depth + 1);
        return { ...draft, operation: draft.operation ^ op.NOT };
      }
      case "role":
        return this.#role(node.name, depth);
      case "literal": {
        const value = this.#program.literals.make(node);
        return constantDraft(value === true ? op.TRUE : value === false ? op.FALSE : op.UNKNOWN);
      }
      case "given": {
        const [name = "", ...below] = node.path;
        const slot = this.#slots.ofParam(name);
        if (slot === undefined) return constantDraft(op.FALSE);
        return below.length > 0 ? undefined : leaf(op.GIVEN, slot, 0);
      }
      case "compare":
        return this.#compare(node);
      case "between": {
        const [low, high] = [this.#literal(node.low), this.#literal(node.high)];
        const slot = this.#slot(node.left);
        return low === undefined || high === undefined || slot === undefined
          ? undefined
          : drafts.between(this.#comparing, slot, low, high);
      }
      case "in":
        return this.#in(node);
      case "hostIn": {
        const slot = this.#slot(node.left);
        if (slot === undefined) return undefined;
        const key = JSON.stringify(node.patterns);
        return shared(
          op.HOST_IN,
          slot,
          this.#code.hostSet(key, () => new HostSet(node, this.#program.hosts)),
          SEARCH,
        );
      }
      case "under": {
        const [slot, outer] = [this.#slot(node.left), this.#literal(node.right)];
        return slot === undefined || typeof outer !== "string"
          ? undefined
          : leaf(op.UNDER, slot, this.#code.text(outer));
      }
      case "like": {
        const [slot, glob] = [this.#slot(node.left), this.#program.globs.get(node)];
        return slot === undefined || glob === undefined
          ? undefined
          : shared(op.LIKE, slot, this.#code.glob(node.glob, glob), LIBRARY);
      }
      case "matches": {
        const [slot, pattern] = [this.#slot(node.left), this.#program.patterns.get(node)];
        return slot === undefined || pattern === undefined
          ? undefined
          : shared(op.MATCHES, slot, this.#code.pattern(node.pattern, pattern), LIBRARY);
      }
      case "contains": {
        const [slot, part] = [this.#slot(node.left), this.#literal(node.right)];
        return slot === undefined || typeof part !== "string"
          ? undefined
          : shared(op.CONTAINS, slot, this.#code.text(part), SEARCH);
      }
      case "arg":
      case "claim":
      case "param":
      case "field":
      case "member":
      case "index": {
        const slot = this.#slot(node);
        return slot === undefined ? undefined : leaf(op.HOLDS, slot, 0);
      }
      case "argsOf":
      case "variable":
      case "tool":
      case "now":
      case "list":
      case "map":
      case "arithmetic":
      case "negate":
      case "function":
      case "fact":
      case "result":
      case "sinks":
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
        return undefined;
    }
  }

  #walk(node: Expression): Draft {
    return { operation: op.WALK, slot: 0, constant: this.#code.tree(node), cost: TREE, key: keyOf(node) };
  }

  #role(name: string, depth: number): Draft {
    const known = this.#roles.get(name);
    if (known !== undefined) return known;
    const when = this.#program.roles.get(name);
    const parts = when === undefined ? [constantDraft(op.UNKNOWN)] : [group(op.ALL, this.conjuncts(when, depth + 1))];
    const constant = this.#code.text(name);
    const draft: Draft = { operation: op.ROLE, slot: 0, constant, cost: GROUP, parts, key: `role ${name}` };
    this.#roles.set(name, draft);
    return draft;
  }

  #compare(node: Extract<Expression, { op: "compare" }>): Draft | undefined {
    const [left, right] = [this.#literal(node.left), this.#literal(node.right)];
    const turn = left !== undefined && right === undefined;
    const constant = turn ? left : right;
    const slot = this.#slot(turn ? node.right : node.left);
    if (slot === undefined) return undefined;
    const operator = turn ? MIRROR[node.operator] : node.operator;
    if (constant !== undefined) return drafts.compare(this.#comparing, operator, slot, constant);
    if (operator !== "==" && operator !== "!=") return undefined;
    const other = this.#slot(node.right);
    if (other === undefined || !this.#whole(slot) || !this.#whole(other)) return undefined;
    return leaf(op.SLOTS_EQUAL ^ (operator === "!=" ? op.NOT : 0), slot, other);
  }

  #in({ left, right }: Extract<Expression, { op: "in" }>): Draft | undefined {
    const list = this.#literal(right);
    if (list !== undefined) {
      if (!isList(list)) return undefined;
      if (list.length === 0) return constantDraft(op.FALSE);
      const slot = this.#slot(left);
      return slot === undefined ? undefined : drafts.among(this.#comparing, slot, list);
    }
    const slot = this.#slot(right);
    if (slot === undefined) return undefined;
    const item = this.#literal(left);
    const absent = right.op === "arg" && this.#slots.isOptional(right.name);
    if (typeof item === "string")
      return shared(absent ? op.OPTIONAL_LIST_HAS : op.LIST_HAS, slot, this.#code.text(item), SEARCH);
    const other = item === undefined && !absent ? this.#slot(left) : undefined;
    return other === undefined || !this.#whole(other) ? undefined : leaf(op.SLOT_IN_SLOT, other, slot);
  }

  #literal(node: Expression): Value | undefined {
    return node.op === "literal" ? this.#program.literals.make(node) : undefined;
  }

  /** The slot of a value; undefined for what is better left to the tree. */
  #slot(node: Expression): number | undefined {
    switch (node.op) {
      case "arg":
        return this.#slots.ofParam(node.name);
      case "claim":
      case "param":
      case "tool":
      case "now":
      case "field":
      case "member":
      case "index":
      case "function":
      case "arithmetic":
      case "fact":
        return this.#slots.ofNode(node);
      default:
        return undefined;
    }
  }

  /** Whether a slot holds the value as the tree has it. */
  #whole(slot: number): boolean {
    return this.#slots.isWhole(slot);
  }
}

const MIRROR = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

const CHEAP = 1;
const SEARCH = 2;
const GROUP = 3;
const LIBRARY = 4;
const TREE = 5;

function leaf(operation: number, slot: number, constant: number): Draft {
  return { operation, slot, constant, cost: CHEAP };
}

/** A leaf that takes long enough to be found only once a call. */
function shared(operation: number, slot: number, constant: number, cost: number): Draft {
  return { operation, slot, constant, cost, key: `${operation} ${slot} ${constant}` };
}

function group(operation: number, parts: readonly Draft[]): Draft {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return { operation, slot: 0, constant: 0, cost: Math.max(GROUP, ...costs(parts)), parts };
}

/** The dearest part decides; more would only be sorted longer. */
function costs(parts: readonly Draft[]): readonly number[] {
  return parts.some(({ cost }) => cost === TREE) ? [TREE] : parts.some(({ cost }) => cost === LIBRARY) ? [LIBRARY] : [];
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
