export { clampLimit } from "./clamp.js";
export { loadSqlParser, sqlParserLoaded, type SqlParser } from "./engine.js";
export { equalTables } from "./names.js";
export { MAX_SQL, parseSql, Sql, type SqlReading } from "./sql.js";
