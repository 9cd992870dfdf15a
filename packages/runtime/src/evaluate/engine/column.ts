import { isListValue, isUnder, type Value } from "@writ/ir/values";
import type { Code } from "./code.js";
import { compared } from "./compared.js";
import type { Frame } from "./frame.js";
import * as op from "./operations.js";

/** What a value has to be for a column to answer at once. */
export const TEXT_COLUMN = 0;
export const NUMBER_COLUMN = 1;
export const PATH_COLUMN = 2;
export const HOST_COLUMN = 3;
export const LIST_COLUMN = 4;

/** One test of the column's slot, of one rule. */
export interface Leaf {
  /** The rule's bit. */
  readonly rule: number;
  readonly operation: number;
  readonly constant: number;
  /** Where the test stands for roles: their names, and what each looks for, any of which will do. */
  readonly roles?: readonly { readonly name: string; readonly constant: number }[];
}

/** What a column is made of. */
export interface ColumnParts {
  readonly kind: number;
  readonly slot: number;
  readonly leaves: readonly Leaf[];
  readonly otherwise?: number;
  readonly table?: ReadonlyMap<string, number> | undefined;
  readonly below?: ReadonlyMap<string, number> | undefined;
  readonly keys?: readonly string[];
  readonly points?: readonly number[];
  readonly masks?: readonly number[];
}

/**
 * All that the rules of one tool ask of one value, answered together: a value leads to the rules, as bits of a number, of
 * which every test of it is true. A value of another kind than the column is for is put to each test by itself. Made in
 * one way, so that what is compiled for one fits all.
 */
export class Column {
  readonly kind: number;
  readonly slot: number;
  /** The rules that ask something of the value. */
  readonly rules: number;
  /** Those of them that hold for a value that leads to none. */
  readonly otherwise: number;
  /**
   * By equality with a text, by the name of a host, by an element of a list; undefined where there are so few that they
   * stand in `keys` and `masks`.
   */
  readonly table: ReadonlyMap<string, number> | undefined;
  /** By what stands after `*.` in a host pattern. */
  readonly below: ReadonlyMap<string, number> | undefined;
  /** Texts or folders, and in `masks` what holds for each. */
  readonly keys: readonly string[];
  /** Numbers ascending; what holds below, at and above each stands in `masks` in this order. */
  readonly points: readonly number[];
  readonly masks: readonly number[];
  readonly leaves: readonly Leaf[];
  /** Whether it stands for roles, which a test may suppose. */
  readonly supposable: boolean;
  /** Its own bit among the columns that a value as it came may be put to (`sureOf`); 0 of any other. */
  sure = 0;

  constructor(parts: ColumnParts) {
    const { leaves } = parts;
    this.kind = parts.kind;
    this.slot = parts.slot;
    this.rules = leaves.reduce((all, { rule }) => all | rule, 0);
    this.otherwise = parts.otherwise ?? 0;
    this.table = parts.table;
    this.below = parts.below;
    this.keys = parts.keys ?? NONE;
    this.points = parts.points ?? NONE;
    this.masks = parts.masks ?? NONE;
    this.leaves = leaves;
    this.supposable = leaves.some(({ roles }) => roles !== undefined);
  }

  /** Every text that it knows. */
  get texts(): readonly string[] {
    return this.table === undefined ? this.keys : [...this.table.keys()];
  }
}

const NONE: readonly never[] = [];

/** The rules whose tests a number passes. It must not be NaN. */
export function holdsOfNumber({ points, masks }: Column, value: number): number {
  let i = 0;
  while (i < points.length && value > (points[i] ?? value)) i += 1;
  return masks[i < points.length && value === points[i] ? 2 * i + 1 : 2 * i] ?? 0;
}

/** The rules whose tests a text passes. */
export function holdsOfText(column: Column, text: string): number {
  const holds = knownOf(column, text);
  return holds < 0 ? column.otherwise : holds;
}

/** The same of a text that the column knows; -1 of any other. */
export function knownOf({ table, keys, masks }: Column, text: string): number {
  if (table !== undefined) return table.get(text) ?? -1;
  for (let i = 0; i < keys.length; i += 1) if (keys[i] === text) return masks[i] ?? 0;
  return -1;
}

export function holdsOfPath({ keys, masks }: Column, path: string): number {
  let holds = 0;
  for (let i = 0; i < keys.length; i += 1) if (isUnder(path, keys[i] ?? "")) holds |= masks[i] ?? 0;
  return holds;
}

export function holdsOfHost(column: Column, host: string): number {
  return holdsOfText(column, host) | holdsBelow(column, host);
}

/** The rules with a `*.name` that a host lies below. */
export function holdsBelow({ below }: Column, host: string): number {
  let holds = 0;
  if (below !== undefined) {
    // One or more labels before the name: the first dot is not at the head.
    for (let dot = host.indexOf(".", 1); dot >= 0; dot = host.indexOf(".", dot + 1))
      holds |= below.get(host.slice(dot + 1)) ?? 0;
  }
  return holds;
}

/** The rules whose list holds a text of theirs; -1 where an element is no text. */
export function holdsOfList(column: Column, list: Value): number {
  if (typeof list !== "object" || !isListValue(list)) return -1;
  let holds = 0;
  for (let i = 0; i < list.length; i += 1) {
    const item = list[i];
    if (typeof item !== "string") return -1;
    holds |= holdsOfText(column, item);
  }
  return holds;
}

/** Puts a value to each test of a column by itself: takes the rules that are false from `frame.live`, and adds those that are unknown. */
export function judgeEach(frame: Frame, code: Code, { leaves, slot }: Column, value: Value | undefined): void {
  for (const leaf of leaves) {
    const truth = truthOfLeaf(frame, code, slot, leaf, value);
    if (truth === op.FALSE) frame.live &= ~leaf.rule;
    else if (truth === op.UNKNOWN) frame.unknown |= leaf.rule;
  }
}

/** A test that breaks is unknown, and so is its rule. */
function truthOfLeaf(frame: Frame, code: Code, slot: number, leaf: Leaf, value: Value | undefined): number {
  try {
    return found(frame, code, slot, leaf, value);
  } catch {
    return op.UNKNOWN;
  }
}

function found(frame: Frame, code: Code, slot: number, leaf: Leaf, value: Value | undefined): number {
  const { operation, constant, roles } = leaf;
  if (roles !== undefined) {
    let any = op.FALSE;
    for (const { name, constant: text } of roles) {
      const truth =
        frame.supposed === undefined
          ? compared(code, op.LIST_HAS, value, frame, slot, text)
          : frame.supposed.has(name)
            ? op.TRUE
            : op.FALSE;
      if (truth === op.TRUE) return op.TRUE;
      if (truth === op.UNKNOWN) any = op.UNKNOWN;
    }
    return any;
  }
  const truth = compared(code, operation & ~op.NOT, value, frame, slot, constant);
  return truth === op.UNKNOWN || (operation & op.NOT) === 0 ? truth : truth === op.TRUE ? op.FALSE : op.TRUE;
}
