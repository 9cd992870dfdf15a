export { loadSqlParser, sqlParserLoaded, type SqlParser } from "./engine.js";
export { equalTables } from "./names.js";
export { clampLimit, MAX_SQL, parseSql, Sql, type SqlReading } from "./sql.js";
