/**
 * Texts that are canonical by their looks. `true` is certain: the reader of that type takes the text and leaves it as it
 * is. `false` says nothing: the reader has to look. They make the common call cheap, whose paths and names are plain
 * ASCII, and know nothing of look-alikes, normal forms or escapes: what holds any such is not plain.
 */

const PATH = /^(?:\/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
const HOST = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)*[a-z][a-z0-9]*$/;
const EMAIL = /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z][a-z0-9]*$/;
/** What stands in no identifier, and in no line: looking for one such character takes less time than matching all. */
const NO_ID = /[^!-~]/;
const NO_LINE = /[^ -~]/;

/** A path of plain segments, such as `/work/src/main.ts` or `/home/ann/.env`. */
export function isPlainPath(text: string): boolean {
  return text.length <= 4096 && PATH.test(text);
}

/** A host name of lower-case letters, digits and single hyphens, whose last label is no number. */
export function isPlainHost(text: string): boolean {
  // No label is longer than 63 where the whole is not.
  return text.length <= 63 && HOST.test(text);
}

/** A bare address whose domain is such a host, with a dot, and whose local part is letters, digits and `._+-`. */
export function isPlainEmail(text: string): boolean {
  const at = text.indexOf("@");
  return at <= 64 && text.length - at <= 64 && EMAIL.test(text);
}

/** An identifier of printable ASCII. */
export function isPlainId(text: string): boolean {
  return text !== "" && text.length <= 256 && !NO_ID.test(text);
}

/** A line of printable ASCII. */
export function isPlainLine(text: string, max: number): boolean {
  return text.length <= max && !NO_LINE.test(text);
}

/**
 * An amount in minor units where the number has no more decimals than the currency, up to 15 digits; undefined says
 * nothing. Decimals of 15 digits and doubles name each other one to one, so the quotient is the same double exactly when
 * the number was written with no more than these decimals.
 */
export function plainMinor(amount: number, decimals: number): number | undefined {
  const unit = decimals === 2 ? 100 : decimals === 0 ? 1 : decimals === 3 ? 1000 : 0;
  const minor = Math.round(amount * unit);
  return unit !== 0 && minor >= 0 && minor < 1e15 && minor / unit === amount ? minor + 0 : undefined;
}
