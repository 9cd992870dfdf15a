import type { Code } from "./code.js";
import { HOST_COLUMN, LIST_COLUMN, NUMBER_COLUMN, PATH_COLUMN, TEXT_COLUMN, Column, type Leaf } from "./column.js";
import type { Draft } from "./draft.js";
import * as op from "./operations.js";

/** Tools with no more rules have each as a bit of a number. */
export const FEW_RULES = 30;

/** What was made of the conditions of a tool's rules: columns, and for each rule what none of them answers. */
export interface Sorted {
  readonly columns: readonly Column[];
  readonly rest: readonly (readonly Draft[])[];
}

/** Sorts the conjuncts of a tool's rules into columns, cheap ones first. */
export function columnsOf(code: Code, rules: readonly (readonly Draft[])[], params: number): Sorted {
  const found = new Map<string, { readonly kind: number; readonly slot: number; readonly leaves: Leaf[] }>();
  const rest = rules.map((conjuncts, rule) =>
    conjuncts.filter((draft) => {
      const made = leafOf(code, draft, 1 << rule);
      if (made === undefined) return true;
      const { kind, slot, leaf } = made;
      const name = `${kind} ${slot}`;
      const column = found.get(name) ?? { kind, slot, leaves: [] };
      // Two lists of one rule would have to be met both: the bits of a rule say whether one was.
      if (!EXACT.has(kind) && column.leaves.some((other) => other.rule === leaf.rule)) return true;
      column.leaves.push(leaf);
      found.set(name, column);
      return false;
    }),
  );
  const columns = [...found.values()].map(({ kind, slot, leaves }) => columnOf(code, kind, slot, leaves));
  // Arguments were read already; claims are read when they are asked for, and mostly no rule is left that asks.
  const cost = ({ kind, slot }: Column): number => kind + (slot < params ? 0 : DERIVED);
  return { columns: columns.toSorted((a, b) => cost(a) - cost(b)), rest };
}

const DERIVED = 8;
/** Columns whose answer for a value is worked out ahead for all tests of a rule together. */
const EXACT: ReadonlySet<number> = new Set([TEXT_COLUMN, NUMBER_COLUMN]);

function leafOf(
  code: Code,
  draft: Draft,
  rule: number,
): { readonly kind: number; readonly slot: number; readonly leaf: Leaf } | undefined {
  const { operation, slot, constant } = draft;
  const leaf: Leaf = { rule, operation, constant };
  switch (operation & ~op.NOT) {
    case op.TEXT_EQUALS:
    case op.TEXT_IN:
      return { kind: TEXT_COLUMN, slot, leaf };
    case op.NUMBER_EQUALS:
    case op.NUMBER_BELOW:
    case op.NUMBER_ABOVE:
    case op.NUMBER_AT_MOST:
    case op.NUMBER_AT_LEAST:
    case op.NUMBER_BETWEEN:
      return { kind: NUMBER_COLUMN, slot, leaf };
    default:
      break;
  }
  switch (operation) {
    case op.UNDER:
      return { kind: PATH_COLUMN, slot, leaf };
    case op.HOST_IN:
      return code.hosts[constant]?.keys === undefined ? undefined : { kind: HOST_COLUMN, slot, leaf };
    case op.LIST_HAS:
      return { kind: LIST_COLUMN, slot, leaf };
    case op.ROLE:
    case op.ANY:
      return rolesOf(code, draft, leaf);
    default:
      return undefined;
  }
}

/** A role that is a text in a list, or any of several such roles over one list. */
function rolesOf(code: Code, draft: Draft, leaf: Leaf): ReturnType<typeof leafOf> {
  const parts = draft.operation === op.ROLE ? [draft] : (draft.parts ?? []);
  const roles: { readonly name: string; readonly constant: number }[] = [];
  let slot = -1;
  for (const part of parts) {
    const [only, ...others] = part.parts ?? [];
    if (part.operation !== op.ROLE || only?.operation !== op.LIST_HAS || others.length > 0) return undefined;
    if (slot >= 0 && only.slot !== slot) return undefined;
    slot = only.slot;
    roles.push({ name: code.texts[part.constant] ?? "", constant: only.constant });
  }
  return slot < 0 ? undefined : { kind: LIST_COLUMN, slot, leaf: { ...leaf, roles } };
}

function columnOf(code: Code, kind: number, slot: number, leaves: readonly Leaf[]): Column {
  const parts = { kind, slot, leaves };
  switch (kind) {
    case TEXT_COLUMN:
      return new Column({ ...parts, ...texts(code, leaves) });
    case NUMBER_COLUMN:
      return new Column({ ...parts, ...numbers(code, leaves) });
    case PATH_COLUMN: {
      const folders = gathered(leaves.map(({ rule, constant }) => [code.texts[constant] ?? "", rule]));
      return new Column({ ...parts, keys: [...folders.keys()], masks: [...folders.values()] });
    }
    case HOST_COLUMN: {
      const keys = leaves.flatMap(({ rule, constant }) =>
        (code.hosts[constant]?.keys ?? []).map((key) => [key, rule] as const),
      );
      const below = keys.filter(([key]) => key.startsWith("*")).map(([key, rule]) => [key.slice(2), rule] as const);
      return new Column({
        ...parts,
        ...tableOf(gathered(keys.filter(([key]) => !key.startsWith("*")))),
        below: below.length === 0 ? undefined : gathered(below),
      });
    }
    default: {
      const words = leaves.flatMap(({ rule, constant, roles }) =>
        (roles ?? [{ constant }]).map(({ constant: text }) => [code.texts[text] ?? "", rule] as const),
      );
      return new Column({ ...parts, ...tableOf(gathered(words)) });
    }
  }
}

const NONE: readonly never[] = [];

function gathered(entries: readonly (readonly [string, number])[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const [key, rule] of entries) out.set(key, (out.get(key) ?? 0) | rule);
  return out;
}

/** What holds, as bits, where each test holds that `holds` says of. */
function maskOf(leaves: readonly Leaf[], holds: (leaf: Leaf, i: number) => boolean): number {
  let mask = 0;
  for (const { rule } of leaves) mask |= rule;
  for (const [i, leaf] of leaves.entries())
    if (holds(leaf, i) === ((leaf.operation & op.NOT) !== 0)) mask &= ~leaf.rule;
  return mask;
}

type Table = Pick<Column, "table" | "keys" | "masks">;

/** Up to so many texts are compared one by one in less time than one is looked up. */
const MOST_KEYS = 3;

function tableOf(table: Map<string, number>): Table {
  return table.size <= MOST_KEYS
    ? { table: undefined, keys: [...table.keys()], masks: [...table.values()] }
    : { table, keys: NONE, masks: NONE };
}

function texts(code: Code, leaves: readonly Leaf[]): Table & Pick<Column, "otherwise"> {
  const words = leaves.map(
    ({ operation, constant }) =>
      new Set((operation & ~op.NOT) === op.TEXT_EQUALS ? [code.texts[constant] ?? ""] : code.lists[constant]),
  );
  const table = new Map<string, number>();
  for (const some of words)
    for (const word of some)
      if (!table.has(word))
        table.set(
          word,
          maskOf(leaves, (_, i) => words[i]?.has(word) === true),
        );
  return { ...tableOf(table), otherwise: maskOf(leaves, () => false) };
}

function numbers(code: Code, leaves: readonly Leaf[]): Pick<Column, "points" | "masks"> {
  const known = new Set<number>();
  for (const { operation, constant } of leaves) {
    known.add(code.numbers[constant] ?? 0);
    if ((operation & ~op.NOT) === op.NUMBER_BETWEEN) known.add(code.numbers[constant + 1] ?? 0);
  }
  const points = [...known].toSorted((a, b) => a - b);
  // Between two points each test comes out as it does for every number there; infinities stand for what lies outside.
  const masks = [maskOf(leaves, (leaf) => between(code, leaf, Number.NEGATIVE_INFINITY, points[0] ?? 0))];
  for (const [i, point] of points.entries()) {
    masks.push(maskOf(leaves, (leaf) => between(code, leaf, point, point)));
    masks.push(maskOf(leaves, (leaf) => between(code, leaf, point, points[i + 1] ?? Number.POSITIVE_INFINITY)));
  }
  return { points, masks };
}

/** Whether a test holds for every number between two, neither of them included; or for the one number that both are. */
function between(code: Code, { operation, constant }: Leaf, low: number, high: number): boolean {
  const bound = code.numbers[constant] ?? 0;
  const one = low === high;
  switch (operation & ~op.NOT) {
    case op.NUMBER_EQUALS:
      return one && low === bound;
    case op.NUMBER_BELOW:
      return one ? low < bound : high <= bound;
    case op.NUMBER_AT_MOST:
      return one ? low <= bound : high <= bound;
    case op.NUMBER_ABOVE:
      return one ? low > bound : low >= bound;
    case op.NUMBER_AT_LEAST:
      return one ? low >= bound : low >= bound;
    default: {
      const upper = code.numbers[constant + 1] ?? 0;
      return low >= bound && high <= upper;
    }
  }
}
