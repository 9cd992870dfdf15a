import { readUrl } from "./url.js";

const MAX_URLS = 1000;
const MAX_LENGTH = 10_000;
/** Any scheme with an authority, and the schemes that a reader of Markdown or HTML follows without one. */
const SCHEMED =
  /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s<>"'`]*|(?<![\w+.-])(?:https?|wss?|ftp|data|javascript|vbscript|file|blob|mailto|tel):[^\s<>"'`]*/giu;
/** `www.acme.com/x`, which many a program makes a link of. */
const BARE = /(?<![\p{L}\p{N}@./:_-])www\.[^\s<>"'`]+/giu;
/** Where Markdown and HTML say where a link, an image or a form goes. */
const PLACES =
  /\]\(\s*<?([^\s)>]*)|^\s{0,3}\[[^\]]{1,999}\]:\s*<?([^\s>]*)|\b(?:src|href|srcset|action|poster|background|cite|formaction|data)\s*=\s*["']?([^\s"'>]*)/gimu;
/** What Markdown or HTML reads as another character: there the address that is followed is not the one that is written. */
const ESCAPED = /\\|&(?:#|[a-z])/iu;

/**
 * The addresses in a text, canonical, each once: bare ones, and those of Markdown and HTML links, images and forms.
 * Undefined, which is unknown to a rule, where one does not parse as a `Url`, is written with escapes, or where there are
 * more than a thousand. An address relative to where the text is shown (`/a`, `a.png`) is none.
 */
export function urlsOf(text: string): readonly string[] | undefined {
  const urls = new Set<string>();
  const add = (written: string): boolean => {
    const read = readUrl(written, "");
    if (!read.ok || typeof read.value !== "string" || urls.size >= MAX_URLS) return false;
    urls.add(read.value);
    return true;
  };
  for (const [, link, definition, attribute] of text.matchAll(PLACES)) {
    const place = link ?? definition ?? attribute ?? "";
    if (ESCAPED.test(place) && !/^[a-z]+:\/\/[^\\]*$/i.test(place)) return undefined;
    if (/^[/\\]{2}/.test(place) && !add(`https:${place}`)) return undefined;
  }
  for (const [found] of text.matchAll(SCHEMED)) if (!add(trimmed(found))) return undefined;
  for (const [found] of text.matchAll(BARE)) if (!add(`http://${trimmed(found)}`)) return undefined;
  return [...urls];
}

const CLOSING: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
const BRACKETS: ReadonlySet<string> = new Set([...CLOSING.keys(), ...CLOSING.values()]);

/** Without the punctuation of the sentence, or the bracket of the link, that it stands in. */
function trimmed(found: string): string {
  // Longer than any `Url` is: it will not parse, whatever is taken off.
  if (found.length > MAX_LENGTH) return found;
  const counts = new Map<string, number>();
  for (const character of found) if (BRACKETS.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  let end = found.length;
  for (;;) {
    const last = found[end - 1];
    if (last === undefined) return "";
    const opening = CLOSING.get(last);
    const loose = opening !== undefined && (counts.get(last) ?? 0) > (counts.get(opening) ?? 0);
    if (loose) counts.set(last, (counts.get(last) ?? 0) - 1);
    else if (!/[.,;:!?*_~|]/.test(last)) return cutAtBracket(found.slice(0, end));
    end -= 1;
  }
}

/** `https://a.test/x)and` in a Markdown link ends where its bracket closes. */
function cutAtBracket(found: string): string {
  let open = 0;
  for (let i = 0; i < found.length; i += 1) {
    if (found[i] === "(") open += 1;
    if (found[i] === ")") open -= 1;
    if (open < 0) return found.slice(0, i);
  }
  return found;
}
