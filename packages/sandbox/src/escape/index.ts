/** The escape list, for the suites of every tier and of backends of others. */
export { type Attack, type AttackLanguage, type EscapeRow } from "./attack.js";
export { ESCAPE_LIST } from "./list.js";
export { tryEscapes, type EscapeOptions } from "./run.js";
export { escaped, escapeTable } from "./table.js";
