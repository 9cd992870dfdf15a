import type { Finding } from "./detector.js";
import { oneSlip } from "./misspelt.js";

/** What the orders to be set aside are called: `the previous ...`. */
const EARLIER = /\b(?:previous|prior|earlier|above|preceding|former|foregoing|original|existing|initial|system)\b/gi;
const SET_ASIDE = ["ignore", "disregard", "forget", "override", "bypass", "discard", "skip"];
const ORDERS =
  "instruction prompt direction directive command order rule guideline guardrail task message context constraint"
    .split(" ")
    .flatMap((word) => [word, `${word}s`]);
/** Shorter words are other words with one slip (`skip`, `ship`). */
const SLIPS_FROM = 6;
const BEFORE = 60;
const AFTER = 45;
const CONFIDENCE = 0.95;

/**
 * "Ignore all previous instructions", in any of its words, each with up to one slip of the keys: a word for setting
 * aside, then `previous` or its like, then a word for orders, in one sentence.
 */
export function findOverrides(text: string): readonly Finding[] {
  const out: Finding[] = [];
  for (const match of text.matchAll(EARLIER)) {
    const end = match.index + match[0].length;
    const verb = lastOf(SET_ASIDE, sentenceEnd(text.slice(Math.max(0, match.index - BEFORE), match.index)));
    if (verb === undefined) continue;
    const order = firstOf(ORDERS, sentenceStart(text.slice(end, end + AFTER)));
    if (order === undefined) continue;
    out.push({ kind: "override", start: match.index - verb, end: end + order, confidence: CONFIDENCE });
  }
  return out;
}

/** What of a text stands before the first end of a sentence in it, or an empty line. */
function sentenceStart(text: string): string {
  return text.split(/[.!?](?!\w)|\n\s*\n/, 1)[0] ?? "";
}

/** What of a text stands after the last end of a sentence in it. A line may break in the middle of one. */
function sentenceEnd(text: string): string {
  return text.slice(Math.max(...[".", "!", "?"].map((mark) => text.lastIndexOf(mark))) + 1);
}

/** How far before the end of a text the last of the words begins. */
function lastOf(wanted: readonly string[], text: string): number | undefined {
  const found = [...text.matchAll(/[a-z]+/gi)].findLast(([word]) => means(wanted, word));
  return found === undefined ? undefined : text.length - found.index;
}

/** Where in a text the first of the words ends. */
function firstOf(wanted: readonly string[], text: string): number | undefined {
  const found = [...text.matchAll(/[a-z]+/gi)].find(([word]) => means(wanted, word));
  return found === undefined ? undefined : found.index + found[0].length;
}

function means(wanted: readonly string[], word: string): boolean {
  const small = word.toLowerCase();
  return wanted.some((one) => one === small || (one.length >= SLIPS_FROM && oneSlip(small, one)));
}
