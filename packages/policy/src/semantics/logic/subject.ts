import type { Expression, Type } from "@writ/ir";
import {
  compileGlob,
  equalValues,
  globMatches,
  hostMatches,
  isUnder,
  orderValues,
  parseHostPattern,
  type Value,
} from "@writ/ir/values";
import type { Atom } from "./conjunctions.js";
import { keyOf } from "./key.js";
import { constantOf, constantsOf } from "./constants.js";

interface Bound {
  readonly value: Value;
  readonly open: boolean;
}

/** What a list of atoms says of one value. */
class Subject {
  low: Bound | undefined;
  high: Bound | undefined;
  allowed: readonly Value[] | undefined;
  readonly excluded: Value[] = [];
  readonly hosts: (readonly string[])[] = [];
  readonly noHosts: string[] = [];
  readonly under: string[] = [];
  readonly notUnder: string[] = [];
  readonly like: string[] = [];
  readonly notLike: string[] = [];

  allow(values: readonly Value[]): void {
    this.allowed = (this.allowed ?? values).filter((one) => values.some((other) => equalValues(one, other) !== false));
  }

  atLeast(value: Value, open: boolean): void {
    const order = this.low === undefined ? 1 : orderValues(value, this.low.value);
    if (order === 1 || (order === 0 && open)) this.low = { value, open };
  }

  atMost(value: Value, open: boolean): void {
    const order = this.high === undefined ? -1 : orderValues(value, this.high.value);
    if (order === -1 || (order === 0 && open)) this.high = { value, open };
  }

  get isEmpty(): boolean {
    if (this.low !== undefined && this.high !== undefined) {
      const order = orderValues(this.low.value, this.high.value);
      if (order === 1 || (order === 0 && (this.low.open || this.high.open))) return true;
    }
    if (this.allowed !== undefined) return !this.allowed.some((value) => this.#admits(value));
    return this.#hostsAreApart() || this.#foldersAreApart();
  }

  /** Whether nothing that is said is against a value. */
  #admits(value: Value): boolean {
    if (this.excluded.some((one) => equalValues(one, value) === true)) return false;
    if (this.low !== undefined && isBelow(value, this.low.value, this.low.open)) return false;
    if (this.high !== undefined && isBelow(this.high.value, value, this.high.open)) return false;
    if (typeof value !== "string") return true;
    if (this.hosts.some((patterns) => !patterns.some((pattern) => isHost(value, pattern)))) return false;
    if (this.noHosts.some((pattern) => isHost(value, pattern))) return false;
    if (this.under.some((folder) => !isUnder(value, folder)) || this.notUnder.some((folder) => isUnder(value, folder)))
      return false;
    return (
      this.like.every((glob) => matchesGlob(value, glob) !== false) &&
      this.notLike.every((glob) => matchesGlob(value, glob) !== true)
    );
  }

  #hostsAreApart(): boolean {
    const [first, ...others] = this.hosts;
    if (first === undefined) return false;
    const left = first.filter(
      (pattern) =>
        others.every((patterns) => patterns.some((other) => overlap(pattern, other))) &&
        !this.noHosts.some((other) => covers(other, pattern)),
    );
    return left.length === 0;
  }

  #foldersAreApart(): boolean {
    return this.under.some(
      (folder) =>
        this.under.some((other) => !isUnder(folder, other) && !isUnder(other, folder)) ||
        this.notUnder.some((other) => isUnder(folder, other)),
    );
  }
}

function isBelow(a: Value, b: Value, orEqual: boolean): boolean {
  const order = orderValues(a, b);
  return order === -1 || (order === 0 && orEqual);
}

function isHost(host: string, text: string): boolean {
  const pattern = parseHostPattern(text);
  return pattern !== undefined && hostMatches(host, pattern);
}

/** Whether a host pattern admits all that another does. */
function covers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return (
    wide.startsWith("*.") && (narrow.startsWith("*.") ? narrow.slice(1).endsWith(wide.slice(1)) : isHost(narrow, wide))
  );
}

function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

function matchesGlob(text: string, glob: string): boolean | undefined {
  const compiled = compileGlob(glob);
  return compiled.ok ? globMatches(compiled.glob, text) : undefined;
}

/** Whether no value can be all that these atoms say of it. */
export function areApart(atoms: readonly Atom[]): boolean {
  const subjects = new Map<string, Subject>();
  const subject = (node: Expression, type?: Type): Subject => {
    const key = keyOf(node);
    const found = subjects.get(key);
    if (found !== undefined) return found;
    const made = new Subject();
    if (type?.kind === "Enum") made.allow(type.values);
    if (node.op === "function" && (node.name === "size" || node.name === "count")) made.atLeast(0, false);
    subjects.set(key, made);
    return made;
  };
  for (const atom of atoms) constrain(atom, subject);
  return [...subjects.values()].some((one) => one.isEmpty);
}

const FLIPPED = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

function constrain({ node, holds }: Atom, subject: (node: Expression, type?: Type) => Subject): void {
  switch (node.op) {
    case "compare": {
      const [left, right] = [constantOf(node.left), constantOf(node.right)];
      if ((left === undefined) === (right === undefined)) return;
      const value = left ?? right;
      const operator = left === undefined ? node.operator : FLIPPED[node.operator];
      if (value === undefined) return;
      const about = subject(left === undefined ? node.left : node.right, node.type);
      if (operator === "==") about.allow([value]);
      else if (operator === "!=") about.excluded.push(value);
      else if (operator === "<" || operator === "<=") about.atMost(value, operator === "<");
      else about.atLeast(value, operator === ">");
      return;
    }
    case "in": {
      const values = constantsOf(node.right);
      if (values === undefined || constantOf(node.left) !== undefined) return;
      const about = subject(node.left, node.type);
      if (holds) about.allow(values);
      else about.excluded.push(...values);
      return;
    }
    case "hostIn":
      if (holds) subject(node.left).hosts.push(node.patterns);
      else subject(node.left).noHosts.push(...node.patterns);
      return;
    case "under": {
      const folder = constantOf(node.right);
      if (typeof folder === "string") subject(node.left)[holds ? "under" : "notUnder"].push(folder);
      return;
    }
    case "like":
      subject(node.left)[holds ? "like" : "notLike"].push(node.glob);
      return;
    default:
      return;
  }
}
