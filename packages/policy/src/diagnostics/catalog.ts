import { CHECKS } from "./catalog-checks.js";
import { FLOW } from "./catalog-flow.js";
import { LOGIC } from "./catalog-logic.js";
import { NAMES } from "./catalog-names.js";
import { SYNTAX } from "./catalog-syntax.js";
import { TYPES } from "./catalog-types.js";
import type { CatalogEntry } from "./entry.js";

export type { CatalogEntry, Details, Severity } from "./entry.js";

const ALL = { ...SYNTAX, ...NAMES, ...TYPES, ...CHECKS, ...FLOW, ...LOGIC };

/** The code of a diagnostic: E errors, W warnings; 0 text, 1 names and types, 2 logic, 3 flows of data, 4 isolation, 5 imports. */
export type Code = keyof typeof ALL;

/** Every diagnostic there is: the one source of messages, of `explain`, and of the documents' list. */
export const CATALOG: { readonly [K in Code]: CatalogEntry } = ALL;

/** The codes in order. */
export const CODES: readonly Code[] = Object.keys(ALL).filter(isCode).toSorted();

/** Whether a text is the code of a diagnostic. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(ALL, text);
}
