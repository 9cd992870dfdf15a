/**
 * Where a value stands whole in a text. A value is never a fragment: `acme.com` does not stand in `evil-acme.com`,
 * `c9` not in `c9-2`, `/repo` not in `/repo/secret`. What may stand beside a whole value is listed; anything that is
 * not on the list (a letter, a joiner, a zero-width character) makes it a part of something longer.
 */
const OPENING = /[\s"'`“”‘’«»([{<,;!?|*…—–]/u;
const CLOSING = /[\s"`“”«»)\]}>|*—–]/u;
/** Punctuation that ends a sentence or a clause where nothing is joined on behind it. */
const PUNCTUATION = /[.,;:!?…'’‘]/u;
const INSIDE = /[\p{L}\p{N}\p{M}\p{Cf}\p{Co}\p{Cn}_]/u;

/** Whether `value` stands whole somewhere in `text`. Both are in Unicode normal form C; letter case counts. */
export function standsIn(text: string, value: string): boolean {
  if (value === "") return false;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    if (begins(text, at) && ends(text, at + value.length)) return true;
  }
  return false;
}

function begins(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = charBefore(text, at);
  if (OPENING.test(before)) return true;
  // `IBAN:` and a space are common; `IBAN:DE89` is one token.
  return before === ":" && at >= 2 && !INSIDE.test(charBefore(text, at - 1));
}

function ends(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const after = charAt(text, at);
  if (CLOSING.test(after)) return true;
  if (!PUNCTUATION.test(after)) return false;
  const next = charAt(text, at + after.length);
  if (next === "" || OPENING.test(next) || CLOSING.test(next)) return true;
  // `Ann's`
  if (/['’]/u.test(after) && next === "s")
    return at + 2 >= text.length || /[\s.,;:!?)\]}"]/u.test(charAt(text, at + 2));
  // several in a row, as in `c9?!` or `c9...`
  return PUNCTUATION.test(next) && ends(text, at + after.length);
}

function charBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at >= 2 ? text.slice(at - 2, at) : text.charAt(at - 1);
}

function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
/** Of a longer word the beginning stands for it. */
export const MAX_WORD = 48;

/** The words of a text, cut to a length that an index can hold. */
export function wordsOf(text: string): readonly string[] {
  return plainWords(text) ?? [...text.matchAll(WORD)].map(([word]) => word.slice(0, MAX_WORD));
}

/** The same of a text of ASCII alone, several times faster; undefined for any other. */
function plainWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let from = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return undefined;
    if (IN_WORD[code] === 1) {
      if (from < 0) from = at;
    } else if (from >= 0) {
      words.push(text.slice(from, Math.min(at, from + MAX_WORD)));
      from = -1;
    }
  }
  if (from >= 0) words.push(text.slice(from, from + MAX_WORD));
  return words;
}

/** Of each ASCII character whether it belongs to a word. */
export const IN_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** The word of a value that says most about it: its longest, which every text that holds it whole has too. */
export function keyWord(value: string): string | undefined {
  const plain = plainKeyWord(value);
  return plain === undefined ? longestOf(value) : plain === "" ? undefined : plain;
}

/** The same of ASCII alone, in one pass that cuts out nothing else: empty where there is no word, undefined for any other text. */
function plainKeyWord(value: string): string | undefined {
  let [best, longest, from] = [0, 0, -1];
  for (let at = 0; at <= value.length; at += 1) {
    const code = at < value.length ? value.charCodeAt(at) : 0;
    if (code > 127) return undefined;
    if (IN_WORD[code] === 1) {
      if (from < 0) from = at;
    } else if (from >= 0) {
      const length = Math.min(at - from, MAX_WORD);
      if (length > longest) [best, longest] = [from, length];
      from = -1;
    }
  }
  return value.slice(best, best + longest);
}

/** The same of any text. */
export function longestOf(value: string): string | undefined {
  let longest: string | undefined;
  for (const word of wordsOf(value)) if (longest === undefined || word.length > longest.length) longest = word;
  return longest;
}

/** Whether a phrase stands in a text as whole words, whatever the case and the spaces between them. */
export function holdsPhrase(text: string, phrase: string): boolean {
  const fold = (from: string): string =>
    ` ${[...from.normalize("NFC").toLowerCase().matchAll(WORD)].map(([word]) => word).join(" ")} `;
  const wanted = fold(phrase);
  return wanted.trim() !== "" && fold(text).includes(wanted);
}
