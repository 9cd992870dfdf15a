/** What reads and changes the text of PostgreSQL; loaded with its parser (engine.ts), by policies that name `Sql`. */
export { clampLimit } from "./clamp-statement.js";
export { membersOf } from "./read-sql.js";
