import type { IToken, TokenType } from "chevrotain";
import type { Place } from "../source/place.js";
import type { Problem } from "./problem.js";
import { Currency, Duration, Handle, Id, Instant, KEYWORDS, Num, SIGNS, Size, Str } from "./tokens.js";

/** A comment; `doc` where it begins with `##`. */
export interface Comment extends Place {
  readonly doc: boolean;
  readonly text: string;
}

export interface Lexed {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
  readonly problems: readonly Problem[];
}

const MAX_NAME = 128;
const MAX_PROBLEMS = 200;

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isNameStart = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
const isNamePart = (c: number): boolean => isNameStart(c) || isDigit(c);

/**
 * Text to tokens in one pass, linear in its length whatever it holds. What is not a token of the language is a
 * problem, and a token of the kind it was probably meant to be is put in its place, so that the parser goes on.
 */
export function lex(text: string): Lexed {
  const tokens: IToken[] = [];
  const comments: Comment[] = [];
  const problems: Problem[] = [];
  const length = text.length;

  const push = (type: TokenType, start: number, end: number): void => {
    tokens.push({
      image: text.slice(start, end),
      startOffset: start,
      endOffset: end - 1,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx ?? 0,
    });
  };
  const problem = (code: Problem["code"], start: number, end: number, details: Problem["details"] = {}): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, at: { start, end }, details });
  };

  let at = 0;
  while (at < length) {
    const c = text.charCodeAt(at);
    if (c === 32 || c === 10 || c === 13 || c === 9) {
      at += 1;
    } else if (isNameStart(c)) {
      let end = at + 1;
      while (end < length && isNamePart(text.charCodeAt(end))) end += 1;
      if (end < length && text.charCodeAt(end) > 127 && isLetter(text, end)) {
        at = foreignName(at);
        continue;
      }
      if (end - at > MAX_NAME) problem("E013", at, end, { found: `${text.slice(at, at + 24)}…`, number: MAX_NAME });
      push(wordType(text.slice(at, Math.min(end, at + MAX_NAME + 1))), at, end);
      at = end;
    } else if (isDigit(c)) {
      at = number(at);
    } else if (c === 34) {
      at = quoted(at);
    } else if (c === 35) {
      let end = text.indexOf("\n", at);
      if (end === -1) end = length;
      const doc = text.charCodeAt(at + 1) === 35;
      comments.push({ start: at, end, doc, text: text.slice(at + (doc ? 2 : 1), end).trim() });
      at = end;
    } else if (c === 36) {
      let end = at + 1;
      while (end < length && isDigit(text.charCodeAt(end))) end += 1;
      if (end === at + 1) problem("E006", at, end, { found: "$" });
      else push(Handle, at, end);
      at = end;
    } else {
      const type = at + 1 < length ? SIGNS.get(text.slice(at, at + 2)) : undefined;
      const single = type === undefined ? SIGNS.get(text.charAt(at)) : undefined;
      if (type !== undefined) {
        push(type, at, at + 2);
        at += 2;
      } else if (single !== undefined) {
        push(single, at, at + 1);
        at += 1;
      } else if (c > 127 && isLetter(text, at)) {
        at = foreignName(at);
      } else {
        const end = strange(at);
        problem("E006", at, end, { found: text.slice(at, Math.min(end, at + 16)) });
        at = end;
      }
    }
  }
  return { tokens, comments, problems };

  /** A run of characters that begin no token: one problem, not one each. */
  function strange(start: number): number {
    let end = start;
    while (end < length) {
      const c = text.charCodeAt(end);
      if (
        c === 32 ||
        c === 10 ||
        c === 13 ||
        c === 9 ||
        isNamePart(c) ||
        c === 34 ||
        c === 35 ||
        SIGNS.has(text.charAt(end))
      )
        break;
      end += 1;
    }
    return Math.max(end, start + 1);
  }

  /** A word with letters of other scripts, which may look like ones it is not. */
  function foreignName(start: number): number {
    let end = start;
    while (end < length && (isNamePart(text.charCodeAt(end)) || (text.charCodeAt(end) > 127 && isLetter(text, end)))) {
      end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
    }
    problem("E015", start, end, { found: text.slice(start, Math.min(end, start + 40)) });
    push(Id, start, end);
    return end;
  }

  function number(start: number): number {
    const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/y;
    instant.lastIndex = start;
    if (instant.test(text)) {
      push(Instant, start, instant.lastIndex);
      return instant.lastIndex;
    }
    let end = start;
    while (end < length && isDigit(text.charCodeAt(end))) end += 1;
    const fraction = text.charCodeAt(end) === 46 && isDigit(text.charCodeAt(end + 1));
    if (fraction) {
      end += 1;
      while (end < length && isDigit(text.charCodeAt(end))) end += 1;
    }
    let unitEnd = end;
    while (unitEnd < length && isNamePart(text.charCodeAt(unitEnd))) unitEnd += 1;
    if (end - start > 40) {
      problem("E008", start, end, {
        found: `${text.slice(start, start + 24)}…`,
        reason: "a number has at most 40 digits",
      });
      push(Num, start, start + 40);
      return unitEnd;
    }
    if (unitEnd === end) {
      push(Num, start, end);
      return end;
    }
    const unit = text.slice(end, unitEnd);
    const type = fraction
      ? undefined
      : /^(?:ms|s|m|h|d)$/.test(unit)
        ? Duration
        : /^(?:KB|MB|GB)$/.test(unit)
          ? Size
          : undefined;
    if (type === undefined) {
      problem("E008", start, unitEnd, {
        found: text.slice(start, Math.min(unitEnd, start + 40)),
        reason: unitHelp(unit, fraction),
      });
      // What it was meant to be decides whether the rest of the declaration can still be read.
      push(/^[KMG]/i.test(unit) && /b$/i.test(unit) ? Size : /^[A-Z]{3}$/.test(unit) ? Num : Duration, start, unitEnd);
    } else push(type, start, unitEnd);
    return unitEnd;
  }

  function quoted(start: number): number {
    let end = start + 1;
    while (end < length) {
      const c = text.charCodeAt(end);
      if (c === 34) {
        push(Str, start, end + 1);
        return end + 1;
      }
      if (c === 10 || c === 13) break;
      if (c === 92) {
        const next = text.charAt(end + 1);
        const hex = next === "u" && /^[0-9a-fA-F]{4}$/.test(text.slice(end + 2, end + 6));
        if (!hex && !(next !== "" && '"\\/bfnrt'.includes(next))) {
          problem("E007", end, Math.min(end + 2, length), {
            reason: `\`${text.slice(end, end + 2)}\` is no escape; a text has the escapes of JSON, and a backslash itself is written \`\\\\\``,
          });
          end += next === "\n" || next === "\r" ? 1 : 2;
        } else end += hex ? 6 : 2;
        continue;
      }
      if (c < 32)
        problem("E007", end, end + 1, {
          reason: "a control character stands in a text; write it as an escape such as `\\t`",
        });
      end += 1;
    }
    end = Math.min(end, length);
    problem("E007", start, end, { reason: 'the text does not end on its line; close it with `"`' });
    push(Str, start, end);
    return end;
  }
}

function wordType(word: string): TokenType {
  return KEYWORDS.get(word) ?? (/^[A-Z]{3}$/.test(word) ? Currency : Id);
}

function isLetter(text: string, at: number): boolean {
  return /^[\p{L}\p{N}\p{M}]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

function unitHelp(unit: string, fraction: boolean): string {
  if (/^[A-Z]{3}$/.test(unit)) return `money is written with a space: \`50 ${unit}\``;
  if (fraction && /^(?:ms|s|m|h|d|KB|MB|GB)$/.test(unit)) return "durations and sizes are whole numbers";
  return "units are ms s m h d for time and KB MB GB for sizes; money is written `50 USD`";
}

/** What a text token means: its escapes resolved; what is broken in it stands as it is. */
export function textOf(image: string): string {
  try {
    const value: unknown = JSON.parse(image);
    if (typeof value === "string") return value;
  } catch {
    // The lexer has said what is wrong with it.
  }
  return image.replace(/^"|"$/g, "");
}
