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
  return text.length <= SHORT ? text !== "" && isWithin(text, 0x21) : text.length <= 256 && !NO_ID.test(text);
}

/** A line of printable ASCII. */
export function isPlainLine(text: string, max: number): boolean {
  return text.length <= max && (text.length <= SHORT ? isWithin(text, 0x20) : !NO_LINE.test(text));
}

/** A text of so few characters is gone through before a pattern has begun. */
const SHORT = 12;

/** Whether every character is printable ASCII from one on. */
function isWithin(text: string, first: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < first || unit > 0x7e) return false;
  }
  return true;
}

const DOT = 0x2e;
const SLASH = 0x2f;
/** By character: 1 for what a segment of a plain path may begin with, after a dot too. */
const IN_SEGMENT = Uint8Array.from({ length: 0x80 }, (_, unit) =>
  /[A-Za-z0-9_-]/.test(String.fromCharCode(unit)) ? 1 : 0,
);

/** The same as {@link isPlainPath} of a path that is, or lies below, a plain folder of so many characters; 0 where none is known. */
export function isPlainPathFrom(text: string, folder: number): boolean {
  if (folder === 0) return isPlainPath(text);
  const { length } = text;
  if (length > 4096) return false;
  let begins = false;
  for (let i = folder; i < length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === SLASH) {
      if (begins) return false;
      begins = true;
    } else if (unit === DOT) {
      // A segment begins with a dot at most once, and is not that alone.
      if (begins && IN_SEGMENT[text.charCodeAt(i + 1)] !== 1) return false;
      begins = false;
    } else if (IN_SEGMENT[unit] === 1) begins = false;
    else return false;
  }
  return !begins;
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
