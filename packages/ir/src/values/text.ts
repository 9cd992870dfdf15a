import { isPlainId, isPlainLine } from "./plain.js";
import { failed, same, type Reading } from "./value.js";

// Cc is every control character; Zl and Zp are the line and paragraph separators.
const CONTROL_OR_LINE = /[\p{Cc}\p{Zl}\p{Zp}]/u;
// What a reader cannot see: joiners, bidi marks, variation selectors, tags, fillers.
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const SPACE = /\s/u;

/** `Text`: any text, unchanged, with at most `max` characters (UTF-16 units) where given. */
export function readText(input: string, path: string, max?: number): Reading {
  return tooLong(input, path, max) ?? same(input);
}

/** `Line`: a text without control or line-separator characters, in Unicode normal form C. */
export function readLine(input: string, path: string, max?: number): Reading {
  return isPlainLine(input, max ?? input.length) ? same(input) : parsedLine(input, path, max);
}

/** The same, also of a text that is canonical by its looks. */
export function parsedLine(input: string, path: string, max?: number): Reading {
  const line = input.normalize("NFC");
  if (CONTROL_OR_LINE.test(line)) return failed(path, "line", "a line holds no control or line-separator characters");
  return tooLong(line, path, max) ?? same(line);
}

/** `Id`: a line of 1 to 256 characters, none of them a space or invisible. */
export function readId(input: string, path: string): Reading {
  return isPlainId(input) ? same(input) : parsedId(input, path);
}

/** The same, also of a text that is canonical by its looks. */
export function parsedId(input: string, path: string): Reading {
  const line = parsedLine(input, path, 256);
  if (!line.ok || typeof line.wire !== "string") return line;
  if (line.wire === "") return failed(path, "id", "an identifier is not empty");
  if (SPACE.test(line.wire)) return failed(path, "id", "an identifier holds no spaces");
  if (INVISIBLE.test(line.wire)) return failed(path, "id", "an identifier holds no invisible characters");
  return line;
}

function tooLong(text: string, path: string, max: number | undefined): Reading | undefined {
  if (max === undefined || text.length <= max) return undefined;
  return failed(path, "too_long", `the text is longer than ${max} characters`);
}

/** Whether a text holds characters that a reader cannot see, such as joiners and direction marks. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** Whether a text holds control characters or spaces of any kind. */
export function hasControlOrSpace(text: string): boolean {
  return CONTROL_OR_LINE.test(text) || SPACE.test(text);
}
