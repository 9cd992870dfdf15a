import type { Expression, Field, IdentityKind, Type } from "@writ/ir";
import type { NamedTypes } from "@writ/ir/values";
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

/** How one argument is read. */
export interface Reader {
  readonly name: string;
  readonly kind: number;
  /** The longest text that it may be. */
  readonly most: number;
  /** 1 where it must be given. */
  readonly required: number;
}

/** How the arguments of a tool are read; tools that declare the same share it. */
export interface Params {
  /** In the order of declaration: the place of an argument is its slot. */
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  /** Names of types resolved. */
  readonly types: readonly Type[];
  readonly kinds: readonly number[];
  readonly readers: readonly Reader[];
  readonly requiredCount: number;
}

/** Makes ready how arguments are read. */
export function paramsOf(fields: readonly Field[], named: NamedTypes): Params {
  const types = fields.map(({ type }) => (type.kind === "Named" ? (named.get(type.name) ?? type) : type));
  const kinds = types.map(kindOf);
  const readers = fields.map(({ name, optional }, i): Reader => {
    const type = types[i];
    return {
      name: internal(name),
      kind: kinds[i] ?? READ_ANY,
      most: type === undefined ? 0 : mostOf(type),
      required: optional === true ? 0 : 1,
    };
  });
  return {
    names: fields.map(({ name }) => name),
    places: new Map(fields.map(({ name }, i) => [name, i])),
    types,
    kinds,
    readers,
    requiredCount: readers.reduce((sum, { required }) => sum + required, 0),
  };
}

/** The same text as the key of an object holds it: two such are compared by where they lie. */
export function internal(name: string): string {
  return Object.keys({ [name]: true })[0] ?? name;
}

/**
 * Numbers the values that the conditions of one tool look at: first the arguments in the order of their declaration,
 * then whatever else they name: a claim, a param, a member of an argument.
 */
export class Slots {
  readonly params: Params;
  readonly derived: Derived[] = [];
  readonly #identity: Program["bundle"]["identity"];
  readonly #known = new Map<string, number>();

  constructor(params: Params, identity: Program["bundle"]["identity"]) {
    this.params = params;
    this.#identity = identity;
  }

  /** The slot of an argument; undefined where the tool declares none of that name. */
  ofParam(name: string): number | undefined {
    return this.params.places.get(name);
  }

  /** Whether an argument may be left out. */
  isOptional(name: string): boolean {
    const slot = this.ofParam(name);
    return slot !== undefined && this.params.readers[slot]?.required === 0;
  }

  /** The slot of another value; equal expressions share one. */
  ofNode(node: Expression): number {
    const key = node.op === "claim" ? `${node.of}.${node.name}` : keyOf(node);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const claim = node.op === "claim" ? this.#claim(node.of, node.name) : undefined;
    const at = this.params.names.length + this.derived.push(claim === undefined ? { node } : { node, claim }) - 1;
    this.#known.set(key, at);
    return at;
  }

  /** Whether a slot holds a value as the evaluator of trees has it: numbers that stand for amounts and decimals do not. */
  isWhole(slot: number): boolean {
    const kind = this.params.kinds[slot];
    return kind !== READ_DECIMAL && kind !== READ_MONEY;
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

/** The longest text that a type takes. */
export function mostOf(type: Type): number {
  return (type.kind === "Text" || type.kind === "Line" ? type.max : undefined) ?? Number.POSITIVE_INFINITY;
}

/** How a value of a type is read. */
export function kindOf(type: Type): number {
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
