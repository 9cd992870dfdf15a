import type { Expression, Json, Type } from "@writ/ir";
import {
  compileGlob,
  compilePattern,
  isPlainHost,
  parseAddressPattern,
  readValue,
  type AddressPattern,
  type Glob,
  type NamedTypes,
  type Pattern,
  type Value,
} from "@writ/ir/values";
import { GuardError } from "../errors.js";
import { quick } from "./engine/quick.js";
import { kindOf } from "./engine/slots.js";

type Literal = Extract<Expression, { op: "literal" }>;
type HostIn = Extract<Expression, { op: "hostIn" }>;

/** What stands for a node of a condition; undefined where nothing does. */
export interface Lookup<T> {
  get(node: Expression): T | undefined;
}

/** The same of what is made when it is asked for: `get` keeps it, `make` does not. */
export interface Made<T> extends Lookup<T> {
  make(node: Expression): T | undefined;
}

/** What the conditions of a program compare with, ready to be compared with. */
export interface Constants {
  readonly literals: Made<Value>;
  readonly globs: Lookup<Glob>;
  readonly patterns: Lookup<Pattern>;
  readonly hosts: Made<readonly AddressPattern[]>;
}

/** Nodes whose constants have to be looked at before anything is decided. */
export interface Constant {
  /** Literals that are not plainly what their type says. */
  readonly literals: readonly Literal[];
  readonly likes: readonly Extract<Expression, { op: "like" }>[];
  readonly matches: readonly Extract<Expression, { op: "matches" }>[];
  readonly hosts: readonly HostIn[];
}

/**
 * Checks every constant of a bundle, and makes it ready when it is first asked for. Throws a {@link GuardError}
 * `policy_invalid` on one that does not compile.
 */
export function constantsOf({ literals, likes, matches, hosts }: Constant, types: NamedTypes): Constants {
  for (const node of literals) literalOf(node, types);
  const globs = new Map<Expression, Glob>();
  const patterns = new Map<Expression, Pattern>();
  for (const node of likes) {
    const compiled = compileGlob(node.glob);
    globs.set(node, compiled.ok ? compiled.glob : refuse(node, compiled.message));
  }
  for (const node of matches) {
    const compiled = compilePattern(node.pattern);
    patterns.set(node, compiled.ok ? compiled.pattern : refuse(node, compiled.message));
  }
  const known = new Set<string>();
  for (const node of hosts)
    for (const text of node.patterns) {
      if (isPlainHost(text) || known.has(text)) continue;
      hostOf(node, text);
      known.add(text);
    }
  return {
    literals: new Later((node) => (node.op === "literal" ? literalOf(node, types) : undefined)),
    globs,
    patterns,
    hosts: new Later((node) => (node.op === "hostIn" ? node.patterns.map((text) => hostOf(node, text)) : undefined)),
  };
}

/** Made when it is first asked for, and kept. */
class Later<T> implements Made<T> {
  readonly make: (node: Expression) => T | undefined;
  readonly #known = new Map<Expression, T>();

  constructor(make: (node: Expression) => T | undefined) {
    this.make = make;
  }

  get(node: Expression): T | undefined {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const made = this.make(node);
    if (made !== undefined) this.#known.set(node, made);
    return made;
  }
}

function literalOf(node: Literal, types: NamedTypes): Value {
  const plain = plainValue(node.type, node.value);
  if (plain !== undefined) return plain;
  const read = readValue(node.type, node.value, types);
  return read.ok ? read.value : refuse(node, read.fault.message);
}

/** The value of a literal that is what its type says by its looks; undefined says nothing, and it has to be read. */
export function plainValue(type: Type, value: Json): Value | undefined {
  // What stands for a decimal is no value that a tree may be handed.
  if (type.kind !== "List") return type.kind === "Decimal" ? undefined : quick(kindOf(type), type, value);
  if (!isTexts(value)) return undefined;
  const kind = kindOf(type.of);
  for (const item of value) if (quick(kind, type.of, item) === undefined) return undefined;
  return value;
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function hostOf(node: HostIn, text: string): AddressPattern {
  // A plain name is canonical as it stands, and no block of addresses.
  if (isPlainHost(text)) return { kind: "host", pattern: { suffix: text, below: false } };
  return parseAddressPattern(text) ?? refuse(node, `${text} is not a host pattern`);
}

function refuse(node: Expression, message: string): never {
  throw new GuardError(
    "policy_invalid",
    `the bundle holds a ${node.op} at line ${node.at[3]} that does not compile: ${message}`,
  );
}
