import { canonicalize } from "../canonical.js";
import { compareDecimals, decimalOf } from "./decimal.js";
import { Command, equalPrograms } from "./command/command.js";
import { equalTables } from "./sql/names.js";
import { Sql } from "./sql/sql.js";
import { Decimal, isListValue, Money, Opaque, Word, type Value } from "./value.js";

/**
 * Whether two canonical values are the same. Undefined, which is unknown to a rule, where they cannot be told:
 * amounts of different currencies, and values of kinds that do not compare.
 */
export function equalValues(a: Value, b: Value): boolean | undefined {
  // Most values are texts, and most of these differ.
  if (typeof a === "string" && typeof b === "string") return a === b;
  if (typeof a === "number" && b instanceof Decimal) return compareDecimals(decimalOf(a), b) === 0;
  if (a instanceof Decimal && typeof b === "number") return compareDecimals(a, decimalOf(b)) === 0;
  if (a instanceof Word || b instanceof Word) return equalWords(a, b);
  if (a instanceof Command || b instanceof Command)
    return a instanceof Command && b instanceof Command ? equalCommands(a, b) : undefined;
  if (a instanceof Sql || b instanceof Sql) return a instanceof Sql && b instanceof Sql ? equalSql(a, b) : undefined;
  if (typeof a !== "object" || typeof b !== "object") return typeof a === typeof b ? a === b : undefined;
  if (a instanceof Money) return b instanceof Money && a.currency === b.currency ? a.minor === b.minor : undefined;
  if (a instanceof Decimal) return b instanceof Decimal ? compareDecimals(a, b) === 0 : undefined;
  if (a instanceof Opaque) return b instanceof Opaque ? canonicalize(a.json) === canonicalize(b.json) : undefined;
  if (isListValue(a)) return isListValue(b) ? equalLists(a, b) : undefined;
  if (b instanceof Money || b instanceof Decimal || b instanceof Opaque || isListValue(b)) return undefined;
  return equalRecords(a, b);
}

function equalWords(a: Value, b: Value): boolean | undefined {
  const kind = a instanceof Word ? a.kind : b instanceof Word ? b.kind : undefined;
  const [left, right] = [a, b].map((one) => (one instanceof Word ? one.text : one));
  if (typeof left !== "string" || typeof right !== "string") return undefined;
  return kind === "table" ? equalTables(left, right) : equalPrograms(left, right);
}

/** The same text is the same command; two that may come to the same (`npm test`, `npm  test`) cannot be told. */
function equalCommands(a: Command, b: Command): boolean | undefined {
  if (a.text === b.text) return true;
  if (a.dynamic || b.dynamic || a.programs === undefined || b.programs === undefined) return undefined;
  const programs = equalLists(
    a.programs.map((name) => new Word(name, "program")),
    b.programs.map((name) => new Word(name, "program")),
  );
  const args = a.args === undefined || b.args === undefined ? undefined : equalLists(a.args, b.args);
  return programs === false || args === false ? false : undefined;
}

/** The same text is the same statement; of two texts only the kinds of statement tell them apart. */
function equalSql(a: Sql, b: Sql): boolean | undefined {
  if (a.text === b.text) return true;
  const differ = a.statements !== b.statements || (a.kind !== undefined && b.kind !== undefined && a.kind !== b.kind);
  return differ ? false : undefined;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean | undefined {
  if (a.length !== b.length) return false;
  let unknown = false;
  for (const [i, left] of a.entries()) {
    const right = b[i];
    const same = right === undefined ? undefined : equalValues(left, right);
    if (same === false) return false;
    unknown ||= same === undefined;
  }
  return unknown ? undefined : true;
}

function equalRecords(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean | undefined {
  if (a.size !== b.size) return false;
  let unknown = false;
  for (const [key, left] of a) {
    const right = b.get(key);
    if (right === undefined) return false;
    const same = equalValues(left, right);
    if (same === false) return false;
    unknown ||= same === undefined;
  }
  return unknown ? undefined : true;
}

/** The order of two numbers, amounts of one currency, durations or instants: -1, 0, 1, or undefined where there is none. */
export function orderValues(a: Value, b: Value): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Money && b instanceof Money) {
    if (a.currency !== b.currency) return undefined;
    return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0;
  }
  const left = typeof a === "number" ? decimalOf(a) : a;
  const right = typeof b === "number" ? decimalOf(b) : b;
  return left instanceof Decimal && right instanceof Decimal ? compareDecimals(left, right) : undefined;
}
