/**
 * The semantic types: one canonical form for each value, made by the same code where a literal is compiled and
 * where a call arrives. See docs/decisions for why they live with the contract.
 */
export { calculate, type Operator } from "./arithmetic.js";
export { byteLength } from "./bytes.js";
export { equalValues, orderValues } from "./compare.js";
export { compareDecimals, decimalOf, parseDecimal } from "./decimal.js";
export { Command, parseCommand } from "./command/command.js";
export { loadCommandParser, type CommandParserBytes } from "./command/engine.js";
export {
  EGRESS_METHODS,
  egressAdmits,
  egressMatches,
  formatEgressPattern,
  parseEgressPattern,
  type EgressPattern,
  type EgressReading,
} from "./egress.js";
export { compilePattern, loadEngines, registrableDomain, type Engines, type Pattern } from "./engines.js";
export { compileGlob, globMatches, type Glob } from "./glob.js";
export {
  canonicalHost,
  formatHostPattern,
  hostMatches,
  isPrivateHost,
  parseHostPattern,
  type HostPattern,
} from "./host.js";
export { addressMatches, formatAddressPattern, parseAddressPattern, type AddressPattern } from "./address-pattern.js";
export { memberOf, membersOf, readMember } from "./members.js";
export { CURRENCIES } from "./money.js";
export { isUnder } from "./path.js";
export { isPlainHost, isPlainId, isPlainLine, isPlainPath, isPlainPathFrom, plainMinor } from "./plain.js";
export { readFields, readValue, type NamedTypes } from "./read.js";
export { DURATION_UNITS, formatDuration, formatTime } from "./time.js";
export { loadSqlParser, type SqlParser } from "./sql/engine.js";
export { clampLimit, parseSql, Sql } from "./sql/sql.js";
export { textOfValue } from "./text-of-value.js";
export { Decimal, isListValue, Money, Opaque, type Reading, type Value, type ValueFault, Word } from "./value.js";
