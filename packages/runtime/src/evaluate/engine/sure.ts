import type { Json, Type } from "@writ/ir";
import { isPlainHost, isPlainPathFrom, isUnder } from "@writ/ir/values";
import {
  type Column,
  holdsBelow,
  HOST_COLUMN,
  knownOf,
  LIST_COLUMN,
  NUMBER_COLUMN,
  PATH_COLUMN,
  TEXT_COLUMN,
} from "./column.js";
import { isPlain, quick } from "./quick.js";
import {
  mostOf,
  READ_ENUM,
  READ_HOST,
  READ_ID,
  READ_INT,
  READ_LINE,
  READ_PATH,
  READ_TEXT,
  READ_TEXTS,
  type Claim,
  type Derived,
  type Params,
} from "./slots.js";

/** More columns than this have no bit of their own. */
const MOST_SURE = 30;

/**
 * Finds the columns that a value may be put to as it came: every text that such a column knows is canonical for the type
 * of its slot, so that what is such a text is canonical too, and only what is none has to be looked at. Gives the column
 * of each argument, one at most, and marks them and those of claims.
 */
export function markSure(
  columns: readonly Column[],
  params: Params,
  derived: readonly Derived[],
): readonly (Column | undefined)[] {
  const asked: (Column | undefined)[] = params.names.map(() => undefined);
  for (const [i, column] of columns.entries()) {
    if (i >= MOST_SURE) break;
    const { slot } = column;
    const type = params.types[slot];
    if (type !== undefined) {
      if (asked[slot] !== undefined || !isSure(column, params.kinds[slot], type)) continue;
      asked[slot] = column;
      column.sure = 1 << i;
    } else {
      const claim = derived[slot - params.names.length]?.claim;
      if (claim !== undefined && column.kind !== NUMBER_COLUMN && isSure(column, claim.kind, claim.field.type))
        column.sure = 1 << i;
    }
  }
  return asked;
}

const TEXTS: ReadonlySet<number> = new Set([READ_TEXT, READ_LINE, READ_ID, READ_PATH, READ_HOST, READ_ENUM]);

function isSure(column: Column, kind: number | undefined, type: Type): boolean {
  if (kind === undefined) return false;
  switch (column.kind) {
    case NUMBER_COLUMN:
      return kind === READ_INT;
    case LIST_COLUMN:
      return kind === READ_TEXTS && column.texts.every((text) => text.isWellFormed());
    case TEXT_COLUMN:
      if (!TEXTS.has(kind)) return false;
      break;
    case HOST_COLUMN:
      if (kind !== READ_HOST) return false;
      break;
    case PATH_COLUMN:
      if (kind !== READ_PATH) return false;
      break;
    default:
      return false;
  }
  return column.texts.every((text) => quick(kind, type, text) === text);
}

/** Whether a text of a rule is canonical for a claim as it stands. */
export function isSureText({ kind, field }: Claim, text: string | number): boolean {
  return TEXTS.has(kind) && typeof text === "string" && quick(kind, field.type, text) === text;
}

/** The rules whose tests a text passes that came as it stands; -1 where it is not canonical by its looks. The column is sure. */
export function holdsOfGiven(column: Column, kind: number, most: number, text: string): number {
  switch (column.kind) {
    case TEXT_COLUMN: {
      const holds = knownOf(column, text);
      return holds >= 0 ? holds : isPlain(kind, most, text) ? column.otherwise : -1;
    }
    case HOST_COLUMN: {
      const holds = knownOf(column, text);
      if (holds < 0 && !isPlainHost(text)) return -1;
      return (holds < 0 ? column.otherwise : holds) | holdsBelow(column, text);
    }
    case PATH_COLUMN: {
      const { keys, masks } = column;
      let holds = 0;
      // As far as it is a folder of a rule it is plain.
      let plain = 0;
      for (let i = 0; i < keys.length; i += 1) {
        const folder = keys[i] ?? "";
        if (!isUnder(text, folder)) continue;
        holds |= masks[i] ?? 0;
        if (folder.length > plain) plain = folder.length;
      }
      return isPlainPathFrom(text, plain) ? holds : -1;
    }
    default:
      return -1;
  }
}

/** The same of a claim, as it came; -1 where it is absent, or no text and no list of texts as its type has it. */
export function holdsOfClaim(column: Column, kind: number, type: Type, claim: Json | undefined): number {
  if (column.kind !== LIST_COLUMN)
    return typeof claim === "string" ? holdsOfGiven(column, kind, mostOf(type), claim) : -1;
  if (!isList(claim)) return -1;
  let holds = 0;
  for (let i = 0; i < claim.length; i += 1) {
    const item = claim[i];
    if (typeof item !== "string") return -1;
    const known = knownOf(column, item);
    if (known >= 0) holds |= known;
    else if (!item.isWellFormed()) return -1;
  }
  return holds;
}

function isList(claim: Json | undefined): claim is readonly Json[] {
  return Array.isArray(claim);
}
