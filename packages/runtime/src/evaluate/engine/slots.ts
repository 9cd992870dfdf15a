import type { Expression, Field, IdentityKind, Type } from "@writ/ir";
import type { NamedTypes, Value } from "@writ/ir/values";
import type { Program } from "../program.js";

/** How a value is read, and what its slot holds. */
export const READ_ANY = 0;
export const READ_TEXT = 1;
export const READ_LINE = 2;
export const READ_ID = 3;
export const READ_PATH = 4;
export const READ_HOST = 5;
export const READ_ENUM = 6;
export const READ_BOOL = 7;
export const READ_INT = 8;
/** The slot holds a double that names the decimal, or the decimal itself. */
export const READ_DECIMAL = 9;
/** The slot holds minor units; the frame holds the currency beside it. */
export const READ_MONEY = 10;
/** A list of texts; only of claims. */
export const READ_TEXTS = 11;

/** What stands where a slot has not been looked at in this call. */
export const PENDING = Symbol("pending");

export type Slot = Value | undefined | typeof PENDING;

/** A declared claim. */
export interface Claim {
  readonly of: IdentityKind;
  readonly field: Field;
  readonly kind: number;
}

/** A value that is found by the tree, or among the claims, once a call. */
export interface Derived {
  readonly node: Expression;
  readonly claim?: Claim;
}

/**
 * The values that the conditions of one tool look at, numbered: first the arguments in the order of their declaration,
 * then whatever else they name: a claim, a param, a member of an argument.
 */
export class Slots {
  /** How many of them are arguments. */
  readonly params: number;
  readonly kinds: Uint8Array;
  /** The types of the arguments; names of types resolved. */
  readonly types: readonly Type[];
  readonly derived: Derived[] = [];
  readonly #places: ReadonlyMap<string, number>;
  readonly #identity: Program["bundle"]["identity"];
  readonly #known = new Map<string, number>();

  constructor(params: readonly Field[], identity: Program["bundle"]["identity"], types: NamedTypes) {
    this.params = params.length;
    this.types = params.map(({ type }) => (type.kind === "Named" ? (types.get(type.name) ?? type) : type));
    this.kinds = Uint8Array.from(this.types, kindOf);
    this.#places = new Map(params.map(({ name }, i) => [name, i]));
    this.#identity = identity;
  }

  get size(): number {
    return this.params + this.derived.length;
  }

  /** The slot of an argument; undefined where the tool declares none of that name. */
  ofParam(name: string): number | undefined {
    return this.#places.get(name);
  }

  /** The slot of another value; equal expressions share one. */
  ofNode(node: Expression): number {
    const key = node.op === "claim" ? `${node.of}.${node.name}` : keyOf(node);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const claim = node.op === "claim" ? this.#claim(node.of, node.name) : undefined;
    const at = this.params + this.derived.push(claim === undefined ? { node } : { node, claim }) - 1;
    this.#known.set(key, at);
    return at;
  }

  /** Whether a slot holds a value as the evaluator of trees has it: numbers that stand for amounts and decimals do not. */
  isWhole(slot: number): boolean {
    const kind = this.kinds[slot];
    return kind !== READ_DECIMAL && kind !== READ_MONEY;
  }

  /** Forgets what only loading needs. */
  seal(): void {
    this.#known.clear();
  }

  #claim(of: IdentityKind, name: string): Claim | undefined {
    const field = this.#identity[of].find((declared) => declared.name === name);
    if (field === undefined) return undefined;
    const { type } = field;
    const texts = type.kind === "List" && type.of.kind === "Text" && type.of.max === undefined;
    return { of, field, kind: texts ? READ_TEXTS : kindOf(type) };
  }
}

/** The same text for the same expression, wherever it stands. */
export function keyOf(node: Expression): string {
  return JSON.stringify(node, withoutPlace);
}

/** Where a node stands does not matter, and what a literal holds is no node. */
function withoutPlace(key: string, value: unknown): unknown {
  if (key === "at") return undefined;
  return key === "value" ? JSON.stringify(value) : value;
}

function kindOf(type: Type): number {
  switch (type.kind) {
    case "Text":
      return READ_TEXT;
    case "Line":
      return READ_LINE;
    case "Id":
    case "Ref":
      return READ_ID;
    case "Path":
      return READ_PATH;
    case "Host":
      return READ_HOST;
    case "Enum":
      return READ_ENUM;
    case "Bool":
      return READ_BOOL;
    case "Int":
      return READ_INT;
    case "Decimal":
      return READ_DECIMAL;
    case "Money":
      return READ_MONEY;
    case "Bytes":
    case "Duration":
    case "Time":
    case "Json":
    case "Url":
    case "Ip":
    case "Email":
    case "Command":
    case "Sql":
    case "Named":
    case "List":
    case "Record":
      return READ_ANY;
  }
}
