/** What is shown of one text; of a longer one its beginning and its end. */
const HEAD = 1600;
const TAIL = 300;

// Controls, direction marks, zero-width and other characters that are there and not seen, what no font has, and spaces
// that are not the space. Braille's empty cell is a space too.
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|[^\S ]/gu;
/** More marks than any language puts on one letter: they would be drawn over the lines around. */
const PILED = /(\p{M}{4})(\p{M}+)/gu;

/** Escapes what a terminal or a reader would not show as it is: control, direction and invisible characters. */
export function visible(text: string): string {
  const escaped = escape(cut(text, HEAD + TAIL));
  return text.length > HEAD + TAIL ? `${escaped}… (${text.length} characters)` : escaped;
}

/**
 * Free text between quotation marks, on one line whatever it holds: a quotation mark or a line break in it does not end
 * it. Of a long text the beginning and the end, with what lies between counted outside of the quotation marks.
 */
export function quote(text: string): string {
  if (text.length <= HEAD + TAIL) return quoted(text);
  const left = text.length - HEAD - TAIL;
  return `${quoted(cut(text, HEAD))} … ${left} characters … ${quoted(text.slice(-TAIL))}`;
}

/** Data as text: of much of it the beginning and the end, so that nothing is hidden by being last. */
export function shorten(text: string): string {
  if (text.length <= HEAD + TAIL) return escape(text.toWellFormed());
  const left = text.length - HEAD - TAIL;
  return `${escape(cut(text, HEAD))} … ${left} characters … ${escape(text.slice(-TAIL).toWellFormed())}`;
}

/** A word of somebody's as it is where it can be nothing else, quoted where it could. */
export function word(text: string): string {
  return isPlain(text) && text.length <= 200 ? text : quote(text);
}

/** At most `max` words, and how many there are more. */
export function words(list: readonly string[], max = 24): string {
  const shown = list.slice(0, max).map((one) => word(one.length > 200 ? `${cut(one, 200)}…` : one));
  return list.length > max ? `${shown.join(", ")} and ${list.length - max} more` : shown.join(", ");
}

/** Whether a text holds nothing that could be taken for something else than a part of one name. */
export function isPlain(text: string): boolean {
  return /^[\w.~:/@+%#?&=,-]+$/.test(text);
}

function quoted(text: string): string {
  return escape(JSON.stringify(text.toWellFormed()));
}

function escape(text: string): string {
  return text
    .replace(PILED, (_, few: string, more: string) => few + Array.from(more, codeOf).join(""))
    .replace(UNSEEN, codeOf);
}

function codeOf(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

function cut(text: string, max: number): string {
  return text.slice(0, max).toWellFormed();
}
